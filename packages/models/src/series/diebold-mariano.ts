import { studentTwoSided } from "./student.ts";

/** Whether two forecasters' losses on the same days differ by more than chance. */
export interface LossComparison {
  /** Mean of the first's losses less the second's: below 0 when the first is better. */
  readonly difference: number;
  readonly statistic: number;
  /** Two-sided, of Student's t with n - 1 degrees of freedom. */
  readonly pValue: number;
}

/** Fewer pairs say nothing about their own spread. */
const FEWEST = 8;

/**
 * The Diebold-Mariano test of equal accuracy with the small-sample correction.
 *
 * @param first losses on consecutive origins, [n]. @param second the other's losses of the same forecasts, [n].
 * @param lags neighbouring origins whose forecasts overlap, horizon - 1 for an origin every day; the variance sums
 * their autocovariances, with Bartlett's weights where the plain sum is not above 0.
 * @returns `undefined` with fewer than 8 pairs, with too few for the lags, or when all differences are equal.
 * Source: Harvey, Leybourne, Newbold, "Testing the equality of prediction mean squared errors", International Journal
 * of Forecasting 13 (1997), equations 8 and 9, after Diebold and Mariano (1995).
 */
export function dieboldMariano(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  lags = 0,
): LossComparison | undefined {
  const n = first.length;
  const horizon = lags + 1;
  const correction = (n + 1 - 2 * horizon + (horizon * (horizon - 1)) / n) / n;
  if (n < FEWEST || lags >= n / 2 || correction <= 0) return undefined;
  const differences = Float64Array.from({ length: n }, (_, i) => first[i] - second[i]);
  const difference = differences.reduce((sum, each) => sum + each, 0) / n;
  const variance = longRunVariance(differences, difference, lags) / n;
  if (!(variance > 0)) return undefined;
  const statistic = (difference / Math.sqrt(variance)) * Math.sqrt(correction);
  return { difference, statistic, pValue: studentTwoSided(statistic, n - 1) };
}

/**
 * P-values as they stand once all were looked at: each is at most the chance of one or more false alarms among them.
 * Source: S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6 (1979).
 */
export function holmAdjusted(pValues: readonly number[]): number[] {
  const order = pValues.map((_, i) => i).sort((a, b) => pValues[a] - pValues[b]);
  const adjusted = pValues.slice();
  let highest = 0;
  order.forEach((index, rank) => {
    highest = Math.max(highest, Math.min(1, pValues[index] * (pValues.length - rank)));
    adjusted[index] = highest;
  });
  return adjusted;
}

function longRunVariance(values: Float64Array, mean: number, lags: number): number {
  const own = autocovariance(values, mean, 0);
  // Equal differences leave rounding only.
  if (own <= (1e-12 * Math.abs(mean)) ** 2) return 0;
  let plain = own;
  let bartlett = own;
  for (let lag = 1; lag <= lags; lag++) {
    const covariance = autocovariance(values, mean, lag);
    plain += 2 * covariance;
    bartlett += 2 * (1 - lag / (lags + 1)) * covariance;
  }
  return plain > 0 ? plain : bartlett;
}

function autocovariance(values: Float64Array, mean: number, lag: number): number {
  let sum = 0;
  for (let i = lag; i < values.length; i++) sum += (values[i] - mean) * (values[i - lag] - mean);
  return sum / values.length;
}
