import type { Series } from "./series.ts";
import type { ForecastTarget } from "./target.ts";

/** One step ahead: the expected value and an interval around it, `low` <= `mean` <= `high`. */
export interface Forecast {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** The surroundings of one fit. */
export interface ForecastContext {
  /** Steps ahead that will be asked for; intervals are learnt for each of them. */
  readonly horizon: number;
  /** Share of outcomes the intervals should hold, in (0, 1). */
  readonly coverage: number;
  /** What the history is of; default `value`. */
  readonly target?: ForecastTarget;
  readonly seed: number;
  readonly threads: number;
  readonly signal?: AbortSignal;
}

/** A forecaster that has learnt from a history. */
export interface FittedForecaster {
  /**
   * Steps 1 to `horizon` after the end of `history`: by default the history it was fitted on, otherwise a longer one
   * of the same series, which moves the origin without learning anew.
   *
   * @throws SoukError `SERIES_HORIZON` beyond the horizon it was fitted for.
   */
  forecast(horizon: number, history?: Series): readonly Forecast[] | Promise<readonly Forecast[]>;
}

/** One way to forecast a daily series, with intervals. */
export interface Forecaster {
  readonly name: string;
  /** One sentence for people. */
  readonly summary: string;
  /** @throws SoukError `SERIES_SHORT` when the history is too short to learn from. */
  fit(history: Series, context: ForecastContext): FittedForecaster | Promise<FittedForecaster>;
}

/** A fitted forecaster that knows no intervals. */
export interface PointModel {
  /** Steps 1 to `horizon` after the end of `history`, which is at least `shortest` days long. */
  points(history: Series, horizon: number): Float64Array | Promise<Float64Array>;
}

/** One way to forecast without intervals; `withIntervals` makes it a `Forecaster`. */
export interface PointForecaster {
  readonly name: string;
  readonly summary: string;
  /** Days of history it needs at least. */
  readonly shortest: number;
  fit(history: Series, context: ForecastContext): PointModel | Promise<PointModel>;
}
