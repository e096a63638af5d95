import type { ForecastTarget } from "./target.ts";

/** Forecasts of one step ahead from many origins, beside what came; all [n]. */
export interface StepForecasts {
  readonly mean: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly actual: Float64Array;
  /** The last value before each origin. */
  readonly last: Float64Array;
  /** Mean absolute change from day to day before each origin, see `naiveScale`. */
  readonly scale: Float64Array;
}

/** How far forecasts of one step were from what came. `null` where there is nothing to divide by. */
export interface ForecastErrors {
  readonly mae: number;
  readonly rmse: number;
  /** Mean of |error| by the mean absolute daily change of the history: 1 is as good as naive one step ahead was. */
  readonly mase: number | null;
  /** Symmetric mean absolute percentage error, 0 to 200. */
  readonly smape: number;
  /** Share of right sides among the forecasts that took a side of a day that took one. */
  readonly directionAccuracy: number | null;
  /** Forecasts that `directionAccuracy` is the share of. */
  readonly directionCalls: number;
  /** Share of outcomes within the interval. */
  readonly intervalCoverage: number;
  /** Mean of high - low. */
  readonly intervalWidth: number;
}

/** @param target decides what a side is: of the last value, of 0 for a return, of 1/2 for a direction. */
export function forecastErrors(steps: StepForecasts, target: ForecastTarget): ForecastErrors {
  const { mean, low, high, actual } = steps;
  const absolute = mean.map((told, i) => Math.abs(actual[i] - told));
  const within = actual.map((came, i) => (came >= low[i] && came <= high[i] ? 1 : 0));
  return {
    mae: average(absolute),
    rmse: Math.sqrt(average(absolute.map((error) => error * error))),
    mase: meanScaledError(absolute, steps.scale),
    smape: average(absolute.map((error, i) => symmetricShare(error, mean[i], actual[i]))),
    ...direction(steps, target),
    intervalCoverage: average(within),
    intervalWidth: average(high.map((above, i) => above - low[i])),
  };
}

/** Mean absolute change from day to day: the in-sample error of repeating the last value. */
export function naiveScale(history: Float64Array): number {
  let sum = 0;
  for (let i = 1; i < history.length; i++) sum += Math.abs(history[i] - history[i - 1]);
  return sum / (history.length - 1);
}

/**
 * MASE: mean of the absolute errors, each by its scale; `null` when a history never changed.
 * Source: Hyndman and Koehler, "Another look at measures of forecast accuracy", International Journal of
 * Forecasting 22 (2006).
 */
export function meanScaledError(absolute: Float64Array, scale: Float64Array): number | null {
  const scaled = average(absolute.map((error, i) => error / scale[i]));
  return Number.isFinite(scaled) ? scaled : null;
}

function symmetricShare(error: number, told: number, came: number): number {
  return error === 0 ? 0 : (200 * error) / (Math.abs(told) + Math.abs(came));
}

function direction(
  { mean, actual, last }: StepForecasts,
  target: ForecastTarget,
): Pick<ForecastErrors, "directionAccuracy" | "directionCalls"> {
  let calls = 0;
  let right = 0;
  for (let i = 0; i < mean.length; i++) {
    const middle = target === "return" ? 0 : target === "direction" ? 0.5 : last[i];
    const told = Math.sign(mean[i] - middle);
    const came = Math.sign(actual[i] - middle);
    if (told === 0 || came === 0) continue;
    calls++;
    if (told === came) right++;
  }
  return { directionAccuracy: calls === 0 ? null : right / calls, directionCalls: calls };
}

function average(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
