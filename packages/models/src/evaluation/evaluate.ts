import { SoukError } from "@souk/core";
import type { Model } from "../artefact/model.ts";
import type { ColumnBatch } from "../rows/batch.ts";
import { hasTarget, type Labels, readTargets } from "../rows/target.ts";
import { selectRows } from "../rows/batch.ts";
import { type Task, taskColumns } from "../task/task.ts";
import { type EvaluationReport, reportOf } from "./report.ts";

/**
 * The report of `model` on rows of `task` it was not trained on. Rows without a target are dropped and counted; the
 * baseline beside it is the majority (or mean) of these rows.
 * @throws SoukError `EVALUATE_EMPTY` without rows, `EVALUATE_TASK` when the model learnt another kind of target,
 * `EVALUATE_COLUMN` when a column of the task is missing.
 */
export async function evaluateModel(
  model: Model,
  task: Task,
  rows: ColumnBatch,
): Promise<EvaluationReport> {
  for (const column of taskColumns(task))
    if (rows.columns[column] === undefined)
      throw new SoukError("EVALUATE_COLUMN", `expected column ${column}, got none`);
  const target = rows.columns[task.target.column];
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
  const scored = { batch, scores: await model.score(batch), targets, labels };
  return reportOf(task, scored, {
    family,
    rows,
    temperature,
    baseline: baseline ?? baselineScores(targets, { labels, rows: batch.length }),
  });
}

/** Scores of the majority or mean baseline learnt from `targets`, for `rows` rows. */
export function baselineScores(
  targets: Float64Array,
  { labels, rows }: { labels: Labels | undefined; rows: number },
): Float64Array {
  const outputs = labels?.length ?? 1;
  const one = new Float64Array(outputs);
  if (labels === undefined) for (const target of targets) one[0] += target / targets.length;
  else {
    for (const target of targets) if (target >= 0) one[target]++;
    for (let c = 0; c < outputs; c++) one[c] = Math.log((one[c] + 1e-9) / targets.length);
  }
  const scores = new Float64Array(rows * outputs);
  for (let row = 0; row < rows; row++) scores.set(one, row * outputs);
  return scores;
}
