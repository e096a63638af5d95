import { SoukError } from "@souk/core";
import { weekdayOf } from "./calendar.ts";
import type { Series } from "./series.ts";
import { deviation } from "./target.ts";

/** What a row of features holds. */
export interface FeatureOptions {
  /** Values of the last so many days. */
  readonly lags?: number;
  /** Changes from day to day, the last so many. */
  readonly changes?: number;
  /** Over each of these numbers of days: the mean of the changes and their standard deviation. */
  readonly windows?: readonly number[];
  /** The weekday, one column each, and the time of year as a point on a circle. */
  readonly calendar?: boolean;
  /** Of the day before, where the series has the columns: (high - low) / value, and volume by its mean of 20 days. */
  readonly bars?: boolean;
  /** `log`: changes are log returns, values must be above 0; `difference`: plain differences. */
  readonly change?: "log" | "difference";
}

/** Features of consecutive days. */
export interface SeriesFeatures {
  readonly names: readonly string[];
  /** The first day that has all its features; row `r` describes day `first + r`. */
  readonly first: number;
  /** Row-major, [days - first, names]. */
  readonly rows: Float64Array;
}

const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const VOLUME_DAYS = 20;
const YEAR_DAYS = 365.2425;

/** One feature of day `t`: reads values of days before `t` and the date of `t`, nothing else. */
interface Feature {
  readonly name: string;
  /** Days before `t` that it reads. */
  readonly reach: number;
  at(series: Series, t: number): number;
}

/**
 * Features of every day from what was known before it opened: values of the days before, and its own date. Changing
 * the value of a day changes no row up to and with that day.
 *
 * @throws SoukError `SERIES_SHORT` when no day has all of them, `SERIES_VALUE` for log changes of values <= 0.
 */
export function seriesFeatures(series: Series, options: FeatureOptions = {}): SeriesFeatures {
  const plan = featurePlan(series, options);
  if (series.length <= plan.reach)
    throw new SoukError(
      "SERIES_SHORT",
      `features: expected more than ${plan.reach} days, got ${series.length}`,
    );
  if (options.change !== "difference" && series.value.some((value) => value <= 0))
    throw new SoukError("SERIES_VALUE", "log changes need values above 0, got 0 or less");
  const columns = plan.names.length;
  const rows = new Float64Array((series.length - plan.reach) * columns);
  for (let t = plan.reach; t < series.length; t++)
    plan.writeInto(series, t, rows.subarray((t - plan.reach) * columns));
  return { names: plan.names, first: plan.reach, rows };
}

/** The features of one day at a time. */
export interface FeaturePlan {
  readonly names: readonly string[];
  /** Days before the day described that are read at most. */
  readonly reach: number;
  /** Writes the features of day `t`, for which `series` needs its date but no value yet. */
  writeInto(series: Series, t: number, row: Float64Array): void;
}

/** The features `options` name, of a series with the columns of `series`. */
export function featurePlan(
  series: Series,
  {
    lags = 5,
    changes = 10,
    windows = [5, 20],
    calendar = true,
    bars = false,
    change = "log",
  }: FeatureOptions = {},
): FeaturePlan {
  const changeAt = change === "log" ? logChange : difference;
  const features = [
    ...lagFeatures(lags),
    ...changeFeatures(changes, changeAt),
    ...windows.flatMap((days) => windowFeatures(days, changeAt)),
    ...(calendar ? calendarFeatures() : []),
    ...(bars ? barFeatures(series) : []),
  ];
  return {
    names: features.map(({ name }) => name),
    reach: Math.max(0, ...features.map(({ reach }) => reach)),
    writeInto(from, t, row) {
      for (let j = 0; j < features.length; j++) row[j] = features[j].at(from, t);
    },
  };
}

type Change = (value: Float64Array, t: number) => number;

function logChange(value: Float64Array, t: number): number {
  return Math.log(value[t] / value[t - 1]);
}

function difference(value: Float64Array, t: number): number {
  return value[t] - value[t - 1];
}

function lagFeatures(count: number): Feature[] {
  return Array.from({ length: count }, (_, i) => ({
    name: `lag-${i + 1}`,
    reach: i + 1,
    at: ({ value }, t) => value[t - 1 - i],
  }));
}

function changeFeatures(count: number, changeAt: Change): Feature[] {
  return Array.from({ length: count }, (_, i) => ({
    name: `change-${i + 1}`,
    reach: i + 2,
    at: ({ value }, t) => changeAt(value, t - 1 - i),
  }));
}

function windowFeatures(days: number, changeAt: Change): Feature[] {
  const window = ({ value }: Series, t: number): Float64Array =>
    Float64Array.from({ length: days }, (_, i) => changeAt(value, t - 1 - i));
  return [
    {
      name: `mean-change-${days}`,
      reach: days + 1,
      at: (series, t) => window(series, t).reduce((sum, each) => sum + each, 0) / days,
    },
    {
      name: `volatility-${days}`,
      reach: days + 1,
      at: (series, t) => deviation(window(series, t)),
    },
  ];
}

function calendarFeatures(): Feature[] {
  const turn = (series: Series, t: number): number => (2 * Math.PI * series.days[t]) / YEAR_DAYS;
  return [
    ...WEEKDAYS.map((name, weekday) => ({
      name,
      reach: 0,
      at: ({ days }: Series, t: number) => (weekdayOf(days[t]) === weekday ? 1 : 0),
    })),
    { name: "year-sine", reach: 0, at: (series, t) => Math.sin(turn(series, t)) },
    { name: "year-cosine", reach: 0, at: (series, t) => Math.cos(turn(series, t)) },
  ];
}

function barFeatures(series: Series): Feature[] {
  const features: Feature[] = [];
  if (series.high !== undefined && series.low !== undefined)
    features.push({
      name: "range-1",
      reach: 1,
      at: ({ high, low, value }, t) =>
        ratio((high?.[t - 1] ?? 0) - (low?.[t - 1] ?? 0), value[t - 1]),
    });
  if (series.volume !== undefined)
    features.push({
      name: "volume-1",
      reach: VOLUME_DAYS,
      at: ({ volume }, t) => {
        const recent = volume?.subarray(t - VOLUME_DAYS, t) ?? new Float64Array(1);
        const total = recent.reduce((sum, each) => sum + each, 0);
        return ratio(recent[recent.length - 1] * VOLUME_DAYS, total);
      },
    });
  return features;
}

/** 0 where there is nothing to divide by: a day without trade or price says nothing. */
function ratio(above: number, below: number): number {
  return below === 0 ? 0 : above / below;
}
