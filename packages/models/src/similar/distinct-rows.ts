import type { ColumnBatch } from "../rows/batch.ts";
import { textOf } from "../rows/cells.ts";

/** Rows that say the same, once each. */
export interface DistinctRows {
  /** The first row of each group, ascending. */
  readonly rows: Int32Array;
  /** Rows of each group. */
  readonly counts: Float64Array;
}

/** Groups rows whose cells in `columns`, and whose `value`, are the same; at most `most` groups, the first ones. */
export function distinctRows(
  batch: ColumnBatch,
  { columns, value, most }: { columns: readonly string[]; value: ArrayLike<unknown>; most: number },
): DistinctRows {
  const groups = new Map<string, number>();
  const rows: number[] = [];
  const counts: number[] = [];
  for (let row = 0; row < batch.length; row++) {
    const cells = columns.map((column) => textOf(batch.columns[column]?.[row]));
    const key = JSON.stringify([...cells, value[row]]);
    const group = groups.get(key);
    if (group !== undefined) counts[group]++;
    else if (rows.length < most) {
      groups.set(key, rows.length);
      rows.push(row);
      counts.push(1);
    }
  }
  return { rows: Int32Array.from(rows), counts: Float64Array.from(counts) };
}
