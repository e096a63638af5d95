import { errorCode, SoukError } from "@souk/core";
import {
  type ChartSpec,
  renderChartPng,
  renderChartSvg,
  renderChartText,
  type SqlResult,
} from "@souk/lake";
import {
  type ForecastTask,
  loadForecast,
  type SavedForecast,
  type SeriesForecast,
} from "@souk/models";
import type { Blobs } from "@souk/store";
import type { ModelVersion, Tracking } from "@souk/tracking";
import { championOf, holdsForecasts } from "../jobs/registration.ts";
import type { ForecastAnswer, ForecastRef, ForecastsNoun } from "../forecast-values.ts";

/** What the forecasts noun stands on. */
export interface ForecastsOptions {
  readonly tracking: Tracking;
  readonly blobs: Blobs;
  /** Built-in forecasts and the shop's own, by name. */
  readonly tasks: Readonly<Record<string, ForecastTask>>;
}

/** Days before the forecast that a chart shows. */
const CHART_DAYS = 90;

/** Forecasts as they were made by a training: nothing is computed here. */
export function createForecasts({ tracking, blobs, tasks }: ForecastsOptions): ForecastsNoun {
  async function read(name: string, ref: ForecastRef): Promise<ForecastAnswer> {
    const version = await versionOf({ tracking, tasks }, name, ref.version);
    const saved = await loadForecast(await blobs.localDirectory(version.source));
    return answerOf(version, saved, ref);
  }

  return {
    list: () => Object.values(tasks),
    read,
    async chart(name, { format, width, ...ref }) {
      const { spec, result } = drawingOf(await read(name, { history: CHART_DAYS, ...ref }));
      if (format === "png") return renderChartPng(spec, result);
      const text =
        format === "svg" ? renderChartSvg(spec, result) : renderChartText(spec, result, { width });
      return new TextEncoder().encode(text);
    },
  };
}

/** The version asked for, else the champion. */
async function versionOf(
  { tracking, tasks }: Pick<ForecastsOptions, "tracking" | "tasks">,
  name: string,
  wanted: number | undefined,
): Promise<ModelVersion> {
  const version =
    wanted === undefined
      ? await championOf(tracking, name)
      : await tracking.registry.version(name, wanted);
  if (version !== undefined && holdsForecasts(version)) return version;
  if (version !== undefined)
    throw new SoukError(
      "FORECAST_UNKNOWN",
      `expected forecasts, got model ${name} version ${version.version}, which predicts rows`,
    );
  const known = Object.keys(tasks).join(", ");
  const cure = (await hasVersions(tracking, name))
    ? `no version of ${name} serves: name one, or promote it`
    : Object.hasOwn(tasks, name)
      ? `train it first: souk train ${name}`
      : `the forecasts are ${known}`;
  throw new SoukError("FORECAST_UNKNOWN", `expected forecasts named "${name}", got none: ${cure}`);
}

async function hasVersions({ registry }: Tracking, name: string): Promise<boolean> {
  try {
    return (await registry.model(name)).versions.length > 0;
  } catch (thrown) {
    if (errorCode(thrown) === "TRACKING_MODEL_UNKNOWN") return false;
    throw thrown;
  }
}

function answerOf(
  { model, version }: ModelVersion,
  { card, series }: SavedForecast,
  { series: name, horizon, history = 0 }: ForecastRef,
): ForecastAnswer {
  const furthest = card.task.horizons[card.task.horizons.length - 1] ?? 0;
  if (horizon !== undefined && (horizon < 1 || horizon > furthest))
    throw new SoukError(
      "FORECAST_HORIZON",
      `expected 1 to ${furthest} days ahead, got ${horizon}; horizons of the task say how far forecasts go`,
    );
  const chosen = name === undefined ? series : series.filter((one) => one.name === name);
  if (chosen.length === 0)
    throw new SoukError(
      "FORECAST_SERIES_UNKNOWN",
      `expected a series of ${series
        .slice(0, 20)
        .map((one) => one.name)
        .join(", ")}, got "${name}"`,
    );
  const { task, family, metrics, verdict, data, createdAt } = card;
  return {
    model,
    version,
    family,
    target: task.target,
    coverage: task.coverage,
    data,
    createdAt,
    metrics,
    verdict,
    series: chosen.map((one) => shorten(one, horizon ?? furthest, history)),
  };
}

function shorten(one: SeriesForecast, days: number, history: number): SeriesForecast {
  const from = Math.max(0, one.history.dates.length - history);
  return {
    name: one.name,
    history: {
      dates: one.history.dates.slice(from),
      values: one.history.values.slice(from),
    },
    dates: one.dates.slice(0, days),
    mean: one.mean.slice(0, days),
    low: one.low.slice(0, days),
    high: one.high.slice(0, days),
  };
}

/** The first series as rows: what is known, and from its last day on what is expected. */
function drawingOf({ model, family, target, coverage, series }: ForecastAnswer): {
  spec: ChartSpec;
  result: SqlResult;
} {
  const { name, history, dates, mean, low, high } = series[0]!;
  const known = history.dates.map((day, i) => [
    day,
    history.values[i] ?? null,
    "known",
    null,
    null,
  ]);
  const last = known.at(-1);
  const joint = last === undefined ? [] : [[last[0]!, last[1]!, family, last[1]!, last[1]!]];
  const ahead = dates.map((day, i) => [day, mean[i]!, family, low[i]!, high[i]!]);
  const rows = [...known, ...joint, ...ahead];
  const values = [...history.values, ...low, ...high];
  return {
    spec: {
      kind: "line",
      title: `${model} of ${name}`,
      x: "day",
      y: target,
      series: "part",
      yLabel: target,
      yMin: floorOf(values),
      band: { low: "low", high: "high", label: `${Math.round(coverage * 100)} % interval` },
    },
    result: {
      columns: ["day", target, "part", "low", "high"].map((column) => ({
        name: column,
        type: column === "day" || column === "part" ? "VARCHAR" : "DOUBLE",
      })),
      rows,
      rowCount: rows.length,
      truncated: false,
      elapsedMs: 0,
      versions: {},
    },
  };
}

/** A round number at or below all values, within half a power of ten of the least: axes do not start at 0 for prices. */
function floorOf(values: readonly number[]): number {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  if (most === least) return least - 1;
  const step = 10 ** Math.floor(Math.log10(most - least)) / 2;
  return Number((Math.floor(least / step) * step).toPrecision(6));
}
