import { textOf } from "../rows/cells.ts";
import { rowIdentity } from "../rows/split.ts";
import { targetCells } from "../rows/target.ts";
import type { Task } from "../task/task.ts";
import { indexOfMost, softmaxInto } from "../evaluation/class-metrics.ts";
import type { Scored } from "../evaluation/scored.ts";

/**
 * What was and what a model said, row by row: labels as text, or numbers. Rows are ordered by what names them, so two
 * models measured on the same rows have them in the same order.
 */
export interface RowOutcomes {
  readonly actual: readonly (string | number)[];
  readonly predicted: readonly (string | number)[];
}

/** The outcomes of one model's scores. */
export function rowOutcomes(task: Task, scored: Scored): RowOutcomes {
  const { batch } = scored;
  const target = targetCells(task, batch);
  const named = Array.from({ length: batch.length }, (_, row) => ({
    row,
    name: JSON.stringify([rowIdentity(task, batch, row), textOf(target[row])]),
  }));
  named.sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)));
  return {
    actual: named.map(({ row }) => actualOf(scored, { row, text: textOf(target[row]) })),
    predicted: named.map(({ row }) => predictedOf(scored, row)),
  };
}

function actualOf(
  { targets, labels }: Scored,
  { row, text }: { row: number; text: string },
): string | number {
  if (labels === undefined) return targets[row];
  return targets[row] < 0 ? text : String(labels[targets[row]]);
}

function predictedOf({ scores, labels }: Scored, row: number): string | number {
  if (labels === undefined) return scores[row];
  const probabilities = new Float64Array(labels.length);
  softmaxInto(scores, row * labels.length, probabilities);
  return String(labels[indexOfMost(probabilities)]);
}
