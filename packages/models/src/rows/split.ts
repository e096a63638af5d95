import { canonicalJson, fnv1a, SoukError, unitHash } from "@souk/core";
import { type Task, targetColumns } from "../task/task.ts";
import type { Cell, ColumnBatch } from "./batch.ts";
import { textOf, timeOf } from "./cells.ts";
import { hasTarget, labelOf, targetCells } from "./target.ts";

/** Which rows of a batch are train, validation and test; `dropped` counts rows without a target (or split time). */
export interface Split {
  readonly train: Int32Array;
  readonly validation: Int32Array;
  readonly test: Int32Array;
  readonly dropped: number;
}

/**
 * Splits rows as `task.split` says: the same row (or group) always falls on the same side, whatever else is in the
 * batch and in whatever order (grouped and random). A stratified split fixes the shares of each class instead: rows of
 * one identity stay together and the order of arrival changes nothing, but when the class grows, a few of the rows
 * whose hash is next to a share's edge move over. Inside a side rows are ordered by their own hash, so training
 * does not depend on the order a reader happened to deliver.
 * @throws SoukError `TRAIN_SPLIT_EMPTY` when a side has no row.
 */
export function splitRows(task: Task, batch: ColumnBatch): Split {
  const target = targetCells(task, batch);
  const usable: number[] = [];
  for (let i = 0; i < batch.length; i++) if (hasTarget(task, target[i])) usable.push(i);
  const sides = sidesOf(task, batch, { usable, target });
  const order = rowOrder(task, batch);
  for (const side of [sides.train, sides.validation, sides.test]) side.sort(order);
  const split = {
    train: Int32Array.from(sides.train),
    validation: Int32Array.from(sides.validation),
    test: Int32Array.from(sides.test),
  };
  for (const [side, rows] of Object.entries(split))
    if (rows.length === 0)
      throw new SoukError(
        "TRAIN_SPLIT_EMPTY",
        `the ${side} part is empty: expected more than ${usable.length} rows with a target, or larger shares`,
      );
  const used = split.train.length + split.validation.length + split.test.length;
  return { ...split, dropped: batch.length - used };
}

/** What names a row: its key column, or without one its inputs and target. */
export function rowIdentity(task: Task, batch: ColumnBatch, row: number): string {
  if (task.key !== undefined) return textOf(batch.columns[task.key][row]);
  const columns = [...task.inputs.map((input) => input.column), ...targetColumns(task)];
  return canonicalJson(columns.map((column) => batch.columns[column][row] ?? null));
}

interface Sides {
  readonly train: number[];
  readonly validation: number[];
  readonly test: number[];
}

function sidesOf(
  task: Task,
  batch: ColumnBatch,
  { usable, target }: { usable: readonly number[]; target: ArrayLike<Cell> },
): Sides {
  if (task.split.kind === "time") return byTime(task, batch, usable);
  if (task.split.kind === "given") return asGiven(task, batch, usable);
  if (task.split.stratify !== true) return byHash(task, batch, usable);
  const classes = Map.groupBy(usable, (row) => labelOf(task, target[row]));
  const sides: Sides = { train: [], validation: [], test: [] };
  for (const rows of classes.values()) stratifyInto(task, { batch, rows }, sides);
  return sides;
}

/**
 * The first rows of one class by hash are its test part, the next its validation part, and at least one is left to
 * train. Rows of one identity go where the last of them belongs.
 */
function stratifyInto(
  task: Task,
  { batch, rows }: { batch: ColumnBatch; rows: readonly number[] },
  sides: Sides,
): void {
  const { validation, test, salt = task.name } = task.split;
  const named = rows.map((row) => {
    const name = rowIdentity(task, batch, row);
    return { row, name, at: unitHash(`${salt}:${name}`) };
  });
  named.sort((a, b) => a.at - b.at || (a.name < b.name ? -1 : Number(a.name > b.name)));
  const testEnd = Math.round(named.length * test);
  const validationEnd = Math.min(named.length - 1, Math.round(named.length * (test + validation)));
  let last = named.length - 1;
  for (let i = last; i >= 0; i--) {
    const { row, name } = named[i];
    if (named[last].name !== name) last = i;
    if (last < Math.min(testEnd, validationEnd)) sides.test.push(row);
    else if (last < validationEnd) sides.validation.push(row);
    else sides.train.push(row);
  }
}

function byHash(task: Task, batch: ColumnBatch, usable: readonly number[]): Sides {
  const { kind, by, validation, test, salt = task.name } = task.split;
  const sides: Sides = { train: [], validation: [], test: [] };
  for (const row of usable) {
    const group = by === undefined ? "" : textOf(batch.columns[by][row]);
    // Rows without a group do not belong together: each goes by its own identity.
    const name = kind === "grouped" && group !== "" ? group : rowIdentity(task, batch, row);
    const at = unitHash(`${salt}:${name}`);
    if (at < test) sides.test.push(row);
    else if (at < test + validation) sides.validation.push(row);
    else sides.train.push(row);
  }
  return sides;
}

/** Rows that name no side are left out. */
function asGiven(task: Task, batch: ColumnBatch, usable: readonly number[]): Sides {
  const { by = "" } = task.split;
  const sides: Sides = { train: [], validation: [], test: [] };
  for (const row of usable) {
    const side = textOf(batch.columns[by][row]).toLowerCase();
    if (side === "train" || side === "validation" || side === "test") sides[side].push(row);
    else if (side === "val") sides.validation.push(row);
  }
  return sides;
}

/** Rows of one moment stay together: a side begins at the first row of its moment. */
function byTime(task: Task, batch: ColumnBatch, usable: readonly number[]): Sides {
  const { by = "", validation, test } = task.split;
  const timed = usable
    .map((row) => ({ row, at: timeOf(batch.columns[by][row]) }))
    .filter((item) => !Number.isNaN(item.at))
    .toSorted((a, b) => a.at - b.at);
  const timeAt = (share: number): number =>
    timed[Math.min(timed.length - 1, Math.floor(timed.length * (1 - share)))]?.at ?? 0;
  const testFrom = timeAt(test);
  const validationFrom = timeAt(test + validation);
  const sides: Sides = { train: [], validation: [], test: [] };
  for (const { row, at } of timed) {
    if (at >= testFrom) sides.test.push(row);
    else if (at >= validationFrom) sides.validation.push(row);
    else sides.train.push(row);
  }
  return sides;
}

function rowOrder(task: Task, batch: ColumnBatch): (a: number, b: number) => number {
  const hashes = new Uint32Array(batch.length);
  for (let row = 0; row < batch.length; row++)
    hashes[row] = fnv1a(rowIdentity(task, batch, row), 0x9e3779b9);
  return (a, b) => hashes[a] - hashes[b] || a - b;
}
