import { withIntervals } from "./conformal.ts";
import type { Forecaster, PointModel } from "./forecaster.ts";
import { searchUnitBox } from "./pattern-search.ts";
import { seasonOf } from "./period.ts";
import { requirePeriod } from "./seasonal-naive.ts";
import type { Series } from "./series.ts";
import {
  extrapolate,
  smooth,
  smoothingReach,
  type SmoothingShape,
  type SmoothingWeights,
  startSmoothing,
} from "./smoothing.ts";

/** What was learnt: the shape, its season in days, and its weights. */
interface Smoothing {
  readonly shape: SmoothingShape;
  readonly period: number;
  readonly weights: SmoothingWeights;
  /** Corrected Akaike criterion, comparable among shapes on the same days. */
  readonly criterion: number;
}

const SHAPES: readonly SmoothingShape[] = ["simple", "holt", "holt-winters"];
/** Days beyond the start that the weights are learnt from at least. */
const LEAST_ERRORS = 8;

/**
 * Exponential smoothing with the weights of the lowest squared one-step error. Without `shape` the one of `simple`,
 * `holt` and `holt-winters` with the lowest corrected Akaike criterion is taken, without `period` the season is
 * detected; both anew at every fit.
 *
 * @throws SoukError `SERIES_PERIOD` unless the period is an integer >= 2; when fitted, `SERIES_SHORT`.
 * Source: Hyndman, Koehler, Ord, Snyder, "Forecasting with Exponential Smoothing", Springer 2008.
 */
export function smoothingForecaster({
  shape,
  period,
}: { shape?: SmoothingShape; period?: number } = {}): Forecaster {
  requirePeriod(period, 2);
  const name = shape === undefined ? "exponential-smoothing" : `exponential-smoothing-${shape}`;
  const shortest = smoothingReach(shape ?? "holt", period ?? 7) + LEAST_ERRORS;
  return withIntervals({
    name,
    summary: "Weighs recent days most: a level, perhaps a trend and a season.",
    shortest,
    fit: (history) => smoothingModel(learnSmoothing(history, { shape, period })),
  });
}

function smoothingModel({ shape, period, weights }: Smoothing): PointModel {
  return {
    points({ value }, horizon) {
      const start = startSmoothing(value, shape, period);
      return extrapolate(smooth(value, weights, { start }).state, horizon);
    },
  };
}

/** The best weights of the given shape, or of the shape that explains the history best for its size. */
function learnSmoothing(
  history: Series,
  { shape, period }: { shape: SmoothingShape | undefined; period: number | undefined },
): Smoothing {
  const longest = Math.floor((history.length - LEAST_ERRORS) / 2);
  const season = Math.max(2, period ?? seasonOf(history, longest));
  const shapes = (shape === undefined ? SHAPES : [shape]).filter(
    (each) => smoothingReach(each, season) + LEAST_ERRORS <= history.length,
  );
  const countFrom = Math.max(...shapes.map((each) => (each === "holt-winters" ? season : 1)));
  return shapes
    .map((each) => fitWeights(history.value, each, { period: season, countFrom }))
    .reduce((a, b) => (b.criterion < a.criterion ? b : a));
}

function fitWeights(
  values: Float64Array,
  shape: SmoothingShape,
  { period, countFrom }: { period: number; countFrom: number },
): Smoothing {
  const start = startSmoothing(values, shape, period);
  const used = SHAPES.indexOf(shape) + 1;
  const { point, loss } = searchUnitBox(
    [0.3, 0.1, 0.1].slice(0, used),
    (tried) => smooth(values, weightsOf(tried), { start, countFrom }).squares,
  );
  const states = shape === "holt-winters" ? 2 + period : used;
  return {
    shape,
    period,
    weights: weightsOf(point),
    criterion: akaike(values, {
      squares: loss,
      errors: values.length - countFrom,
      used: used + states,
    }),
  };
}

function weightsOf([alpha, beta = 0, gamma = 0]: readonly number[]): SmoothingWeights {
  return { alpha, beta, gamma };
}

/** AICc of normal errors; a fit exact up to rounding counts as equally exact as any other. */
function akaike(
  values: Float64Array,
  { squares, errors, used }: { squares: number; errors: number; used: number },
): number {
  const scale = values.reduce((sum, value) => sum + value * value, 0) / values.length;
  const mean = Math.max(squares / errors, 1e-24 * (1 + scale));
  const spare = errors - used - 1;
  if (spare <= 0) return Number.POSITIVE_INFINITY;
  return errors * Math.log(mean) + 2 * used + (2 * used * (used + 1)) / spare;
}
