/** Additive exponential smoothing: a level, with a trend (Holt), with a season (Holt-Winters). */
export type SmoothingShape = "simple" | "holt" | "holt-winters";

/** How much of each one-step error goes into level, trend and season, all in [0, 1]. */
export interface SmoothingWeights {
  readonly alpha: number;
  readonly beta: number;
  readonly gamma: number;
}

/** Where the smoothing stands after day `next - 1`. */
export interface SmoothingState {
  readonly level: number;
  readonly trend: number;
  /** What day `t` adds is `season[t % season.length]`; one 0 without a season. */
  readonly season: Float64Array;
  /** The day to be smoothed next. */
  readonly next: number;
}

/** Days a start needs. */
export function smoothingReach(shape: SmoothingShape, period: number): number {
  if (shape === "simple") return 1;
  return shape === "holt" ? 2 : 2 * period;
}

/**
 * The state the first days give: the first value; the line through the first two; or the first season around the
 * line through the means of the first two seasons.
 */
export function startSmoothing(
  values: Float64Array,
  shape: SmoothingShape,
  period: number,
): SmoothingState {
  if (shape !== "holt-winters") {
    const trend = shape === "holt" ? values[1] - values[0] : 0;
    return { level: values[0], trend, season: new Float64Array(1), next: 1 };
  }
  const first = meanOf(values.subarray(0, period));
  const trend = (meanOf(values.subarray(period, 2 * period)) - first) / period;
  const line = (t: number): number => first + trend * (t - (period - 1) / 2);
  return {
    level: line(period - 1),
    trend,
    season: values.slice(0, period).map((value, t) => value - line(t)),
    next: period,
  };
}

/**
 * Smooths the days from `start.next` to the end.
 *
 * Source: Hyndman and Athanasopoulos, "Forecasting: Principles and Practice", 3rd edition, sections 8.1 to 8.3.
 *
 * @param countFrom the first day whose one-step error enters `squares`.
 */
export function smooth(
  values: Float64Array,
  { alpha, beta, gamma }: SmoothingWeights,
  { start, countFrom = start.next }: { start: SmoothingState; countFrom?: number },
): { state: SmoothingState; squares: number } {
  let { level, trend } = start;
  const season = start.season.slice();
  let squares = 0;
  for (let t = start.next; t < values.length; t++) {
    const at = t % season.length;
    const expected = level + trend;
    const error = values[t] - expected - season[at];
    if (t >= countFrom) squares += error * error;
    const next = alpha * (values[t] - season[at]) + (1 - alpha) * expected;
    trend = beta * (next - level) + (1 - beta) * trend;
    season[at] = gamma * (values[t] - expected) + (1 - gamma) * season[at];
    level = next;
  }
  return { state: { level, trend, season, next: values.length }, squares };
}

/** Steps 1 to `horizon` after the state. */
export function extrapolate(state: SmoothingState, horizon: number): Float64Array {
  return Float64Array.from(
    { length: horizon },
    (_, i) =>
      state.level + state.trend * (i + 1) + state.season[(state.next + i) % state.season.length],
  );
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
