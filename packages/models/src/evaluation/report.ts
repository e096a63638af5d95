import { sha256, SoukError } from "@souk/core";
import type { ColumnBatch } from "../rows/batch.ts";
import { textOf } from "../rows/cells.ts";
import type { CorrectionsReport } from "../rows/corrections.ts";
import { rowIdentity } from "../rows/split.ts";
import { targetCells } from "../rows/target.ts";
import type { Task } from "../task/task.ts";
import { type Calibration, calibration } from "./calibration.ts";
import { type ClassReport, classMetrics } from "./class-metrics.ts";
import { type Bounds, type Coverage, coverageOf } from "./coverage.ts";
import { type MetricInterval, metricInterval } from "./interval.ts";
import { numberMetrics } from "./number-metrics.ts";
import type { Scored } from "./scored.ts";
import { type SliceReport, sliceReports } from "./slices.ts";
import { type WorstError, worstErrors } from "./worst-errors.ts";

/** What a model is worth, measured on rows it never saw. */
export interface EvaluationReport {
  readonly task: string;
  readonly family: string;
  /** Rows on each side; `dropped` had no target. */
  readonly rows: {
    readonly train: number;
    readonly validation: number;
    readonly test: number;
    readonly dropped: number;
  };
  /** SHA-256 of what names the test rows and their targets, whatever their order: equal means comparable. */
  readonly testRowsHash: string;
  /**
   * Classes: accuracy, macroF1, weightedF1, logLoss, ece, above 3 labels top3Accuracy; ordinal also quadraticKappa, mae,
   * maeOfValue. Numbers: those of `numberMetrics`.
   */
  readonly metrics: Readonly<Record<string, number>>;
  readonly baseline: { readonly name: string; readonly metrics: Readonly<Record<string, number>> };
  /** The model to be replaced, on the same rows. */
  readonly incumbent?: {
    readonly family: string;
    readonly metrics: Readonly<Record<string, number>>;
  };
  readonly labels?: readonly string[];
  readonly perClass?: readonly ClassReport[];
  /** [actual][predicted]. */
  readonly confusion?: readonly (readonly number[])[];
  readonly calibration?: Calibration & {
    /** Logits are divided by this, 1 when that did not help on the validation rows. */
    readonly temperature: number;
  };
  readonly slices: Readonly<Record<string, readonly SliceReport[]>>;
  readonly worst: readonly WorstError[];
  readonly interval: MetricInterval;
  /** How well the bounds of predicted numbers hold, where the task asks for them. */
  readonly coverage?: Coverage;
  /** What became of people's corrections in the training, when there were any. */
  readonly corrections?: CorrectionsReport;
}

/**
 * The part of a report that only needs the test rows.
 * @throws SoukError `EVALUATE_METRIC` when the task's metric is not defined on them.
 */
export function reportOf(
  task: Task,
  scored: Scored,
  {
    family,
    rows,
    temperature,
    baseline,
    bounds,
  }: {
    family: string;
    rows: EvaluationReport["rows"];
    temperature: number;
    /** Scores of the baseline for the same rows. */
    baseline: Float64Array;
    bounds?: Bounds;
  },
): EvaluationReport {
  const { scores, targets, labels, batch } = scored;
  const metrics = metricsOf(scored);
  if (!Number.isFinite(metrics[task.metric]))
    throw new SoukError(
      "EVALUATE_METRIC",
      `expected rows on which ${task.metric} is defined, got ${batch.length} on which it is not`,
    );
  const common = {
    task: task.name,
    family,
    rows,
    testRowsHash: hashRows(task, batch),
    baseline: { name: task.baseline, metrics: metricsOf({ ...scored, scores: baseline }) },
    slices: sliceReports(task, scored),
    worst: worstErrors(task, scored),
    interval: metricInterval(task, scored),
    ...(bounds === undefined ? {} : { coverage: coverageOf(bounds, targets) }),
  };
  if (labels === undefined) return { ...common, metrics };
  const { perClass, confusion } = classMetrics(scores, targets, labels);
  const { bins, ece } = calibration(scores, targets, labels.length);
  return {
    ...common,
    metrics,
    labels: labels.map(String),
    perClass,
    confusion,
    calibration: { bins, ece, temperature },
  };
}

/** The metrics of one model on its rows. */
function metricsOf({ scores, targets, labels }: Omit<Scored, "batch">): Record<string, number> {
  if (labels === undefined) return numberMetrics(scores, targets);
  const { metrics } = classMetrics(scores, targets, labels);
  return { ...metrics, ece: calibration(scores, targets, labels.length).ece };
}

function hashRows(task: Task, batch: ColumnBatch): string {
  const target = targetCells(task, batch);
  const names: string[] = [];
  for (let row = 0; row < batch.length; row++)
    names.push(JSON.stringify([rowIdentity(task, batch, row), textOf(target[row])]));
  return sha256(names.sort().join("\n"));
}
