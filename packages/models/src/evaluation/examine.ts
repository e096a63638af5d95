import type { Model } from "../artefact/model.ts";
import { type RowOutcomes, rowOutcomes } from "../leaderboard/row-outcomes.ts";
import type { ColumnBatch } from "../rows/batch.ts";
import type { Task } from "../task/task.ts";
import { type ReportCurves, reportCurves } from "./curves.ts";
import { evaluateModel } from "./evaluate.ts";
import type { EvaluationReport } from "./report.ts";
import { watchScores } from "./watched-model.ts";

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
  const watched = watchScores(model, task);
  const report = await evaluateModel(watched.model, task, rows);
  const scored = watched.scored();
  return {
    report,
    curves: reportCurves(task, scored, report.slices),
    outcomes: rowOutcomes(task, scored),
  };
}
