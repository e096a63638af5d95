import type { ColumnBatch } from "../read.ts";

/** Gathers rows of `columns` into batches of `size` rows. */
export function* batchesOf(
  columns: readonly string[],
  rows: Iterable<readonly (string | number | boolean | null)[]>,
  { size = 8192 } = {},
): Generator<ColumnBatch> {
  let filling: (string | number | boolean | null)[][] = columns.map(() => []);
  let length = 0;
  const batch = (): ColumnBatch => ({
    length,
    columns: Object.fromEntries(columns.map((name, i) => [name, filling[i]!])),
  });
  for (const row of rows) {
    for (const [i, value] of row.entries()) filling[i]!.push(value);
    if (++length < size) continue;
    yield batch();
    filling = columns.map(() => []);
    length = 0;
  }
  if (length > 0) yield batch();
}
