import { SoukError } from "@souk/core";
import { type LakeContext, snapshotOfDataset } from "./context.ts";
import { relationOf } from "./delta/relation.ts";
import type { TableColumn } from "./delta/schema.ts";
import { quoteName } from "./quoting.ts";

/** Columns of equal length. */
export interface ColumnBatch {
  readonly length: number;
  readonly columns: Readonly<Record<string, ArrayLike<string | number | boolean | null>>>;
}

/** What to read. */
export interface ReadOptions {
  /** Columns wanted, in order. */
  readonly columns: readonly string[];
  /** Default: the newest. */
  readonly version?: number;
  /** Condition in trusted SQL over the dataset's columns. */
  readonly where?: string;
  readonly signal?: AbortSignal;
}

/**
 * The rows of a dataset as batches of about 2,048, in an order that depends only on the version.
 * Dates come as `YYYY-MM-DD`, times as ISO 8601 in UTC, BIGINT as numbers (exact up to 2^53).
 * @throws SoukError `LAKE_NO_TABLE`, `LAKE_NO_VERSION`, `LAKE_NO_COLUMN`.
 */
export async function* readRows(
  context: LakeContext,
  name: string,
  { columns, version, where, signal }: ReadOptions,
): AsyncGenerator<ColumnBatch> {
  const snapshot = await snapshotOfDataset(context, name, version);
  const wanted = columns.map((column) => {
    const found = snapshot.storedSchema.find((one) => one.name === column);
    if (found === undefined)
      throw new SoukError(
        "LAKE_NO_COLUMN",
        `${name}: expected one of ${snapshot.schema.map((one) => one.name).join(", ")}, got "${column}"`,
      );
    return found;
  });
  if (wanted.length === 0)
    throw new SoukError("LAKE_NO_COLUMN", `${name}: expected at least one column to read`);
  const all = relationOf(snapshot, { columns: snapshot.storedSchema.map((column) => column.name) });
  const sql = `SELECT ${wanted.map(plainSql).join(", ")} FROM ${all}${where === undefined ? "" : ` WHERE ${where}`}`;
  for await (const result of context.engine.stream(sql, { signal })) {
    for (;;) {
      signal?.throwIfAborted();
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) break;
      const values: Record<string, ArrayLike<string | number | boolean | null>> = {};
      for (const [i, { name: column }] of wanted.entries())
        values[column] = chunk.getColumnValues(i).map(plainValue);
      yield { length: chunk.rowCount, columns: values };
    }
  }
}

function plainSql({ name, type }: TableColumn): string {
  const column = quoteName(name);
  if (type === "DATE") return `CAST(${column} AS VARCHAR) AS ${column}`;
  if (type === "TIMESTAMPTZ") return `strftime(${column}, '%Y-%m-%dT%H:%M:%S.%gZ') AS ${column}`;
  return type === "BIGINT" ? `CAST(${column} AS DOUBLE) AS ${column}` : column;
}

function plainValue(value: unknown): string | number | boolean | null {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? value
    : null;
}
