import type { Rng } from "@souk/core";
import type { Vocabulary } from "../../features/vocabulary.ts";

/** Rows that the mean of all rows counts as, beside those of a category. */
const PRIOR_ROWS = 5;

/** What the target was on average of each category. */
export interface TargetStatistics {
  /** Of all training rows, [categories + 1, outputs]; the last row, for unknown categories, is the overall mean. */
  readonly means: Float64Array;
  /**
   * Of each training row by the rows before it in a random order, [outputs][rows]: a row's own target is never part
   * of its feature.
   */
  readonly ordered: readonly Float64Array[];
}

/**
 * Statistics of a category column.
 * Source: L. Prokhorenkova et al., "CatBoost: unbiased boosting with categorical features", NeurIPS 2018, section 3.2.
 * @param hashes category of each training row, [rows].
 * @param outputs targets to average, [rows] each.
 */
export function targetStatistics(
  hashes: Uint32Array,
  outputs: readonly Float64Array[],
  { vocabulary, rng }: { vocabulary: Vocabulary; rng: Rng },
): TargetStatistics {
  const rows = hashes.length;
  const categories = Int32Array.from(hashes, (hash) => {
    const found = vocabulary.rowOf(hash);
    return found < 0 ? vocabulary.size : found;
  });
  const order = Array.from({ length: rows }, (_, i) => i);
  rng.shuffle(order);
  const means = new Float64Array((vocabulary.size + 1) * outputs.length);
  const ordered = outputs.map((targets, c) => {
    const prior = targets.reduce((sum, y) => sum + y / rows, 0);
    const sums = new Float64Array(vocabulary.size + 1);
    const counts = new Float64Array(vocabulary.size + 1);
    // Categories without a row of their own are unknown ones: these say nothing but the prior.
    const meanOf = (category: number): number =>
      category === vocabulary.size
        ? prior
        : (sums[category] + PRIOR_ROWS * prior) / (counts[category] + PRIOR_ROWS);
    const before = new Float64Array(rows);
    for (const row of order) {
      before[row] = meanOf(categories[row]);
      sums[categories[row]] += targets[row];
      counts[categories[row]]++;
    }
    for (let i = 0; i <= vocabulary.size; i++) means[i * outputs.length + c] = meanOf(i);
    return before;
  });
  return { means, ordered };
}
