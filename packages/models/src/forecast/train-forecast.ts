import { setImmediate } from "node:timers/promises";
import { errorCode, errorMessage, sha256, SoukError, systemClock } from "@souk/core";
import type { ColumnBatch } from "../rows/batch.ts";
import { dayText, nextDays } from "../series/calendar.ts";
import type { Forecaster } from "../series/forecaster.ts";
import type { Series } from "../series/series.ts";
import { deriveTarget } from "../series/target.ts";
import { walkForward } from "../series/walk-forward.ts";
import type { TrainOptions } from "../train.ts";
import { type ForecastCard, loadForecast, writeForecast } from "./forecast-artefact.ts";
import { createForecaster } from "./forecast-families.ts";
import { type ForecastReport, type SeriesReport, summariseWalks } from "./forecast-report.ts";
import type { ForecastTask } from "./forecast-task.ts";
import { type NamedSeries, readSeries } from "./read-series.ts";
import type { SeriesForecast } from "./series-forecast.ts";
import packageJson from "../../package.json" with { type: "json" };

/** How to make forecasts, and where they go: as for `trainTask`; there are no checkpoints and no photos. */
export type ForecastOptions = Pick<
  TrainOptions,
  | "family"
  | "settings"
  | "seed"
  | "threads"
  | "directory"
  | "data"
  | "incumbent"
  | "signal"
  | "onEvent"
  | "clock"
>;

/** Forecasts' papers; `seconds` per phase and in `total`. */
export interface ForecastResult {
  readonly card: ForecastCard;
  readonly report: ForecastReport;
  readonly seconds: Readonly<Record<string, number>>;
}

/** Share of each series before its first origin. */
const FIRST_SHARE = 0.6;
/** Origins of one series and fits along them: more would tell hardly more and take longer. */
const ORIGINS = 150;
const FITS = 8;
/** Days before the forecast that are kept beside it, for charts. */
const SHOWN_DAYS = 250;
const TELL_MS = 250;

/**
 * Reads the series of a dataset, walks the family over each of them beside its benchmark (and the incumbent's family),
 * then learns from all days, forecasts the days to come and writes them as an artefact folder.
 *
 * @throws SoukError `FAMILY_UNKNOWN`, `SETTING_*`, `FORECAST_ROWS`, `SERIES_*`, `FORECAST_ARTEFACT` for the incumbent;
 * the signal's reason when aborted.
 */
export async function trainForecast(
  task: ForecastTask,
  rows: AsyncIterable<ColumnBatch>,
  options: ForecastOptions,
): Promise<ForecastResult> {
  const { signal, onEvent, seed = 1, threads = 1, clock = systemClock } = options;
  const { forecaster, settings } = createForecaster(task, options);
  const timer = createTimer(onEvent);
  timer.enter("read");
  const { all, dropped } = await readSeries(task, rows, { signal });
  const incumbent = await incumbentOf(task, options);
  timer.enter("evaluate");
  const walked = await walkAll(task, all, {
    forecasters: [forecaster, ...(incumbent === undefined ? [] : [incumbent.forecaster])],
    options: { ...options, seed, threads },
  });
  const report = summariseWalks(task, walked.reports, {
    family: forecaster.name,
    incumbent: incumbent && { family: incumbent.family, walked: incumbent.forecaster.name },
    seriesHash: hashOf(all),
    dropped,
    skipped: walked.skipped,
  });
  timer.enter("train");
  const series: SeriesForecast[] = [];
  for (const named of all.filter(({ name }) => walked.reports.some((one) => one.name === name)))
    series.push(await forecastSeries(task, named, { forecaster, seed, threads, signal }));
  timer.enter("save");
  const card = await writeForecast(options.directory, {
    card: {
      format: 1,
      task,
      family: forecaster.name,
      settings,
      seed,
      metrics: report.metrics,
      verdict: report.verdict,
      data: options.data,
      createdAt: new Date(clock.now()).toISOString(),
      soukVersion: packageJson.version,
    },
    series,
    report,
  });
  return { card, report, seconds: timer.leave() };
}

/** The forecaster that serves now, under a name of its own unless it is the same as the one that is trained. */
async function incumbentOf(
  task: ForecastTask,
  { incumbent, family, settings = {} }: ForecastOptions,
): Promise<{ family: string; forecaster: Forecaster } | undefined> {
  if (incumbent === undefined) return undefined;
  const { card } = await loadForecast(incumbent);
  const { forecaster } = createForecaster(task, card);
  const own = createForecaster(task, { family, settings });
  const isSame =
    card.family === family && JSON.stringify(card.settings) === JSON.stringify(own.settings);
  if (isSame || card.family !== family) return { family: card.family, forecaster };
  return { family, forecaster: { ...forecaster, name: `${forecaster.name} (serving)` } };
}

/** Every series that is long enough; the first reason is thrown when none is. */
async function walkAll(
  task: ForecastTask,
  all: readonly NamedSeries[],
  {
    forecasters,
    options,
  }: {
    forecasters: readonly Forecaster[];
    options: ForecastOptions & { seed: number; threads: number };
  },
): Promise<{ reports: SeriesReport[]; skipped: { name: string; reason: string }[] }> {
  const reports: SeriesReport[] = [];
  const skipped: { name: string; reason: string }[] = [];
  const tell = createProgress(options.onEvent);
  for (const [index, { name, series }] of all.entries())
    try {
      // Cheap forecasters never leave this turn by themselves, and whoever cancels has to be heard.
      await setImmediate();
      const walk = await walkForward(series, distinct(forecasters), {
        target: task.target,
        horizons: task.horizons,
        coverage: task.coverage,
        seed: options.seed,
        threads: options.threads,
        signal: options.signal,
        ...paceOf(series),
        onProgress: ({ done, total }) => tell(index * total + done, all.length * total),
      });
      reports.push({ name, walk });
    } catch (thrown) {
      if (!isTooShort(thrown)) throw thrown;
      skipped.push({ name, reason: errorMessage(thrown) });
    }
  if (reports.length > 0) return { reports, skipped };
  throw new SoukError(
    "SERIES_SHORT",
    `no series is long enough: ${skipped[0]?.name}: ${skipped[0]?.reason}`,
  );
}

/** Tells how far the walks are, a few times a second at most. */
function createProgress(onEvent: Listener | undefined): (done: number, total: number) => void {
  const startedMs = performance.now();
  let toldMs = startedMs;
  return (done, total) => {
    const nowMs = performance.now();
    if (nowMs - toldMs < TELL_MS && done < total) return;
    toldMs = nowMs;
    const ratePerSecond = (done / (nowMs - startedMs)) * 1000;
    const etaMs = ((total - done) / ratePerSecond) * 1000;
    onEvent?.({ kind: "progress", done, total, ratePerSecond, etaMs });
  };
}

function hashOf(all: readonly NamedSeries[]): string {
  const parts = all.map(({ name, series: { days, value } }) => [
    name,
    ...[days, value].map((column) =>
      sha256(new Uint8Array(column.buffer, column.byteOffset, column.byteLength)),
    ),
  ]);
  return sha256(JSON.stringify(parts));
}

function isTooShort(thrown: unknown): boolean {
  return ["SERIES_SHORT", "SERIES_WALK"].includes(errorCode(thrown) ?? "");
}

/** The incumbent may be the very family that is trained. */
function distinct(forecasters: readonly Forecaster[]): readonly Forecaster[] {
  return forecasters.filter(
    ({ name }, i) => forecasters.findIndex((one) => one.name === name) === i,
  );
}

function paceOf({ length }: Series): { firstShare: number; step: number; refitEvery: number } {
  const step = Math.max(1, Math.floor((length * (1 - FIRST_SHARE)) / ORIGINS));
  const origins = Math.ceil((length * (1 - FIRST_SHARE)) / step);
  return { firstShare: FIRST_SHARE, step, refitEvery: Math.max(1, Math.ceil(origins / FITS)) };
}

async function forecastSeries(
  task: ForecastTask,
  { name, series }: NamedSeries,
  {
    forecaster,
    seed,
    threads,
    signal,
  }: { forecaster: Forecaster; seed: number; threads: number; signal: AbortSignal | undefined },
): Promise<SeriesForecast> {
  const derived = deriveTarget(series, task.target);
  const horizon = task.horizons[task.horizons.length - 1];
  const { coverage, target } = task;
  const context = { horizon, coverage, target, seed, threads, signal };
  const fitted = await forecaster.fit(derived, context);
  const steps = await fitted.forecast(horizon);
  const from = Math.max(0, derived.length - SHOWN_DAYS);
  return {
    name,
    history: {
      dates: Array.from(derived.days.subarray(from), dayText),
      values: [...derived.value.subarray(from)],
    },
    dates: Array.from(nextDays(derived.days, horizon), dayText),
    mean: steps.map(({ mean }) => within(target, mean)),
    low: steps.map(({ low }) => within(target, low)),
    high: steps.map(({ high }) => within(target, high)),
  };
}

/** No direction is outside 0 to 1 and no deviation below 0, whatever an interval of equal width says. */
function within(target: ForecastTask["target"], told: number): number {
  if (target === "direction") return Math.max(0, Math.min(1, told));
  return target === "volatility" ? Math.max(0, told) : told;
}

type Listener = NonNullable<ForecastOptions["onEvent"]>;
type Phase = Extract<Parameters<Listener>[0], { kind: "phase" }>["phase"];

/** Announces phases and adds up their seconds. */
function createTimer(onEvent: Listener | undefined): {
  enter(phase: Phase): void;
  leave(): Record<string, number>;
} {
  const startedMs = performance.now();
  const marks: { phase: Phase; atMs: number }[] = [];
  return {
    enter(phase) {
      marks.push({ phase, atMs: performance.now() });
      onEvent?.({ kind: "phase", phase });
    },
    leave() {
      const endMs = performance.now();
      const ends = [...marks.slice(1).map(({ atMs }) => atMs), endMs];
      const seconds = marks.map(({ phase, atMs }, i) => [phase, (ends[i] - atMs) / 1000] as const);
      return { ...Object.fromEntries(seconds), total: (endMs - startedMs) / 1000 };
    },
  };
}
