import { SoukError } from "@souk/core";
import type { Task } from "../task/task.ts";
import type { Cell, ColumnBatch } from "./batch.ts";
import { numberOf, textOf } from "./cells.ts";

/** Most classes one model tells apart. */
export const MAX_LABELS = 1000;

/** The labels of a task in the one order every part of Souk uses: numbers ascending, names by code unit. */
export type Labels = readonly (string | number)[];

/** What each row's target is read from: a column, or what `target.derive` makes of several. */
export function targetCells(task: Task, batch: ColumnBatch): ArrayLike<Cell> {
  const { column, derive } = task.target;
  if (derive === undefined) return batch.columns[column];
  if (derive.kind === "sum") return sumOf(derive.columns.map((name) => batch.columns[name]));
  if (derive.kind === "path")
    return Array.from(batch.columns[derive.column], (cell) => outerLevels(cell, derive.levels));
  const classes = new Map<string, string>();
  for (const [name, values] of Object.entries(derive.groups))
    for (const value of values) classes.set(textOf(value), name);
  return Array.from(batch.columns[derive.column], (cell) => classes.get(textOf(cell)) ?? null);
}

/** The outer levels of a category path. Levels are parted by "/" or ">", spaces around them do not count. */
export function outerLevels(cell: Cell, levels: number): string {
  const parts = textOf(cell).split(/[/>]/u);
  const named = parts.map((part) => part.trim()).filter((part) => part !== "");
  return named.slice(0, levels).join(" / ");
}

function sumOf(columns: readonly ArrayLike<Cell>[]): (number | null)[] {
  return Array.from(columns[0], (_, row) => {
    let sum = 0;
    for (const column of columns) sum += numberOf(column[row]);
    return Number.isNaN(sum) ? null : sum;
  });
}

/**
 * The labels found in `rows` of the target column; `undefined` for a number target.
 * @throws SoukError `TRAIN_LABELS` below 2 or above `MAX_LABELS` distinct labels.
 */
export function findLabels(
  task: Task,
  batch: ColumnBatch,
  rows: ArrayLike<number>,
): Labels | undefined {
  if (task.target.kind === "number") return undefined;
  const column = targetCells(task, batch);
  const found = new Set<string | number>();
  for (let i = 0; i < rows.length && found.size <= MAX_LABELS; i++) {
    const label = labelOf(task, column[rows[i]]);
    if (label !== undefined) found.add(label);
  }
  if (found.size < 2 || found.size > MAX_LABELS)
    throw new SoukError(
      "TRAIN_LABELS",
      `column ${task.target.column}: expected 2..${MAX_LABELS} distinct labels in the training rows, got ${found.size > MAX_LABELS ? "more" : found.size}`,
    );
  return [...found].toSorted(compareLabels);
}

/** The label in a cell, `undefined` when it is missing (or not a number, for an ordinal target). */
export function labelOf(task: Task, cell: Cell | undefined): string | number | undefined {
  if (task.target.kind === "class") {
    const name = textOf(cell);
    return name === "" ? undefined : name;
  }
  const value = numberOf(cell);
  return Number.isNaN(value) ? undefined : value;
}

/**
 * The target of each row: the index into `labels`, or the number itself. Missing and unknown are -1 and NaN.
 */
export function readTargets(
  task: Task,
  batch: ColumnBatch,
  labels: Labels | undefined,
): Float64Array {
  const column = targetCells(task, batch);
  const targets = new Float64Array(batch.length);
  if (labels === undefined) {
    for (let i = 0; i < batch.length; i++) targets[i] = numberOf(column[i]);
    return targets;
  }
  const indexes = new Map(labels.map((label, i) => [label, i]));
  for (let i = 0; i < batch.length; i++) {
    const label = labelOf(task, column[i]);
    targets[i] = label === undefined ? -1 : (indexes.get(label) ?? -1);
  }
  return targets;
}

/** Whether the cell holds a target that can be learnt from. */
export function hasTarget(task: Task, cell: Cell | undefined): boolean {
  return labelOf(task, cell) !== undefined;
}

function compareLabels(a: string | number, b: string | number): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return a < b ? -1 : Number(a > b);
}
