import { SoukError, type Rng } from "@souk/core";

/** Draws an index in proportion to fixed weights, in constant time. */
export interface AliasTable {
  draw(rng: Rng): number;
  /** The weights scaled to sum 1, [n]. */
  readonly probabilities: Float64Array;
}

/**
 * A table for weights >= 0, not all 0, [n]. O(n) to build.
 * Source: M. D. Vose, "A Linear Algorithm for Generating Random Numbers with a Given Distribution", 1991.
 * @throws SoukError `DEMO_OPTION` when no weight is positive.
 */
export function aliasTable(weights: ArrayLike<number>): AliasTable {
  const probabilities = normalised(weights);
  const n = probabilities.length;
  const scaled = probabilities.map((p) => p * n);
  const threshold = new Float64Array(n).fill(1);
  const alias = new Uint32Array(n);
  const small: number[] = [];
  const large: number[] = [];
  for (let i = 0; i < n; i++) (scaled[i]! < 1 ? small : large).push(i);
  while (small.length > 0 && large.length > 0) {
    const low = small.pop()!;
    const high = large.pop()!;
    threshold[low] = scaled[low]!;
    alias[low] = high;
    scaled[high]! -= 1 - scaled[low]!;
    (scaled[high]! < 1 ? small : large).push(high);
  }
  return {
    probabilities,
    draw(rng) {
      const at = rng.next() * n;
      const index = Math.floor(at);
      return at - index < threshold[index]! ? index : alias[index]!;
    },
  };
}

/**
 * The inverse of a distribution over 0..n-1 as `size` equally likely values, ascending: one look-up is one draw.
 * A value whose share is under 1/`size` may be missing.
 */
export function quantileTable(weights: ArrayLike<number>, size = 4096): Uint16Array {
  const probabilities = normalised(weights);
  const table = new Uint16Array(size);
  let value = 0;
  let reached = probabilities[0]!;
  for (let i = 0; i < size; i++) {
    while ((i + 0.5) / size > reached && value < probabilities.length - 1) {
      value++;
      reached += probabilities[value]!;
    }
    table[i] = value;
  }
  return table;
}

function normalised(weights: ArrayLike<number>): Float64Array {
  let total = 0;
  for (let i = 0; i < weights.length; i++) total += weights[i]!;
  if (!(total > 0))
    throw new SoukError("DEMO_OPTION", `expected weights with a sum above 0, got ${total}`);
  return Float64Array.from(weights, (weight) => weight / total);
}
