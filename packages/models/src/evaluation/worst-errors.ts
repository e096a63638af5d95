import type { Cell } from "../rows/batch.ts";
import { textOf } from "../rows/cells.ts";
import { targetCells } from "../rows/target.ts";
import type { Task } from "../task/task.ts";
import { indexOfMost, softmaxInto } from "./class-metrics.ts";
import type { Scored } from "./scored.ts";

/** One of the rows the model is most wrong about. */
export interface WorstError {
  /** Value of the task's key column. */
  readonly key?: string;
  readonly actual: string;
  readonly predicted: string;
  /** -log of the probability of the actual label, or the absolute error. */
  readonly loss: number;
  /** The inputs that can be read, at most 200 characters. */
  readonly excerpt: string;
  /** SHA-256 of the row's first stored photo. */
  readonly photo?: string;
}

const LISTED = 20;
const EXCERPT_LENGTH = 200;
const PHOTO_HASH = /^[0-9a-f]{64}$/;

/** The rows with the highest loss, worst first; a row that was predicted rightly is none. */
export function worstErrors(task: Task, scored: Scored): WorstError[] {
  const judged = Array.from({ length: scored.batch.length }, (_, row) => judge(scored, row))
    .filter((one) => one.actual !== one.predicted && !Number.isNaN(one.loss))
    .toSorted((a, b) => b.loss - a.loss || a.row - b.row)
    .slice(0, LISTED);
  const target = targetCells(task, scored.batch);
  return judged.map(({ row, actual, predicted, loss }) => ({
    ...(task.key === undefined ? {} : { key: textOf(scored.batch.columns[task.key]?.[row]) }),
    actual: actual ?? textOf(target[row]),
    predicted: predicted ?? "",
    loss,
    ...inputsOf(task, (column) => scored.batch.columns[column]?.[row]),
  }));
}

function judge(
  { scores, targets, labels }: Scored,
  row: number,
): { row: number; actual: string | undefined; predicted: string | undefined; loss: number } {
  const target = targets[row];
  if (labels === undefined) {
    const loss = Math.abs(scores[row] - target);
    return { row, actual: String(target), predicted: String(scores[row]), loss };
  }
  const probabilities = new Float64Array(labels.length);
  softmaxInto(scores, row * labels.length, probabilities);
  const predicted = String(labels[indexOfMost(probabilities)]);
  if (target < 0) return { row, actual: undefined, predicted, loss: -Math.log(1e-15) };
  const loss = -Math.log(Math.max(1e-15, probabilities[target]));
  return { row, actual: String(labels[target]), predicted, loss };
}

/** Photos are looked at, all else is read. */
function inputsOf(
  { inputs }: Task,
  cellOf: (column: string) => Cell | undefined,
): Pick<WorstError, "excerpt" | "photo"> {
  const read = inputs.filter(({ kind }) => kind !== "image");
  const photo = inputs
    .filter(({ kind }) => kind === "image")
    .map(({ column }) => cellOf(column))
    .find((cell) => typeof cell === "string" && PHOTO_HASH.test(cell));
  return {
    excerpt: excerptOf(read.map(({ column }) => cellOf(column))),
    ...(typeof photo === "string" ? { photo } : {}),
  };
}

function excerptOf(cells: readonly (Cell | undefined)[]): string {
  const texts = cells.map((cell) => textOf(cell).slice(0, 2 * EXCERPT_LENGTH));
  return texts
    .filter((text) => text.trim() !== "")
    .join(" | ")
    .replace(/\s+/gu, " ")
    .slice(0, EXCERPT_LENGTH)
    .toWellFormed();
}
