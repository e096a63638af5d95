import { SoukError } from "@souk/core";
import { dayNumber, dayText, findGaps, type SeriesGap } from "./calendar.ts";

/** A daily series as it comes out of a table: one entry per day, in any numeric array. */
export interface SeriesColumns {
  /** `YYYY-MM-DD`, ascending, each day once. */
  readonly date: readonly string[];
  /** What is forecast: the close, the units sold. */
  readonly value: ArrayLike<number>;
  readonly open?: ArrayLike<number>;
  readonly high?: ArrayLike<number>;
  readonly low?: ArrayLike<number>;
  readonly volume?: ArrayLike<number>;
}

/** A checked daily series; all columns are [length], finite. */
export interface Series {
  readonly length: number;
  /** Days since 1970-01-01, strictly ascending. */
  readonly days: Int32Array;
  readonly value: Float64Array;
  readonly open?: Float64Array;
  readonly high?: Float64Array;
  readonly low?: Float64Array;
  readonly volume?: Float64Array;
  /** Of a derived target: the values it was derived from, see `deriveTarget`. */
  readonly base?: Float64Array;
}

/** A century of days twice over: what comes longer is not a daily series, and would be walked quadratically. */
const MAX_DAYS = 100_000;
const OPTIONAL = ["open", "high", "low", "volume"] as const;
const WINDOWED = [...OPTIONAL, "base"] as const;

/**
 * Checks and packs the columns of a daily series.
 *
 * @throws SoukError `SERIES_EMPTY` without rows, `SERIES_SIZE` above 100,000, `SERIES_LENGTH` when columns differ in
 * length, `SERIES_DATE` for what is no date, `SERIES_ORDER` for a date at or before the one above it,
 * `SERIES_VALUE` for a number that is not finite, a negative volume or a high below the low.
 */
export function parseSeries(columns: SeriesColumns): Series {
  const { length } = columns.date;
  if (length === 0) throw new SoukError("SERIES_EMPTY", "expected at least one day, got none");
  if (length > MAX_DAYS)
    throw new SoukError("SERIES_SIZE", `expected at most ${MAX_DAYS} days, got ${length}`);
  const days = parseDays(columns.date);
  const series: Series = {
    length,
    days,
    value: parseColumn("value", columns.value, columns.date),
    ...Object.fromEntries(
      OPTIONAL.flatMap((name) => {
        const given = columns[name];
        return given === undefined ? [] : [[name, parseColumn(name, given, columns.date)]];
      }),
    ),
  };
  requireSense(series);
  return series;
}

/** Days `from` to `to` (exclusive) of a series, sharing its memory. */
export function seriesWindow(series: Series, from: number, to: number): Series {
  return {
    length: to - from,
    days: series.days.subarray(from, to),
    value: series.value.subarray(from, to),
    ...Object.fromEntries(
      WINDOWED.flatMap((name) => {
        const column = series[name];
        return column === undefined ? [] : [[name, column.subarray(from, to)]];
      }),
    ),
  };
}

/** Where usual days are missing, in order; see {@link SeriesGap}. */
export function seriesGaps(series: Series): readonly SeriesGap[] {
  return findGaps(series.days);
}

function parseDays(dates: readonly string[]): Int32Array {
  const days = Int32Array.from(dates, dayNumber);
  for (let i = 1; i < days.length; i++)
    if (days[i] <= days[i - 1])
      throw new SoukError(
        "SERIES_ORDER",
        `expected ascending dates, each once, got ${dates[i]} after ${dates[i - 1]} in row ${i + 1}`,
      );
  return days;
}

function parseColumn(
  name: string,
  given: ArrayLike<number>,
  dates: readonly string[],
): Float64Array {
  if (given.length !== dates.length)
    throw new SoukError(
      "SERIES_LENGTH",
      `${name}: expected ${dates.length} values, one per date, got ${given.length}`,
    );
  const values = Float64Array.from(given);
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0)
    throw new SoukError(
      "SERIES_VALUE",
      `${name} of ${dates[bad]}: expected a finite number, got ${values[bad]}`,
    );
  return values;
}

function requireSense({ days, high, low, volume }: Series): void {
  for (let i = 0; i < days.length; i++) {
    if (high !== undefined && low !== undefined && high[i] < low[i])
      throw new SoukError(
        "SERIES_VALUE",
        `${dayText(days[i])}: expected high >= low, got high ${high[i]} and low ${low[i]}`,
      );
    if (volume !== undefined && volume[i] < 0)
      throw new SoukError(
        "SERIES_VALUE",
        `volume of ${dayText(days[i])}: expected at least 0, got ${volume[i]}`,
      );
  }
}
