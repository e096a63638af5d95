import { createRng, SoukError } from "@souk/core";
import type { EvaluationReport } from "../evaluation/report.ts";
import { type McNemar, mcnemar } from "./mcnemar.ts";
import { differenceInterval, pairedResamples } from "./paired-bootstrap.ts";
import type { RowOutcomes } from "./row-outcomes.ts";
import { isLowerBetter } from "../task/metrics.ts";
import { type RowMetric, rowMetric } from "./row-metric.ts";

/** One measured model that wants a place. */
export interface LeaderboardEntry {
  /** What it is called on the board. Default: its family. */
  readonly name?: string;
  readonly family: string;
  readonly report: EvaluationReport;
  readonly outcomes: RowOutcomes;
  /** Training. */
  readonly seconds: number;
  /** One prediction. */
  readonly latencyMs: number;
  readonly sizeBytes: number;
}

/** A place on the board. */
export interface LeaderboardRow {
  /** 1 + the models told apart from this one and better: models nobody can tell apart may share a rank. */
  readonly rank: number;
  readonly name: string;
  readonly family: string;
  /** Of the task's metric. */
  readonly value: number;
  /** 95 %, of the value by itself. */
  readonly low: number;
  readonly high: number;
  /** To the first row, paired; none in the first row. */
  readonly toBest?: PairedDifference;
  readonly seconds: number;
  readonly latencyMs: number;
  readonly sizeBytes: number;
}

/** First minus second in the metric's own unit, on the same rows. */
export interface PairedDifference {
  readonly first: string;
  readonly second: string;
  readonly difference: number;
  /** 95 %, paired bootstrap. Of one pair: not widened for the number of pairs on the board. */
  readonly low: number;
  readonly high: number;
  /** For accuracy. */
  readonly mcnemar?: McNemar;
  /** The interval leaves out 0, and for accuracy McNemar's p-value is below .05 too. */
  readonly isToldApart: boolean;
}

/** Models of one task on the same test rows, best first. */
export interface Leaderboard {
  readonly task: string;
  readonly metric: string;
  readonly testRows: number;
  readonly testRowsHash: string;
  readonly rows: readonly LeaderboardRow[];
  /** Every pair, the one that stands higher first. */
  readonly pairs: readonly PairedDifference[];
}

const MAX_ENTRIES = 100;
const RESAMPLES = 2000;
const LEVEL = 0.05;

interface Ranked {
  readonly entry: LeaderboardEntry;
  readonly name: string;
  readonly value: number;
  readonly metric: RowMetric;
}

/**
 * Ranks models by their task's metric with the paired bootstrap (2,000 resamples of the shared rows, seeded).
 * @throws SoukError `LEADERBOARD_EMPTY` without entries or above 100, `LEADERBOARD_NAME` when two have one name,
 * `LEADERBOARD_ROWS` when they were not measured on the same test rows, `LEADERBOARD_METRIC` when they differ in
 * metric or it cannot be computed from outcomes, `LEADERBOARD_OUTCOMES` when outcomes do not give the report's figure.
 */
export function leaderboard(
  entries: readonly LeaderboardEntry[],
  { seed = 1, resamples = RESAMPLES }: { seed?: number; resamples?: number } = {},
): Leaderboard {
  requireComparable(entries);
  const { task, interval, testRowsHash } = entries[0].report;
  const ranked = rankedEntries(entries, interval.metric);
  const testRows = entries[0].outcomes.actual.length;
  const draws = pairedResamples(
    ranked.map((one) => one.metric),
    { rows: testRows, resamples, rng: createRng(seed) },
  );
  const pairs = ranked.flatMap((first, i) =>
    ranked.slice(i + 1).map((second, j) =>
      pairOf(first, second, {
        isAccuracy: interval.metric === "accuracy",
        interval: differenceInterval(draws[i], draws[i + 1 + j]),
      }),
    ),
  );
  const rows = ranked.map(({ entry, name, value }, place): LeaderboardRow => {
    const better = pairs.filter((pair) => pair.second === name && pair.isToldApart);
    const toBest = pairs.find((pair) => pair.first === ranked[0].name && pair.second === name);
    return {
      rank: 1 + better.length,
      name,
      family: entry.family,
      value,
      low: entry.report.interval.low,
      high: entry.report.interval.high,
      ...(place === 0 || toBest === undefined ? {} : { toBest: reversed(toBest) }),
      seconds: entry.seconds,
      latencyMs: entry.latencyMs,
      sizeBytes: entry.sizeBytes,
    };
  });
  return { task, metric: interval.metric, testRows, testRowsHash, rows, pairs };
}

/** Best first; of equals the faster, then by name. */
function rankedEntries(entries: readonly LeaderboardEntry[], metric: string): Ranked[] {
  const sign = isLowerBetter(metric) ? 1 : -1;
  return entries
    .map((entry): Ranked => {
      const name = entry.name ?? entry.family;
      const rows = rowMetric(metric, entry.outcomes, entry.report.labels);
      const value = rows.value(entry.outcomes.actual.map((_, row) => row));
      const reported = entry.report.metrics[metric];
      if (!(Math.abs(value - reported) <= 1e-9 * Math.max(1, Math.abs(reported))))
        throw new SoukError(
          "LEADERBOARD_OUTCOMES",
          `${name}: expected outcomes with ${metric} ${reported}, got ${value}`,
        );
      return { entry, name, value: reported, metric: rows };
    })
    .toSorted(
      (a, b) =>
        sign * (a.value - b.value) ||
        a.entry.latencyMs - b.entry.latencyMs ||
        (a.name < b.name ? -1 : 1),
    );
}

function pairOf(
  first: Ranked,
  second: Ranked,
  { isAccuracy, interval }: { isAccuracy: boolean; interval: { low: number; high: number } },
): PairedDifference {
  const test = isAccuracy ? mcnemar(first.metric.hits, second.metric.hits) : undefined;
  const leavesOutZero = interval.low > 0 || interval.high < 0;
  return {
    first: first.name,
    second: second.name,
    difference: first.value - second.value,
    ...interval,
    ...(test === undefined ? {} : { mcnemar: test }),
    isToldApart: leavesOutZero && (test === undefined || test.pValue < LEVEL),
  };
}

function reversed(pair: PairedDifference): PairedDifference {
  const { first, second, difference, low, high, mcnemar: test, isToldApart } = pair;
  return {
    first: second,
    second: first,
    difference: -difference,
    low: -high,
    high: -low,
    ...(test === undefined
      ? {}
      : { mcnemar: { ...test, onlyFirst: test.onlySecond, onlySecond: test.onlyFirst } }),
    isToldApart,
  };
}

function requireComparable(entries: readonly LeaderboardEntry[]): void {
  if (entries.length === 0 || entries.length > MAX_ENTRIES)
    throw new SoukError(
      "LEADERBOARD_EMPTY",
      `expected 1..${MAX_ENTRIES} entries, got ${entries.length}`,
    );
  const names = entries.map((entry) => entry.name ?? entry.family);
  if (new Set(names).size !== names.length)
    throw new SoukError("LEADERBOARD_NAME", `expected distinct names, got ${names.join(", ")}`);
  const [{ report: first, outcomes }] = entries;
  for (const [i, { report, outcomes: other }] of entries.entries()) {
    if (report.testRowsHash !== first.testRowsHash || !haveSameRows(outcomes, other))
      throw new SoukError(
        "LEADERBOARD_ROWS",
        `${names[i]}: expected the test rows of ${names[0]} (${first.testRowsHash.slice(0, 12)}), got others (${report.testRowsHash.slice(0, 12)})`,
      );
    if (report.interval.metric !== first.interval.metric)
      throw new SoukError(
        "LEADERBOARD_METRIC",
        `${names[i]}: expected metric ${first.interval.metric}, got ${report.interval.metric}`,
      );
  }
}

function haveSameRows(a: RowOutcomes, b: RowOutcomes): boolean {
  const n = a.actual.length;
  return (
    n > 0 &&
    a.predicted.length === n &&
    b.actual.length === n &&
    b.predicted.length === n &&
    a.actual.every((value, row) => Object.is(value, b.actual[row]))
  );
}
