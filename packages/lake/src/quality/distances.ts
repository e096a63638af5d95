import { kolmogorovTail, SoukError } from "@souk/core";

/** A sample as its distinct values, ascending, and how many rows have each. */
export interface WeightedSample {
  readonly values: ArrayLike<number>;
  readonly weights: ArrayLike<number>;
}

/**
 * Two-sample Kolmogorov-Smirnov on weighted samples.
 *
 * @param a @param b at least one value each. @param options `rows` of both samples, for the p-value: the weights may be
 * shares. Default: their sums.
 * Source: as `kolmogorovSmirnov` of core. @throws SoukError `QUALITY_EMPTY`.
 */
export function weightedKolmogorovSmirnov(
  a: WeightedSample,
  b: WeightedSample,
  { rows = [totalOf(a), totalOf(b)] }: { rows?: readonly [number, number] } = {},
): { statistic: number; pValue: number } {
  let statistic = 0;
  sweep(a, b, (shareA, shareB) => {
    statistic = Math.max(statistic, Math.abs(shareA - shareB));
  });
  const root = Math.sqrt((rows[0] * rows[1]) / (rows[0] + rows[1]));
  return { statistic, pValue: kolmogorovTail((root + 0.12 + 0.11 / root) * statistic) };
}

/**
 * The work of moving one distribution onto the other, in the unit of the values: the area between their curves.
 * Source: Vallender, "Calculation of the Wasserstein distance between probability distributions on the line", 1974.
 * @throws SoukError `QUALITY_EMPTY`.
 */
export function wasserstein(a: WeightedSample, b: WeightedSample): number {
  let area = 0;
  sweep(a, b, (shareA, shareB, width) => {
    area += Math.abs(shareA - shareB) * width;
  });
  return area;
}

/**
 * Jensen-Shannon distance of two rows of counts: the root of the divergence in bits, [0, 1].
 * Source: Endres and Schindelin, "A new metric for probability distributions", 2003. @throws SoukError `QUALITY_EMPTY`.
 */
export function jensenShannon(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [p, q] = sharesOf(a, b);
  let divergence = 0;
  for (const [i, left] of p.entries()) {
    const right = q[i] ?? 0;
    const middle = (left + right) / 2;
    if (left > 0) divergence += (left / 2) * Math.log2(left / middle);
    if (right > 0) divergence += (right / 2) * Math.log2(right / middle);
  }
  return Math.sqrt(Math.max(0, divergence));
}

/**
 * Jensen-Shannon distance without what chance alone gives to two samples of one distribution: from the divergence its
 * expectation `(cells - 1) (1/n + 1/m) / (8 ln 2)` is taken, the second-order term of its expansion around equality.
 * `a` and `b` must be counts, not shares. @throws SoukError `QUALITY_EMPTY`.
 */
export function jensenShannonBeyondChance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let used = 0;
  let n = 0;
  let m = 0;
  for (let i = 0; i < a.length; i++) {
    n += a[i] ?? 0;
    m += b[i] ?? 0;
    if ((a[i] ?? 0) + (b[i] ?? 0) > 0) used++;
  }
  const chance = ((used - 1) * (1 / n + 1 / m)) / (8 * Math.LN2);
  return Math.sqrt(Math.max(0, jensenShannon(a, b) ** 2 - chance));
}

/**
 * Population stability index of two rows of counts; below 0.1 stable, above 0.25 moved. Empty cells count as 1e-4.
 * Source: Siddiqi, "Credit Risk Scorecards", 2006. @throws SoukError `QUALITY_EMPTY`.
 */
export function populationStability(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [p, q] = sharesOf(a, b);
  let index = 0;
  for (const [i, share] of p.entries()) {
    const left = Math.max(share, 1e-4);
    const right = Math.max(q[i] ?? 0, 1e-4);
    index += (right - left) * Math.log(right / left);
  }
  return index;
}

/**
 * P-values adjusted so that rejecting those below a level keeps the expected share of false alarms among the rejected
 * below that level. In the order given.
 * Source: Benjamini and Hochberg, "Controlling the false discovery rate", JRSS B 57 (1995).
 */
export function benjaminiHochberg(pValues: readonly number[]): number[] {
  const order = pValues.map((_p, i) => i).toSorted((i, j) => (pValues[j] ?? 0) - (pValues[i] ?? 0));
  const adjusted = Array<number>(pValues.length).fill(1);
  let least = 1;
  for (const [rank, i] of order.entries()) {
    least = Math.min(least, ((pValues[i] ?? 1) * pValues.length) / (pValues.length - rank));
    adjusted[i] = least;
  }
  return adjusted;
}

/** Counts of both samples in bins whose edges are the deciles of `a`, for indices that need cells. */
export function decileCounts(a: WeightedSample, b: WeightedSample): [Float64Array, Float64Array] {
  const edges: number[] = [];
  const total = totalOf(a);
  let upto = 0;
  for (let i = 0; i < a.values.length; i++) {
    upto += a.weights[i] ?? 0;
    if (upto * 10 >= total * (edges.length + 1) && edges.length < 9) {
      while (edges.length < 9 && upto * 10 >= total * (edges.length + 1))
        edges.push(a.values[i] ?? 0);
    }
  }
  const distinct = [...new Set(edges)];
  return [countsIn(a, distinct), countsIn(b, distinct)];
}

function countsIn(sample: WeightedSample, edges: readonly number[]): Float64Array {
  const counts = new Float64Array(edges.length + 1);
  for (let i = 0; i < sample.values.length; i++) {
    const value = sample.values[i] ?? 0;
    const found = edges.findIndex((edge) => value <= edge);
    const bin = found < 0 ? edges.length : found;
    counts[bin] = (counts[bin] ?? 0) + (sample.weights[i] ?? 0);
  }
  return counts;
}

/** Calls `visit` with both shares at or below each value, and how far it is to the next value. */
function sweep(
  a: WeightedSample,
  b: WeightedSample,
  visit: (shareA: number, shareB: number, width: number) => void,
): void {
  const totals = [totalOf(a), totalOf(b)] as const;
  let i = 0;
  let j = 0;
  let sumA = 0;
  let sumB = 0;
  while (i < a.values.length || j < b.values.length) {
    const here = Math.min(a.values[i] ?? Infinity, b.values[j] ?? Infinity);
    while (i < a.values.length && (a.values[i] ?? 0) <= here) sumA += a.weights[i++] ?? 0;
    while (j < b.values.length && (b.values[j] ?? 0) <= here) sumB += b.weights[j++] ?? 0;
    const next = Math.min(a.values[i] ?? Infinity, b.values[j] ?? Infinity);
    visit(sumA / totals[0], sumB / totals[1], Number.isFinite(next) ? next - here : 0);
  }
}

function totalOf({ weights }: WeightedSample): number {
  let total = 0;
  for (let i = 0; i < weights.length; i++) total += weights[i] ?? 0;
  return requireTotal(total);
}

function sharesOf(a: ArrayLike<number>, b: ArrayLike<number>): [Float64Array, Float64Array] {
  const share = (counts: ArrayLike<number>): Float64Array => {
    const total = requireTotal(Array.from(counts).reduce((sum, count) => sum + count, 0));
    return Float64Array.from(counts, (count) => count / total);
  };
  return [share(a), share(b)];
}

function requireTotal(total: number): number {
  if (total > 0) return total;
  throw new SoukError("QUALITY_EMPTY", "expected at least one row on both sides, got none");
}
