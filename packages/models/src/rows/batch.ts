import { SoukError } from "@souk/core";

/** One cell of a table; bytes are a photo handed over as a file. */
export type Cell = string | number | boolean | null | Uint8Array;

/** Columns of equal length. */
export interface ColumnBatch {
  readonly length: number;
  readonly columns: Readonly<Record<string, ArrayLike<Cell>>>;
}

/** Most rows one training reads into memory. */
const MAX_ROWS = 20_000_000;

/**
 * Reads every batch into one, keeping `columns` only.
 * @throws SoukError `TRAIN_COLUMN_MISSING` when a batch lacks a column, `TRAIN_TOO_MANY_ROWS` above `maxRows`,
 * the signal's reason when aborted.
 */
export async function collectRows(
  batches: AsyncIterable<ColumnBatch>,
  {
    columns,
    maxRows = MAX_ROWS,
    signal,
  }: {
    columns: readonly string[];
    maxRows?: number;
    signal?: AbortSignal;
  },
): Promise<ColumnBatch> {
  const collected: Record<string, Cell[]> = {};
  for (const column of columns) collected[column] = [];
  let length = 0;
  for await (const batch of batches) {
    signal?.throwIfAborted();
    length += batch.length;
    if (length > maxRows)
      throw new SoukError("TRAIN_TOO_MANY_ROWS", `expected at most ${maxRows} rows, got more`);
    for (const column of columns) appendColumn(collected[column], batch, column);
  }
  return { length, columns: collected };
}

/** The rows of `batch` at `rows`, in that order. */
export function selectRows(batch: ColumnBatch, rows: ArrayLike<number>): ColumnBatch {
  const columns: Record<string, Cell[]> = {};
  for (const [name, column] of Object.entries(batch.columns)) {
    const selected: Cell[] = [];
    for (let i = 0; i < rows.length; i++) selected.push(column[rows[i]]);
    columns[name] = selected;
  }
  return { length: rows.length, columns };
}

function appendColumn(target: Cell[], batch: ColumnBatch, name: string): void {
  const column = batch.columns[name];
  if (column === undefined || column.length !== batch.length) {
    const got = column === undefined ? "none" : `${column.length} of ${batch.length} values`;
    throw new SoukError(
      "TRAIN_COLUMN_MISSING",
      `expected column ${name} in every batch, got ${got}`,
    );
  }
  for (let i = 0; i < batch.length; i++) target.push(column[i]);
}
