import { SoukError } from "@souk/core";

/** Which row of the weights a feature hash owns. */
export interface Vocabulary {
  /** Number of features. */
  readonly size: number;
  /** Hash of each row's feature, [size]. */
  readonly keys: Uint32Array;
  /** Row of a feature, -1 when it was not kept. */
  rowOf(hash: number): number;
}

/** Most features one model keeps: bounds the memory a table of distinct tokens can claim. */
export const MAX_FEATURES = 16_000_000;

/** Counts from here on are as good as equal when the rarest features have to go. */
const COUNT_STEPS = 65_536;

/** Counts 32-bit hashes by open addressing with linear probing; the hash itself is the key. */
export class FeatureCounter {
  /** Key and count of a slot side by side: a look-up costs one cache line. */
  #slots = new Uint32Array(2 << 16);
  #mask = (1 << 16) - 1;
  #size = 0;

  /** Number of distinct hashes. */
  get size(): number {
    return this.#size;
  }

  /** Counts hashes[from..to). */
  addAll(hashes: Uint32Array, from: number, to: number): void {
    for (let i = from; i < to; i++) this.#add(hashes[i], 1);
  }

  /**
   * The features seen at least `minCount` times, at most `maxFeatures` (then the most frequent), in the order of
   * their hashes, so that the same counts give the same rows.
   */
  keep({ minCount = 1, maxFeatures = MAX_FEATURES } = {}): Vocabulary {
    const floor = Math.max(minCount, this.#floorFor(maxFeatures));
    const slots = this.#slots;
    const kept = new Uint32Array(this.#size);
    let size = 0;
    for (let at = 0; at < slots.length; at += 2)
      if (slots[at + 1] >= floor) kept[size++] = slots[at];
    return createVocabulary(kept.slice(0, size).sort());
  }

  #add(hash: number, count: number): void {
    const slots = this.#slots;
    let slot = hash & this.#mask;
    while (slots[2 * slot + 1] !== 0 && slots[2 * slot] !== hash) slot = (slot + 1) & this.#mask;
    if (slots[2 * slot + 1] === 0) {
      slots[2 * slot] = hash;
      this.#size++;
    }
    slots[2 * slot + 1] += count;
    if (3 * this.#size > 2 * this.#mask) this.#grow();
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(4 * old.length);
    this.#mask = this.#slots.length / 2 - 1;
    this.#size = 0;
    for (let at = 0; at < old.length; at += 2)
      if (old[at + 1] !== 0) this.#add(old[at], old[at + 1]);
  }

  /** The smallest count that at most `maxFeatures` features reach. */
  #floorFor(maxFeatures: number): number {
    if (this.#size <= maxFeatures) return 1;
    const slots = this.#slots;
    const featuresOf = new Uint32Array(COUNT_STEPS);
    for (let at = 1; at < slots.length; at += 2) featuresOf[Math.min(slots[at], COUNT_STEPS - 1)]++;
    let left = this.#size;
    for (let count = 1; count < COUNT_STEPS - 1; count++) {
      left -= featuresOf[count];
      if (left <= maxFeatures) return count + 1;
    }
    return Infinity;
  }
}

/**
 * A vocabulary whose row `i` belongs to `keys[i]`.
 * @throws SoukError `MODEL_VOCABULARY` when a key comes twice.
 */
export function createVocabulary(keys: Uint32Array): Vocabulary {
  let capacity = 16;
  while (capacity < 2 * keys.length) capacity *= 2;
  const mask = capacity - 1;
  // Key and row + 1 of a slot side by side: a look-up costs one cache line.
  const slots = new Uint32Array(2 * capacity);
  for (let row = 0; row < keys.length; row++) {
    let slot = keys[row] & mask;
    while (slots[2 * slot + 1] !== 0) {
      if (slots[2 * slot] === keys[row])
        throw new SoukError(
          "MODEL_VOCABULARY",
          `feature keys must be distinct, row ${row} repeats`,
        );
      slot = (slot + 1) & mask;
    }
    slots[2 * slot] = keys[row];
    slots[2 * slot + 1] = row + 1;
  }
  function rowOf(hash: number): number {
    let slot = hash & mask;
    while (slots[2 * slot + 1] !== 0) {
      if (slots[2 * slot] === hash) return slots[2 * slot + 1] - 1;
      slot = (slot + 1) & mask;
    }
    return -1;
  }
  return { size: keys.length, keys, rowOf };
}
