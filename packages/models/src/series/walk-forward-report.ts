import type { ForecastErrors } from "./forecast-errors.ts";
import type { ForecastTarget } from "./target.ts";

/** Against the benchmark, on the same forecasts. */
export interface BenchmarkComparison {
  /** Mean loss by the benchmark's mean loss: below 1 is better; `null` when the benchmark makes no error. */
  readonly lossRatio: number | null;
  /** Diebold-Mariano, below 0 is better. */
  readonly statistic: number;
  readonly pValue: number;
  /** Holm's, over all comparisons of the report. */
  readonly adjustedPValue: number;
}

/** One forecaster so many days ahead. */
export interface HorizonReport extends ForecastErrors {
  readonly horizon: number;
  readonly forecasts: number;
  /** Missing for the benchmark itself, and where the differences have no spread to test against. */
  readonly versusBenchmark?: BenchmarkComparison;
}

/** One forecaster of a walk-forward evaluation. */
export interface ForecasterReport {
  readonly name: string;
  readonly summary: string;
  readonly horizons: readonly HorizonReport[];
}

/** What forecasters are worth on days they never saw; plain data, safe for JSON. */
export interface WalkForwardReport {
  readonly target: ForecastTarget;
  /** The series of the target; `missing` usual days in its holes. */
  readonly series: {
    readonly days: number;
    readonly from: string;
    readonly to: string;
    readonly missing: number;
  };
  readonly origins: {
    readonly count: number;
    /** The last day known at the first origin. */
    readonly from: string;
    readonly step: number;
    /** Origins between fits. */
    readonly refitEvery: number;
    readonly window: "expanding" | "rolling";
    /** Days a forecaster sees; of an expanding window, at the first origin. */
    readonly windowDays: number;
  };
  readonly coverage: number;
  /** Name of the forecaster the others are compared with. */
  readonly benchmark: string;
  /** What `versusBenchmark` compares: absolute errors, squared ones where the target is a direction. */
  readonly loss: "absolute" | "squared";
  readonly forecasters: readonly ForecasterReport[];
  /** In plain words. */
  readonly verdict: string;
}
