import { quantile, type Rng } from "@souk/core";
import type { RowMetric } from "./row-metric.ts";

/**
 * The metric of each model on `resamples` draws of `rows` rows with replacement; every model sees the same draws, so
 * differences between models are paired. One array of `resamples` values per model. O(models * resamples * rows).
 * Source: B. Efron, R. Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13.
 */
export function pairedResamples(
  models: readonly RowMetric[],
  { rows, resamples, rng }: { rows: number; resamples: number; rng: Rng },
): Float64Array[] {
  const values = models.map(() => new Float64Array(resamples));
  const drawn = new Int32Array(rows);
  for (let i = 0; i < resamples; i++) {
    for (let at = 0; at < rows; at++) drawn[at] = rng.integer(rows);
    models.forEach((model, m) => (values[m][i] = model.value(drawn)));
  }
  return values;
}

/** The middle 95 % of first minus second over paired resamples. */
export function differenceInterval(
  first: Float64Array,
  second: Float64Array,
): { low: number; high: number } {
  const differences = first.map((value, i) => value - second[i]);
  return { low: quantile(differences, 0.025), high: quantile(differences, 0.975) };
}
