import { SoukError } from "@souk/core";

/**
 * Half the width of bounds around a prediction that hold the actual number with probability `level`: the
 * ceil((n + 1) level)-th smallest of n absolute errors. Exact for rows exchangeable with those of the errors; where the
 * errors' rows also chose the best epoch it is a little narrow, which the coverage in the report shows.
 * @throws SoukError `TRAIN_INTERVAL` with too few errors for the level (9 for 0.9, 19 for 0.95, 99 for 0.99).
 * Source: Lei, G'Sell, Rinaldo, Tibshirani, Wasserman, "Distribution-Free Predictive Inference for Regression", JASA 2018.
 */
export function conformalHalfWidth(errors: Float64Array, level: number): number {
  // Rounding must not lift an exact product: 100 * 0.07 is 7.000000000000001.
  const rank = Math.ceil((errors.length + 1) * level - 1e-9);
  if (rank > errors.length)
    throw new SoukError(
      "TRAIN_INTERVAL",
      `an interval of ${level} needs at least ${Math.ceil(level / (1 - level) - 1e-9)} validation rows, got ${errors.length}`,
    );
  return errors.map(Math.abs).sort()[rank - 1];
}
