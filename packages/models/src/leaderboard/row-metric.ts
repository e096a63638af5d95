import { SoukError } from "@souk/core";
import { numberMetric } from "../evaluation/number-metrics.ts";
import type { RowOutcomes } from "./row-outcomes.ts";

/** A metric of any choice of rows; a row may be chosen more than once. */
export interface RowMetric {
  /** The metric of the rows with these indexes. */
  readonly value: (rows: ArrayLike<number>) => number;
  /** 1 where the model was exactly right. */
  readonly hits: Uint8Array;
}

/**
 * `metric` over `outcomes`, as the evaluation report defines it; `labels` are those the model knows, none for numbers.
 * @throws SoukError `LEADERBOARD_METRIC` for a metric that cannot be computed from outcomes (of labels: any but
 * accuracy, macroF1, weightedF1, mae).
 */
export function rowMetric(
  metric: string,
  outcomes: RowOutcomes,
  labels: readonly string[] | undefined,
): RowMetric {
  const { actual, predicted } = outcomes;
  const hits = Uint8Array.from(actual, (one, row) => Number(one === predicted[row]));
  if (labels === undefined) return { hits, value: numberValue(metric, outcomes) };
  switch (metric) {
    case "accuracy":
      return { hits, value: (rows) => meanAt(hits, rows) };
    case "macroF1":
      return { hits, value: f1Value(outcomes, { labels, weight: (rows) => Math.min(1, rows) }) };
    case "weightedF1":
      return { hits, value: f1Value(outcomes, { labels, weight: (_, support) => support }) };
    case "mae":
      return { hits, value: labelDistance(outcomes, labels) };
    default:
      throw new SoukError(
        "LEADERBOARD_METRIC",
        `expected accuracy, macroF1, weightedF1 or mae for labels, got ${metric}`,
      );
  }
}

/** Means of a row's own error are read off; other figures are computed on the rows drawn. */
function numberValue(
  metric: string,
  { actual, predicted }: RowOutcomes,
): (rows: ArrayLike<number>) => number {
  const truth = Float64Array.from(actual, Number);
  const said = Float64Array.from(predicted, Number);
  const errors = truth.map((one, row) => Math.abs(said[row] - one));
  if (metric === "mae") return (rows) => meanAt(errors, rows);
  const squares = errors.map((error) => error * error);
  if (metric === "rmse") return (rows) => Math.sqrt(meanAt(squares, rows));
  return (rows) => {
    const indexes = Array.from(rows);
    return numberMetric(
      metric,
      indexes.map((row) => said[row]),
      indexes.map((row) => truth[row]),
    );
  };
}

function meanAt(values: ArrayLike<number>, rows: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < rows.length; i++) sum += values[rows[i]];
  return sum / rows.length;
}

/** Mean distance of numeric labels; rows of a label the model does not know are left out. */
function labelDistance(
  { actual, predicted }: RowOutcomes,
  labels: readonly string[],
): (rows: ArrayLike<number>) => number {
  if (labels.some((label) => Number.isNaN(Number(label))))
    throw new SoukError("LEADERBOARD_METRIC", "mae: expected labels that are numbers, got names");
  const known = new Set<string | number>(labels);
  const errors = Float64Array.from(actual, (one, row) =>
    known.has(one) ? Math.abs(Number(predicted[row]) - Number(one)) : NaN,
  );
  return (rows) => {
    const distances = Array.from(rows, (row) => errors[row]).filter((one) => !Number.isNaN(one));
    return distances.reduce((sum, one) => sum + one, 0) / Math.max(1, distances.length);
  };
}

/**
 * F1 averaged over labels by `weight`, which is told how often a label occurs or was predicted, and how often it
 * occurs. Rows of a label the model does not know are left out.
 */
function f1Value(
  { actual, predicted }: RowOutcomes,
  {
    labels,
    weight,
  }: { labels: readonly string[]; weight: (seen: number, support: number) => number },
): (rows: ArrayLike<number>) => number {
  const indexes = new Map<string | number, number>(labels.map((label, c) => [label, c]));
  const truth = Int32Array.from(actual, (one) => indexes.get(one) ?? -1);
  const said = Int32Array.from(predicted, (one) => indexes.get(one) ?? -1);
  const hits = new Float64Array(labels.length);
  const support = new Float64Array(labels.length);
  const named = new Float64Array(labels.length);
  return (rows) => {
    for (const tally of [hits, support, named]) tally.fill(0);
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i];
      if (truth[row] < 0) continue;
      support[truth[row]]++;
      if (said[row] >= 0) named[said[row]]++;
      if (truth[row] === said[row]) hits[truth[row]]++;
    }
    let sum = 0;
    let total = 0;
    for (let c = 0; c < hits.length; c++) {
      const seen = support[c] + named[c];
      const share = weight(seen, support[c]);
      if (seen > 0) sum += (share * 2 * hits[c]) / seen;
      total += share;
    }
    return sum / Math.max(1, total);
  };
}
