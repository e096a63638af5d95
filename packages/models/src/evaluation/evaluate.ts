import { SoukError } from "@souk/core";
import type { Model, Prediction } from "../artefact/model.ts";
import type { ColumnBatch } from "../rows/batch.ts";
import { hasTarget, readTargets, targetCells } from "../rows/target.ts";
import { selectRows } from "../rows/batch.ts";
import { type Task, taskColumns } from "../task/task.ts";
import { baselineScores } from "./baseline-scores.ts";
import type { Bounds } from "./coverage.ts";
import { type EvaluationReport, reportOf } from "./report.ts";

/**
 * The report of `model` on rows of `task` it was not trained on. Rows without a target are dropped and counted; the
 * baseline beside it is the majority (or mean, median) of these rows.
 * @throws SoukError `EVALUATE_EMPTY` without rows, `EVALUATE_TASK` when the model learnt another kind of target,
 * `EVALUATE_COLUMN` when a column of the task is missing, `EVALUATE_METRIC` when the task's metric is not defined on
 * these rows.
 */
export async function evaluateModel(
  model: Model,
  task: Task,
  rows: ColumnBatch,
): Promise<EvaluationReport> {
  for (const column of taskColumns(task))
    if (rows.columns[column] === undefined)
      throw new SoukError("EVALUATE_COLUMN", `expected column ${column}, got none`);
  const target = targetCells(task, rows);
  const usable: number[] = [];
  for (let row = 0; row < rows.length; row++) if (hasTarget(task, target[row])) usable.push(row);
  const batch = selectRows(rows, usable);
  const dropped = rows.length - usable.length;
  return evaluateAgainst(model, task, {
    batch,
    rows: { train: 0, validation: 0, test: batch.length, dropped },
  });
}

/** As `evaluateModel`, with the counts of a split and the scores of a baseline from the training rows. */
export async function evaluateAgainst(
  model: Model,
  task: Task,
  {
    batch,
    rows,
    baseline,
  }: {
    batch: ColumnBatch;
    rows: EvaluationReport["rows"];
    baseline?: Float64Array;
  },
): Promise<EvaluationReport> {
  if (batch.length === 0)
    throw new SoukError("EVALUATE_EMPTY", "expected at least one row with a target, got none");
  const { labels, family, temperature, task: learnt } = model.card;
  if (learnt.target.kind !== task.target.kind)
    throw new SoukError(
      "EVALUATE_TASK",
      `expected a model of a ${task.target.kind} target, got one of a ${learnt.target.kind}`,
    );
  const targets = readTargets(task, batch, labels);
  const numbers = labels === undefined ? await model.predict(batch) : undefined;
  const scores = numbers === undefined ? await model.score(batch) : valuesOf(numbers);
  const scored = { batch, scores, targets, labels };
  return reportOf(task, scored, {
    family,
    rows,
    temperature,
    bounds: numbers && boundsOf(numbers, model.card.task.interval),
    baseline: baseline ?? baselineScores(task, targets, { labels, rows: batch.length }),
  });
}

function valuesOf(predictions: readonly Prediction[]): Float64Array {
  return Float64Array.from(predictions, ({ value = NaN }) => value);
}

function boundsOf(
  predictions: readonly Prediction[],
  level: number | undefined,
): Bounds | undefined {
  if (level === undefined) return undefined;
  return {
    level,
    low: Float64Array.from(predictions, ({ low = NaN }) => low),
    high: Float64Array.from(predictions, ({ high = NaN }) => high),
  };
}
