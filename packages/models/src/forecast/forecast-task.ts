import { SoukError } from "@souk/core";
import type { ForecastTarget } from "../series/target.ts";

/** Columns of the bars of a day, where the dataset has them: what was known when the day was over. */
export interface BarColumns {
  readonly open?: string;
  readonly high?: string;
  readonly low?: string;
  readonly volume?: string;
}

/** What is forecast of a dataset of daily series, as data: a shop declares another by writing another of these. */
export interface ForecastTask {
  readonly kind: "forecast";
  readonly name: string;
  readonly title?: string;
  readonly dataset: string;
  /** Column of the day, `YYYY-MM-DD`. */
  readonly date: string;
  /** Column of the number of each day: the close, the units sold. */
  readonly value: string;
  readonly bars?: BarColumns;
  /** Column that tells several series of the dataset apart; without it the dataset is one series. */
  readonly series?: string;
  /** What of the value is forecast. */
  readonly target: ForecastTarget;
  /** Days ahead that are measured, ascending; the last is how far forecasts go. */
  readonly horizons: readonly number[];
  /** Days of the series after which it repeats itself; found in the data when left out. */
  readonly season?: number;
  /** Share of outcomes the intervals should hold, in [0.5, 0.99]. */
  readonly coverage: number;
}

/** Name of the only series of a dataset without a series column. */
export const ONLY_SERIES = "all";
/** Further ahead a daily series is a matter of taste. */
const MAX_HORIZON = 365;
const MAX_SEASON = 400;
const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const TARGETS = ["value", "return", "direction", "volatility"] as const;
const BARS = ["open", "high", "low", "volume"] as const;
const MEMBERS = [
  "kind",
  "name",
  "title",
  "dataset",
  "date",
  "value",
  "bars",
  "series",
  "target",
  "horizons",
  "season",
  "coverage",
];

const market = {
  kind: "forecast",
  dataset: "series",
  date: "date",
  value: "close",
  bars: { open: "open", high: "high", low: "low", volume: "volume" },
  series: "series_id",
  horizons: [1, 5, 20],
  coverage: 0.9,
} as const;

/** Forecasts that come with Souk, by name. Their columns are those of the dataset `series`. */
export const builtInForecasts: Readonly<Record<string, ForecastTask>> = {
  forecast: {
    ...market,
    name: "forecast",
    title: "The close of each daily series, the days to come",
    target: "value",
  },
  "forecast-return": {
    ...market,
    name: "forecast-return",
    title: "The log return of the close from day to day",
    target: "return",
  },
  "forecast-direction": {
    ...market,
    name: "forecast-direction",
    title: "Whether the close is above that of the day before",
    target: "direction",
  },
  "forecast-volatility": {
    ...market,
    name: "forecast-volatility",
    title: "Standard deviation of the last five log returns of the close",
    target: "volatility",
  },
  "forecast-units": {
    kind: "forecast",
    name: "forecast-units",
    title: "Units sold a day, the four weeks to come",
    dataset: "series",
    date: "date",
    value: "units",
    series: "series_id",
    target: "value",
    horizons: [1, 7, 28],
    coverage: 0.9,
  },
};

/** Every column a training of `task` reads, each once. */
export function forecastColumns({ date, value, series, bars = {} }: ForecastTask): string[] {
  const columns = [date, value, ...BARS.map((name) => bars[name]), series];
  return [...new Set(columns.filter((column) => column !== undefined))];
}

/**
 * A declared forecast from outside (a config file, an artefact), checked. `target` is `value` and `coverage` 0.9 where
 * they are left out.
 * @throws SoukError `FORECAST_TASK` whose message names the path, what was expected and what came.
 */
export function parseForecastTask(given: unknown): ForecastTask {
  const task = record(given, "forecast");
  only(task, MEMBERS, "forecast");
  const target = TARGETS.find((one) => one === (task["target"] ?? "value"));
  if (target === undefined)
    throw invalid("forecast.target", `one of ${TARGETS.join(", ")}`, task["target"]);
  const name = text(task["name"], "forecast.name");
  if (!NAME.test(name))
    throw invalid("forecast.name", "1..64 of a-z, 0-9, dot, dash, underscore", name);
  if ((task["kind"] ?? "forecast") !== "forecast")
    throw invalid("forecast.kind", '"forecast"', task["kind"]);
  const { title, series, bars, season, coverage = 0.9 } = task;
  if (typeof coverage !== "number" || !(coverage >= 0.5 && coverage <= 0.99))
    throw invalid("forecast.coverage", "a share of 0.5..0.99", coverage);
  return {
    kind: "forecast",
    name,
    ...(title === undefined ? {} : { title: text(title, "forecast.title") }),
    dataset: text(task["dataset"], "forecast.dataset"),
    date: text(task["date"], "forecast.date"),
    value: text(task["value"], "forecast.value"),
    ...(bars === undefined ? {} : { bars: parseBars(bars) }),
    ...(series === undefined ? {} : { series: text(series, "forecast.series") }),
    target,
    horizons: parseHorizons(task["horizons"]),
    ...(season === undefined ? {} : { season: whole(season, "forecast.season", [2, MAX_SEASON]) }),
    coverage,
  };
}

function parseBars(given: unknown): BarColumns {
  const bars = record(given, "forecast.bars");
  only(bars, BARS, "forecast.bars");
  return Object.fromEntries(
    Object.entries(bars).map(([name, column]) => [name, text(column, `forecast.bars.${name}`)]),
  );
}

function parseHorizons(given: unknown): number[] {
  if (!Array.isArray(given) || given.length === 0 || given.length > 20)
    throw invalid("forecast.horizons", "a list of 1..20 numbers of days", given);
  const horizons = given.map((item: unknown, i) =>
    whole(item, `forecast.horizons[${i}]`, [1, MAX_HORIZON]),
  );
  if (horizons.some((days, i) => i > 0 && days <= horizons[i - 1]))
    throw invalid("forecast.horizons", "ascending numbers of days", given);
  return horizons;
}

function whole(given: unknown, path: string, [least, most]: readonly [number, number]): number {
  if (typeof given !== "number" || !Number.isInteger(given) || !(given >= least && given <= most))
    throw invalid(path, `a whole number of ${least}..${most}`, given);
  return given;
}

function text(given: unknown, path: string): string {
  if (typeof given !== "string" || given.length === 0 || given.length > 200)
    throw invalid(path, "text of 1..200 characters", given);
  return given;
}

function record(given: unknown, path: string): Record<string, unknown> {
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw invalid(path, "an object", given);
  return Object.fromEntries(Object.entries(given));
}

function only(given: Record<string, unknown>, known: readonly string[], path: string): void {
  const other = Object.keys(given).find((member) => !known.includes(member));
  if (other !== undefined)
    throw invalid(`${path}.${other}`, `no such member (known: ${known.join(", ")})`, "one");
}

function invalid(path: string, expected: string, got: unknown): SoukError {
  const shown = got === undefined ? "nothing" : (JSON.stringify(got) ?? typeof got).slice(0, 80);
  return new SoukError("FORECAST_TASK", `${path}: expected ${expected}, got ${shown}`);
}
