import { SoukError } from "@souk/core";
import type {
  FittedForecaster,
  Forecast,
  ForecastContext,
  Forecaster,
  PointForecaster,
} from "./forecaster.ts";
import { type Series, seriesWindow } from "./series.ts";

/** Share of the history whose residuals make the intervals, and the most days of it: older markets say little. */
const CALIBRATION_SHARE = 0.3;
const CALIBRATION_DAYS = 250;

/**
 * Gives a point forecaster intervals by split conformal prediction, one half-width per step: it is fitted on the
 * first part of the history, walked over the rest, and the absolute errors of step `h` give the half-width of step
 * `h`. The point forecast itself then learns from the whole history, and the errors of days that follow one
 * another are not exchangeable, so coverage is close rather than guaranteed: walk-forward measures it.
 *
 * Source: Lei, G'Sell, Rinaldo, Tibshirani, Wasserman, "Distribution-free predictive inference for regression",
 * JASA 113 (2018), section 2.2.
 */
export function withIntervals(point: PointForecaster): Forecaster {
  return {
    name: point.name,
    summary: point.summary,
    async fit(history, context) {
      const halfWidths = await learnHalfWidths(point, history, context);
      const model = await point.fit(history, context);
      return {
        async forecast(horizon, from = history) {
          requireHorizon(horizon, context.horizon);
          const means = await model.points(from, horizon);
          return Array.from(means, (mean, i): Forecast => {
            const half = halfWidths[i];
            return { mean, low: mean - half, high: mean + half };
          });
        },
      } satisfies FittedForecaster;
    },
  };
}

/** Days of history `withIntervals` needs of a forecaster at this horizon and coverage. */
function shortestHistory(
  point: PointForecaster,
  { horizon, coverage }: Pick<ForecastContext, "horizon" | "coverage">,
): number {
  return point.shortest + fewestResiduals(coverage) + horizon - 1;
}

/** The `ceil((n + 1) coverage)`-th smallest of n absolute residuals. */
export function conformalHalfWidth(residuals: Float64Array, coverage: number): number {
  const sorted = residuals.map(Math.abs).sort();
  return sorted[Math.ceil((sorted.length + 1) * coverage - 1e-9) - 1];
}

/** With fewer residuals the conformal interval would be infinite. */
function fewestResiduals(coverage: number): number {
  return Math.ceil(coverage / (1 - coverage) - 1e-9);
}

async function learnHalfWidths(
  point: PointForecaster,
  history: Series,
  context: ForecastContext,
): Promise<Float64Array> {
  const { horizon, coverage } = context;
  const needed = shortestHistory(point, context);
  if (history.length < needed)
    throw new SoukError(
      "SERIES_SHORT",
      `${point.name}: expected at least ${needed} days for ${horizon} steps at coverage ${coverage}, got ${history.length}`,
    );
  const wanted = Math.min(CALIBRATION_DAYS, Math.floor(history.length * CALIBRATION_SHARE));
  const kept = Math.max(fewestResiduals(coverage) + horizon - 1, wanted);
  const first = Math.max(point.shortest, history.length - kept);
  const model = await point.fit(seriesWindow(history, 0, first), context);
  const residuals = Array.from({ length: horizon }, (_, i) => new Float64Array(kept - i));
  for (let origin = first; origin < history.length; origin++) {
    context.signal?.throwIfAborted();
    const steps = Math.min(horizon, history.length - origin);
    const means = await model.points(seriesWindow(history, 0, origin), steps);
    for (let i = 0; i < steps; i++)
      residuals[i][origin - first] = history.value[origin + i] - means[i];
  }
  return Float64Array.from(residuals, (ofStep, i) =>
    conformalHalfWidth(ofStep.subarray(0, history.length - first - i), coverage),
  );
}

function requireHorizon(asked: number, fitted: number): void {
  if (!Number.isInteger(asked) || asked < 1 || asked > fitted)
    throw new SoukError("SERIES_HORIZON", `expected 1 to ${fitted} steps, got ${asked}`);
}
