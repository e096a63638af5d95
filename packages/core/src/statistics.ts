import { SoukError } from "./errors.ts";

/** Arithmetic mean. @throws SoukError `STATS_EMPTY` on no values. */
export function mean(values: ArrayLike<number>): number {
  requireSome(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

/**
 * Quantile `q` in [0, 1] of values sorted ascending, linear between neighbours.
 * Source: Hyndman and Fan (1996), definition 7 (the default of R and NumPy). @throws SoukError `STATS_EMPTY`.
 */
export function quantileSorted(sorted: ArrayLike<number>, q: number): number {
  requireSome(sorted);
  const position = (sorted.length - 1) * q;
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (high - low) * (position - below);
}

/** `quantileSorted` of a sorted copy. O(n log n). */
export function quantile(values: ArrayLike<number>, q: number): number {
  return quantileSorted(Float64Array.from(values).sort(), q);
}

/**
 * Two-sample Kolmogorov-Smirnov: the largest gap between the two empirical distributions, with its asymptotic p-value.
 *
 * @param a sorted ascending, [n]. @param b sorted ascending, [m].
 * Source: Kolmogorov series with Stephens' (1970) effective size. @throws SoukError `STATS_EMPTY`.
 */
export function kolmogorovSmirnov(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
): { statistic: number; pValue: number } {
  requireSome(a);
  requireSome(b);
  let i = 0;
  let j = 0;
  let statistic = 0;
  while (i < a.length && j < b.length) {
    const value = Math.min(a[i]!, b[j]!);
    while (i < a.length && a[i]! <= value) i++;
    while (j < b.length && b[j]! <= value) j++;
    statistic = Math.max(statistic, Math.abs(i / a.length - j / b.length));
  }
  const root = Math.sqrt((a.length * b.length) / (a.length + b.length));
  return { statistic, pValue: kolmogorovTail((root + 0.12 + 0.11 / root) * statistic) };
}

/** Chance that Kolmogorov's limiting distribution exceeds `x` >= 0; 1 below 0.2, where the series has not converged. */
export function kolmogorovTail(x: number): number {
  if (x < 0.2) return 1;
  let sum = 0;
  for (let k = 1; k <= 100; k++) {
    const term = Math.exp(-2 * k * k * x * x);
    sum += k % 2 === 1 ? term : -term;
    if (term < 1e-12) break;
  }
  return Math.min(1, Math.max(0, 2 * sum));
}

/** Chance that a chi-squared variable with `degrees` > 0 of freedom exceeds `x` >= 0. */
export function chiSquaredTail(x: number, degrees: number): number {
  return x <= 0 ? 1 : upperGamma(degrees / 2, x / 2);
}

/**
 * Pearson's test that two rows of counts come from one distribution; categories empty in both are left out.
 * @throws SoukError `STATS_LENGTH` when the rows differ in length.
 */
export function chiSquaredTwoSample(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
): { statistic: number; degrees: number; pValue: number } {
  if (a.length !== b.length) {
    throw new SoukError(
      "STATS_LENGTH",
      `expected counts of equal length, got ${a.length} and ${b.length}`,
    );
  }
  let totalA = 0;
  let totalB = 0;
  for (let i = 0; i < a.length; i++) {
    totalA += a[i]!;
    totalB += b[i]!;
  }
  let statistic = 0;
  let used = 0;
  for (let i = 0; i < a.length; i++) {
    const both = a[i]! + b[i]!;
    if (both === 0) continue;
    used++;
    const expectedA = (both * totalA) / (totalA + totalB);
    const expectedB = both - expectedA;
    if (expectedA > 0) statistic += (a[i]! - expectedA) ** 2 / expectedA;
    if (expectedB > 0) statistic += (b[i]! - expectedB) ** 2 / expectedB;
  }
  const degrees = Math.max(used - 1, 1);
  return { statistic, degrees, pValue: chiSquaredTail(statistic, degrees) };
}

/** ln Γ(x) for x > 0, to about 1e-14. Source: Lanczos (1964), g = 7, n = 9 coefficients of Godfrey. */
export function logGamma(x: number): number {
  const c = [
    0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313,
    -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6,
    1.5056327351493116e-7,
  ];
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const y = x - 1;
  let sum = c[0]!;
  for (let i = 1; i < c.length; i++) sum += c[i]! / (y + i);
  const t = y + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (y + 0.5) * Math.log(t) - t + Math.log(sum);
}

/** Regularised upper incomplete gamma Q(a, x): series below a + 1, Lentz's continued fraction above (DLMF 8.9, 8.11). */
function upperGamma(a: number, x: number): number {
  const scale = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; n < 1000 && term > sum * 1e-16; n++) sum += term *= x / (a + n);
    return 1 - sum * scale;
  }
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let h = d;
  for (let n = 1; n < 1000; n++) {
    const an = n * (a - n);
    b += 2;
    d = 1 / (an * d + b);
    c = b + an / c;
    const step = d * c;
    h *= step;
    if (Math.abs(step - 1) < 1e-15) break;
  }
  return h * scale;
}

/** Φ(z): chance that a standard normal is at most `z`, to about 1e-15, by the incomplete gamma function. */
export function normalCdf(z: number): number {
  if (z === 0) return 0.5;
  const tail = upperGamma(0.5, (z * z) / 2) / 2;
  return z > 0 ? 1 - tail : tail;
}

/**
 * Wilson score interval for a share: `successes` of `trials`, at `z` standard deviations (1.96 for 95 %).
 * Source: E. B. Wilson, JASA 22 (1927). @throws SoukError `STATS_EMPTY` when there are no trials.
 */
export function wilsonInterval(
  successes: number,
  trials: number,
  z = 1.959963984540054,
): { low: number; high: number } {
  if (!(trials > 0))
    throw new SoukError("STATS_EMPTY", `expected at least one trial, got ${trials}`);
  const p = successes / trials;
  const denominator = 1 + (z * z) / trials;
  const centre = (p + (z * z) / (2 * trials)) / denominator;
  const half =
    (z / denominator) * Math.sqrt((p * (1 - p)) / trials + (z * z) / (4 * trials * trials));
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

function requireSome(values: ArrayLike<number>): void {
  if (values.length === 0)
    throw new SoukError("STATS_EMPTY", "expected at least one value, got none");
}
