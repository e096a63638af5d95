import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { sha256, SoukError, writeFolderAtomic } from "@souk/core";
import type { SettingValue } from "../families/settings.ts";
import { forecastPage } from "./forecast-page.ts";
import type { ForecastReport } from "./forecast-report.ts";
import { type ForecastTask, parseForecastTask } from "./forecast-task.ts";
import type { SeriesForecast } from "./series-forecast.ts";

// A forecast's artefact folder:
//   card.json       ForecastCard; holds the size and SHA-256 of forecasts.json
//   forecasts.json  SeriesForecast of every series: the days to come, and the last days before them
//   report.json     ForecastReport
//   report.html     the same as a page with charts
//   README.md       the same in short
//
// What is kept are the forecasts themselves: serving reads them, and computes nothing.

/** Everything about a forecast but its numbers. Written as card.json; plain data. */
export interface ForecastCard {
  readonly format: 1;
  readonly task: ForecastTask;
  readonly family: string;
  readonly settings: Readonly<Record<string, SettingValue>>;
  readonly seed: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly verdict: string;
  readonly data: { readonly dataset: string; readonly version: number; readonly hash: string };
  /** ISO 8601. */
  readonly createdAt: string;
  readonly soukVersion: string;
  /** What forecasts.json must be. */
  readonly forecasts: { readonly sizeBytes: number; readonly sha256: string };
}

/** Forecasts read from their folder. */
export interface SavedForecast {
  readonly card: ForecastCard;
  readonly series: readonly SeriesForecast[];
}

const MAX_CARD_BYTES = 1 << 20;
const MAX_FORECASTS_BYTES = 1 << 28;
const MAX_POINTS = 10_000;

/** Writes the folder whole or not at all; one that was there before is replaced. */
export async function writeForecast(
  directory: string,
  {
    card,
    series,
    report,
  }: {
    card: Omit<ForecastCard, "forecasts">;
    series: readonly SeriesForecast[];
    report: ForecastReport;
  },
): Promise<ForecastCard> {
  const forecasts = Buffer.from(`${JSON.stringify({ series })}\n`);
  const whole: ForecastCard = {
    ...card,
    forecasts: { sizeBytes: forecasts.length, sha256: sha256(forecasts) },
  };
  const files = {
    "forecasts.json": forecasts,
    "report.json": `${JSON.stringify(report, null, 2)}\n`,
    "report.html": forecastPage(report, { task: card.task, series }),
    "card.json": `${JSON.stringify(whole, null, 2)}\n`,
    "README.md": forecastText(whole, report),
  };
  await writeFolderAtomic(directory, files, { replace: true });
  return whole;
}

/**
 * Reads forecasts from their folder; nothing else is needed. The folder is not trusted: sizes, checksum, types and
 * lengths are checked.
 * @throws SoukError `FORECAST_ARTEFACT` naming what was expected, `FORECAST_TASK` for its task.
 */
export async function loadForecast(directory: string): Promise<SavedForecast> {
  const card = parseCard(
    parseJson(await readLimited(join(directory, "card.json"), MAX_CARD_BYTES)),
  );
  const bytes = await readLimited(join(directory, "forecasts.json"), MAX_FORECASTS_BYTES);
  if (bytes.length !== card.forecasts.sizeBytes || sha256(bytes) !== card.forecasts.sha256)
    throw wrong("forecasts.json", "the bytes its card names");
  const { series } = record(parseJson(bytes), "forecasts.json");
  if (!Array.isArray(series)) throw wrong("series", "a list");
  return { card, series: series.map(parseSeriesForecast) };
}

function parseCard(given: unknown): ForecastCard {
  const card = record(given, "card.json");
  if (card["format"] !== 1) throw wrong("format", "1");
  const data = record(card["data"], "data");
  const forecasts = record(card["forecasts"], "forecasts");
  const settings = Object.entries(record(card["settings"], "settings")).map(([name, value]) => {
    if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean")
      throw wrong(`settings.${name}`, "text, a number or a boolean");
    return [name, value] as const;
  });
  const metrics = Object.entries(record(card["metrics"], "metrics")).map(
    ([name, value]) => [name, number(value, `metrics.${name}`)] as const,
  );
  return {
    format: 1,
    task: parseForecastTask(card["task"]),
    family: text(card["family"], "family"),
    settings: Object.fromEntries(settings),
    seed: number(card["seed"], "seed"),
    metrics: Object.fromEntries(metrics),
    verdict: text(card["verdict"], "verdict"),
    data: {
      dataset: text(data["dataset"], "data.dataset"),
      version: number(data["version"], "data.version"),
      hash: text(data["hash"], "data.hash"),
    },
    createdAt: text(card["createdAt"], "createdAt"),
    soukVersion: text(card["soukVersion"], "soukVersion"),
    forecasts: {
      sizeBytes: number(forecasts["sizeBytes"], "forecasts.sizeBytes"),
      sha256: text(forecasts["sha256"], "forecasts.sha256"),
    },
  };
}

function parseSeriesForecast(given: unknown): SeriesForecast {
  const one = record(given, "series");
  const history = record(one["history"], "history");
  const known = list(history["dates"], "history.dates", text);
  const dates = list(one["dates"], "dates", text);
  const numbers = (value: unknown, path: string, length: number): number[] => {
    const found = list(value, path, number);
    if (found.length !== length) throw wrong(path, `${length} numbers`);
    return found;
  };
  return {
    name: text(one["name"], "series.name"),
    history: { dates: known, values: numbers(history["values"], "history.values", known.length) },
    dates,
    mean: numbers(one["mean"], "mean", dates.length),
    low: numbers(one["low"], "low", dates.length),
    high: numbers(one["high"], "high", dates.length),
  };
}

function forecastText(
  { task, family, soukVersion, createdAt, data }: ForecastCard,
  report: ForecastReport,
): string {
  const lines = [
    `# ${(task.title ?? task.name).replaceAll(/\s+/g, " ")}`,
    "",
    `Forecasts by \`${family}\` of Souk ${soukVersion}, made ${createdAt} from ${data.dataset} version ${data.version}.`,
    "",
    report.verdict,
    "",
    "| metric | forecast | benchmark |",
    "|---|---|---|",
    ...Object.entries(report.metrics).map(
      ([name, value]) =>
        `| ${name} | ${Number(value.toPrecision(5))} | ${report.baseline.metrics[name] === undefined ? "" : Number(report.baseline.metrics[name].toPrecision(5))} |`,
    ),
    "",
    "`forecasts.json` holds the forecasts, `report.json` the walk-forward evaluation.",
  ];
  return `${lines.join("\n")}\n`;
}

async function readLimited(path: string, maxBytes: number): Promise<Buffer> {
  try {
    const { size } = await stat(path);
    if (size > maxBytes) throw wrong(basename(path), `at most ${maxBytes} bytes`);
    return await readFile(path);
  } catch (cause) {
    if (cause instanceof SoukError) throw cause;
    throw new SoukError(
      "FORECAST_ARTEFACT",
      `expected a folder of forecasts with ${basename(path)}, got none at ${dirname(path)}`,
      { cause },
    );
  }
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch (cause) {
    throw new SoukError("FORECAST_ARTEFACT", "expected JSON, got other text", { cause });
  }
}

function record(given: unknown, path: string): Record<string, unknown> {
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw wrong(path, "an object");
  return Object.fromEntries(Object.entries(given));
}

function list<T>(given: unknown, path: string, parse: (item: unknown, path: string) => T): T[] {
  if (!Array.isArray(given) || given.length > MAX_POINTS)
    throw wrong(path, `a list of at most ${MAX_POINTS}`);
  return given.map((item: unknown) => parse(item, path));
}

function text(given: unknown, path: string): string {
  if (typeof given !== "string" || given.length > 5000) throw wrong(path, "text");
  return given;
}

function number(given: unknown, path: string): number {
  if (typeof given !== "number" || !Number.isFinite(given)) throw wrong(path, "a finite number");
  return given;
}

function wrong(path: string, expected: string): SoukError {
  return new SoukError("FORECAST_ARTEFACT", `${path}: expected ${expected}, got something else`);
}
