import { textOf } from "../rows/cells.ts";
import type { Task } from "../task/task.ts";
import { classMetrics } from "./class-metrics.ts";
import { numberMetrics } from "./number-metrics.ts";
import type { Scored } from "./scored.ts";

/** Metrics of the rows that share one value of a slice column. */
export interface SliceReport {
  readonly value: string;
  readonly rows: number;
  readonly metrics: Readonly<Record<string, number>>;
}

/** Values reported per column, the largest first; rarer ones are left out. */
const MOST_VALUES = 50;

/** The metrics again, for each value of each slice column of the task. */
export function sliceReports(task: Task, scored: Scored): Record<string, SliceReport[]> {
  const reports: Record<string, SliceReport[]> = {};
  for (const column of task.slices ?? []) {
    const cells = scored.batch.columns[column];
    if (cells === undefined) continue;
    const rows = new Map<string, number[]>();
    for (let row = 0; row < scored.batch.length; row++) {
      const value = textOf(cells[row]);
      const list = rows.get(value);
      if (list === undefined) rows.set(value, [row]);
      else list.push(row);
    }
    reports[column] = [...rows]
      .toSorted(([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1))
      .slice(0, MOST_VALUES)
      .map(([value, list]) => ({ value, rows: list.length, metrics: metricsAt(scored, list) }));
  }
  return reports;
}

function metricsAt(
  { scores, targets, labels }: Scored,
  rows: readonly number[],
): Record<string, number> {
  const k = labels?.length ?? 1;
  const some = new Float64Array(rows.length * k);
  const wanted = Float64Array.from(rows, (row) => targets[row]);
  rows.forEach((row, i) => some.set(scores.subarray(row * k, (row + 1) * k), i * k));
  return labels === undefined
    ? numberMetrics(some, wanted)
    : classMetrics(some, wanted, labels).metrics;
}
