import { SoukError, unitHash } from "@souk/core";
import type { Task } from "../task/task.ts";
import type { ColumnBatch } from "./batch.ts";
import { textOf, timeOf } from "./cells.ts";
import { rowIdentity } from "./split.ts";

/** Rows of one batch in two parts. */
export interface HeldOut {
  readonly kept: Int32Array;
  readonly held: Int32Array;
}

/**
 * Sets about `share` of rows aside as the task's own split would: whole groups by their hash, for a split by time the
 * latest moments, else rows by their hash. Another draw than the split itself; rows keep their order.
 * @throws SoukError `TRAIN_SPLIT_EMPTY` when either part has no row.
 */
export function holdOut(task: Task, batch: ColumnBatch, share: number): HeldOut {
  const isHeld =
    task.split.kind === "time" ? isLate(task, batch, share) : isDrawn(task, batch, share);
  const kept: number[] = [];
  const held: number[] = [];
  for (let row = 0; row < batch.length; row++) (isHeld(row) ? held : kept).push(row);
  if (kept.length === 0 || held.length === 0)
    throw new SoukError(
      "TRAIN_SPLIT_EMPTY",
      `expected enough training rows to set ${share} of them aside, got ${batch.length}`,
    );
  return { kept: Int32Array.from(kept), held: Int32Array.from(held) };
}

function isDrawn(task: Task, batch: ColumnBatch, share: number): (row: number) => boolean {
  const { kind, by, salt = task.name } = task.split;
  return (row) => {
    const group = kind === "grouped" && by !== undefined ? textOf(batch.columns[by][row]) : "";
    const name = group === "" ? rowIdentity(task, batch, row) : group;
    return unitHash(`${salt}:held out:${name}`) < share;
  };
}

function isLate(task: Task, batch: ColumnBatch, share: number): (row: number) => boolean {
  const column = batch.columns[task.split.by ?? ""];
  const times = Array.from(column, (cell) => timeOf(cell));
  const sorted = times.toSorted((a, b) => a - b);
  const from = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * (1 - share)))];
  return (row) => times[row] >= from;
}
