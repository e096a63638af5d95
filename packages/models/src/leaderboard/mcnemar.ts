import { logGamma } from "@souk/core";

/** Rows on which exactly one of two classifiers was right, and how likely so uneven a count is by chance. */
export interface McNemar {
  readonly onlyFirst: number;
  readonly onlySecond: number;
  /** Two-sided, exact, in (0, 1]; 1 when they were never right alone. */
  readonly pValue: number;
}

/**
 * Exact McNemar test of two classifiers' hits (1) and misses (0) on the same rows: under no difference each row that
 * only one got right is a fair coin.
 * Source: Q. McNemar, Psychometrika 12 (1947), with the binomial in place of its normal approximation.
 */
export function mcnemar(first: ArrayLike<number>, second: ArrayLike<number>): McNemar {
  let onlyFirst = 0;
  let onlySecond = 0;
  for (let row = 0; row < first.length; row++) {
    if (first[row] > second[row]) onlyFirst++;
    else if (second[row] > first[row]) onlySecond++;
  }
  return { onlyFirst, onlySecond, pValue: fairCoinTails(onlyFirst, onlySecond) };
}

/** Chance that `heads + tails` tosses of a fair coin are at least as uneven as these. */
function fairCoinTails(heads: number, tails: number): number {
  const n = heads + tails;
  if (heads === tails) return 1;
  let tail = 0;
  for (let k = 0; k <= Math.min(heads, tails); k++)
    tail += Math.exp(logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1) - n * Math.log(2));
  return Math.min(1, 2 * tail);
}
