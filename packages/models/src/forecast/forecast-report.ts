import { sha256 } from "@souk/core";
import type { HorizonReport, WalkForwardReport } from "../series/walk-forward-report.ts";
import type { ForecastTask } from "./forecast-task.ts";

/** One series of a dataset, walked forward. */
export interface SeriesReport {
  readonly name: string;
  readonly walk: WalkForwardReport;
}

/** What a forecaster was worth on days it never saw, over all series of a task; plain data, safe for JSON. */
export interface ForecastReport {
  readonly kind: "forecast";
  readonly task: string;
  readonly family: string;
  readonly target: ForecastTask["target"];
  /** Name of the benchmark: the least anybody could forecast. */
  readonly benchmark: string;
  /** Days at all, days before the first origins, and days forecast, over all series. */
  readonly rows: {
    readonly train: number;
    readonly validation: number;
    readonly test: number;
    readonly dropped: number;
  };
  /** The same for equal days and values, target, horizons and origins. */
  readonly testRowsHash: string;
  /**
   * Means over series and horizons. `lossRatio`: loss by the benchmark's, below 1 is better; `coverage`: share of outcomes
   * within their interval; `wins`, `losses`: how many of the `comparisons` were surely (adjusted p < 0.05, at least 1 %)
   * better or worse than the benchmark.
   */
  readonly metrics: Readonly<Record<string, number>>;
  readonly baseline: { readonly name: string; readonly metrics: Readonly<Record<string, number>> };
  /** The family that serves now, learnt and walked in the same way over the same days. */
  readonly incumbent?: {
    readonly family: string;
    readonly metrics: Readonly<Record<string, number>>;
  };
  readonly series: readonly SeriesReport[];
  /** Series too short for the forecaster, with the reason. */
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
  /** In plain words. */
  readonly verdict: string;
}

/** As in the verdict of a walk: chance makes such a difference less often, and smaller ones are nobody's reason. */
const SIGNIFICANCE = 0.05;
const LEAST_DIFFERENCE = 0.01;

/** The walks of a task's series as one report. `family` and `incumbent` are names of forecasters in the walks. */
export function summariseWalks(
  task: ForecastTask,
  series: readonly SeriesReport[],
  {
    family,
    incumbent,
    seriesHash,
    dropped,
    skipped,
  }: {
    family: string;
    incumbent: { family: string; walked: string } | undefined;
    /** Of the days and values of all series. */
    seriesHash: string;
    dropped: number;
    skipped: ForecastReport["skipped"];
  },
): ForecastReport {
  const benchmark = series[0].walk.benchmark;
  const metrics = metricsOf(series, family);
  const tested = series.map(({ walk }) => walk.origins.count);
  const origins = series.map(({ name, walk }) => [name, walk.series, walk.origins, task.horizons]);
  return {
    kind: "forecast",
    task: task.name,
    family,
    target: task.target,
    benchmark,
    rows: {
      train: sum(series.map(({ walk }) => walk.origins.windowDays)),
      validation: 0,
      test: sum(tested),
      dropped,
    },
    testRowsHash: sha256(JSON.stringify([task.target, seriesHash, origins])),
    metrics,
    baseline: { name: benchmark, metrics: metricsOf(series, benchmark) },
    ...(incumbent === undefined
      ? {}
      : {
          incumbent: {
            family: incumbent.family,
            metrics: metricsOf(series, incumbent.walked),
          },
        }),
    series,
    skipped,
    verdict: verdictOf(series, { family, benchmark, metrics }),
  };
}

/** All that was measured of one forecaster, over series and horizons. */
function entriesOf(series: readonly SeriesReport[], name: string): readonly HorizonReport[] {
  return series.flatMap(({ walk }) =>
    walk.forecasters.filter((one) => one.name === name).flatMap(({ horizons }) => horizons),
  );
}

function metricsOf(series: readonly SeriesReport[], name: string): Record<string, number> {
  const entries = entriesOf(series, name);
  const ratios = entries.map(({ versusBenchmark }) => versusBenchmark?.lossRatio ?? 1);
  const calls = sum(entries.map(({ directionCalls }) => directionCalls));
  const right = entries.map((at) => (at.directionAccuracy ?? 0) * at.directionCalls);
  const scaled = entries.map(({ mase }) => mase).filter((mase) => mase !== null);
  return {
    lossRatio: mean(ratios),
    mae: mean(entries.map(({ mae }) => mae)),
    rmse: mean(entries.map(({ rmse }) => rmse)),
    ...(scaled.length === 0 ? {} : { mase: mean(scaled) }),
    ...(calls === 0 ? {} : { directionAccuracy: sum(right) / calls }),
    coverage: mean(entries.map(({ intervalCoverage }) => intervalCoverage)),
    wins: entries.filter((at) => isSure(at) && ratioOf(at) <= 1 - LEAST_DIFFERENCE).length,
    losses: entries.filter((at) => isSure(at) && ratioOf(at) >= 1 + LEAST_DIFFERENCE).length,
    comparisons: entries.length,
  };
}

function ratioOf({ versusBenchmark }: HorizonReport): number {
  return versusBenchmark?.lossRatio ?? 1;
}

function isSure({ versusBenchmark }: HorizonReport): boolean {
  return (versusBenchmark?.adjustedPValue ?? 1) < SIGNIFICANCE;
}

function verdictOf(
  series: readonly SeriesReport[],
  {
    family,
    benchmark,
    metrics,
  }: { family: string; benchmark: string; metrics: Readonly<Record<string, number>> },
): string {
  if (family === benchmark)
    return `${family} is the benchmark itself: other families are compared with it.`;
  const { wins, losses, comparisons, lossRatio } = metrics;
  const change = `${Number((Math.abs(1 - lossRatio) * 100).toPrecision(2))} % ${lossRatio < 1 ? "less" : "more"} loss on average`;
  const where = `of ${comparisons} comparisons (${series.length} series, each horizon)`;
  const first =
    wins === 0
      ? `${family} beats ${benchmark} nowhere: in none ${where} is it surely better (${change}).`
      : `${family} beats ${benchmark} in ${wins} ${where}: ${change}.`;
  const worse = losses === 0 ? "" : ` It is surely worse in ${losses}.`;
  return `${first}${worse}`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}
