import type { Model, Prediction } from "../artefact/model.ts";
import { type RowOutcomes, rowOutcomes } from "../leaderboard/row-outcomes.ts";
import type { ColumnBatch } from "../rows/batch.ts";
import { readTargets } from "../rows/target.ts";
import type { Task } from "../task/task.ts";
import { type ReportCurves, reportCurves } from "./curves.ts";
import { evaluateModel } from "./evaluate.ts";
import type { EvaluationReport } from "./report.ts";
import type { Scored } from "./scored.ts";

/** All that one look at the test rows can tell of a model. */
export interface Examination {
  readonly report: EvaluationReport;
  readonly curves: ReportCurves;
  readonly outcomes: RowOutcomes;
}

/**
 * As `evaluateModel`, with the curves a page draws and the row-by-row outcomes a leaderboard compares; the rows are
 * scored once.
 * @throws SoukError as `evaluateModel`.
 */
export async function examineModel(
  model: Model,
  task: Task,
  rows: ColumnBatch,
): Promise<Examination> {
  const { labels } = model.card;
  const seen: Scored[] = [];
  const report = await evaluateModel({ ...model, score, predict }, task, rows);
  return {
    report,
    curves: reportCurves(task, seen[0], report.slices),
    outcomes: rowOutcomes(task, seen[0]),
  };

  async function score(batch: ColumnBatch): Promise<Float64Array> {
    const scores = await model.score(batch);
    keep(batch, scores);
    return scores;
  }

  async function predict(batch: ColumnBatch): Promise<Prediction[]> {
    const predictions = await model.predict(batch);
    keep(
      batch,
      Float64Array.from(predictions, ({ value = NaN }) => value),
    );
    return predictions;
  }

  function keep(batch: ColumnBatch, scores: Float64Array): void {
    seen.push({ batch, scores, targets: readTargets(task, batch, labels), labels });
  }
}
