import { type FeaturePlan, featurePlan } from "./features.ts";
import type { Series } from "./series.ts";

/** Features of a day some steps after an origin, from what was known at the origin and from the day's date. */
export interface OriginFeatures {
  readonly names: readonly string[];
  /** Days before the origin that are read at most. */
  readonly reach: number;
  /**
   * Writes the features of day `day` of `series` from the days before `origin`, for which `origin` <= `day`. Values at
   * `origin` and after are not read; `series.days` must go up to `day`.
   */
  writeInto(
    series: Series,
    { origin, day }: { origin: number; day: number },
    row: Float64Array,
  ): void;
}

/** Values of a derived target itself that are features: volatility and direction follow on themselves. */
const TARGET_LAGS = 5;

/**
 * What trees forecast from: changes of the value (or of what a derived target comes from) over the last days, their
 * means and deviations, the bars, the last values of a derived target, and the date of the day that is forecast.
 */
export function originFeatures(history: Series): OriginFeatures {
  const shown = shownSeries(history);
  const change = shown.value.every((value) => value > 0) ? "log" : "difference";
  const plans: readonly { plan: FeaturePlan; from: (series: Series) => Series }[] = [
    {
      plan: featurePlan(shown, { lags: 0, calendar: false, bars: true, change }),
      from: shownSeries,
    },
    ...(history.base === undefined
      ? []
      : [{ plan: ownLags(history), from: (series: Series) => series }]),
  ];
  const dates = featurePlan(shown, { lags: 0, changes: 0, windows: [], calendar: true });
  return {
    names: [...plans.flatMap(({ plan }) => plan.names), ...dates.names],
    reach: Math.max(...plans.map(({ plan }) => plan.reach)),
    writeInto(series, { origin, day }, row) {
      let at = 0;
      for (const { plan, from } of plans) {
        plan.writeInto(from(series), origin, row.subarray(at));
        at += plan.names.length;
      }
      dates.writeInto(series, day, row.subarray(at));
    },
  };
}

function ownLags(history: Series): FeaturePlan {
  return featurePlan(history, { lags: TARGET_LAGS, changes: 0, windows: [], calendar: false });
}

/** The series whose movements are the features: what a derived target comes from, otherwise the series itself. */
function shownSeries(series: Series): Series {
  return series.base === undefined ? series : { ...series, value: series.base };
}
