import { canonicalJson, fnv1a, SoukError, unitHash } from "@souk/core";
import type { Task } from "../task/task.ts";
import type { ColumnBatch } from "./batch.ts";
import { textOf, timeOf } from "./cells.ts";
import { hasTarget } from "./target.ts";

/** Which rows of a batch are train, validation and test; `dropped` counts rows without a target (or split time). */
export interface Split {
  readonly train: Int32Array;
  readonly validation: Int32Array;
  readonly test: Int32Array;
  readonly dropped: number;
}

/**
 * Splits rows as `task.split` says: the same row (or group) always falls on the same side, whatever else is in the
 * batch and in whatever order (grouped and random). Inside a side rows are ordered by their own hash, so training
 * does not depend on the order a reader happened to deliver.
 * @throws SoukError `TRAIN_SPLIT_EMPTY` when a side has no row.
 */
export function splitRows(task: Task, batch: ColumnBatch): Split {
  const target = batch.columns[task.target.column];
  const usable: number[] = [];
  for (let i = 0; i < batch.length; i++) if (hasTarget(task, target[i])) usable.push(i);
  const sides =
    task.split.kind === "time" ? byTime(task, batch, usable) : byHash(task, batch, usable);
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
  const columns = [...task.inputs.map((input) => input.column), task.target.column];
  return canonicalJson(columns.map((column) => batch.columns[column][row] ?? null));
}

interface Sides {
  readonly train: number[];
  readonly validation: number[];
  readonly test: number[];
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
