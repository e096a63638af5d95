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

/** Counts 32-bit hashes by open addressing with linear probing; the hash itself is the key. */
export class FeatureCounter {
  #keys = new Uint32Array(1 << 16);
  #counts = new Uint32Array(1 << 16);
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
    const kept = new Uint32Array(this.#size);
    let size = 0;
    for (let slot = 0; slot <= this.#mask; slot++)
      if (this.#counts[slot] >= floor) kept[size++] = this.#keys[slot];
    return createVocabulary(kept.slice(0, size).sort());
  }

  #add(hash: number, count: number): void {
    let slot = hash & this.#mask;
    while (this.#counts[slot] !== 0 && this.#keys[slot] !== hash) slot = (slot + 1) & this.#mask;
    if (this.#counts[slot] === 0) {
      this.#keys[slot] = hash;
      this.#size++;
    }
    this.#counts[slot] += count;
    if (2 * this.#size > this.#mask) this.#grow();
  }

  #grow(): void {
    const keys = this.#keys;
    const counts = this.#counts;
    this.#keys = new Uint32Array(2 * keys.length);
    this.#counts = new Uint32Array(2 * keys.length);
    this.#mask = this.#keys.length - 1;
    this.#size = 0;
    for (let slot = 0; slot < keys.length; slot++)
      if (counts[slot] !== 0) this.#add(keys[slot], counts[slot]);
  }

  #floorFor(maxFeatures: number): number {
    if (this.#size <= maxFeatures) return 1;
    const sorted = this.#counts.filter((count) => count > 0).sort();
    return sorted[sorted.length - maxFeatures - 1] + 1;
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
  const rows = new Int32Array(capacity).fill(-1);
  const slots = new Uint32Array(capacity);
  for (let row = 0; row < keys.length; row++) {
    let slot = keys[row] & mask;
    while (rows[slot] !== -1) {
      if (slots[slot] === keys[row])
        throw new SoukError(
          "MODEL_VOCABULARY",
          `feature keys must be distinct, row ${row} repeats`,
        );
      slot = (slot + 1) & mask;
    }
    slots[slot] = keys[row];
    rows[slot] = row;
  }
  function rowOf(hash: number): number {
    let slot = hash & mask;
    while (rows[slot] !== -1) {
      if (slots[slot] === hash) return rows[slot];
      slot = (slot + 1) & mask;
    }
    return -1;
  }
  return { size: keys.length, keys, rowOf };
}
