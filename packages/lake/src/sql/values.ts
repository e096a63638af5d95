import {
  DuckDBArrayValue,
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  DuckDBUnionValue,
  type DuckDBValue,
} from "@duckdb/node-api";
import type { SqlCell } from "./types.ts";

/**
 * A DuckDB value as JSON can hold it: integers beyond 2^53, NaN and infinities become text; DATE `YYYY-MM-DD`;
 * TIMESTAMPTZ ISO 8601 in UTC with microseconds only when there are any; BLOB base 64; lists and structs nest.
 */
export function jsonCell(value: DuckDBValue): SqlCell {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      return Number.isFinite(value) ? value : String(value);
    case "bigint":
      return integerCell(value);
    default:
      return value === null || value === undefined ? null : objectCell(value);
  }
}

function integerCell(value: bigint): number | string {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER
    ? Number(value)
    : value.toString();
}

function objectCell(value: DuckDBValue & object): SqlCell {
  if (value instanceof DuckDBDateValue) return value.toString();
  if (value instanceof DuckDBTimestampTZValue) return isoTime(value);
  if (value instanceof DuckDBDecimalValue) return decimalCell(value);
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue)
    return value.items.map(jsonCell);
  if (value instanceof DuckDBStructValue) return entriesCell(Object.entries(value.entries));
  if (value instanceof DuckDBMapValue)
    return value.entries.map(({ key, value: held }) => [jsonCell(key), jsonCell(held)]);
  if (value instanceof DuckDBUnionValue) return { [value.tag]: jsonCell(value.value) };
  if (value instanceof DuckDBBlobValue) return Buffer.from(value.bytes).toString("base64");
  return String(value);
}

function entriesCell(entries: readonly [string, DuckDBValue][]): Record<string, SqlCell> {
  return Object.fromEntries(entries.map(([name, held]) => [name, jsonCell(held)]));
}

/** A decimal of at most 15 digits is the same number as a double; longer ones stay text. */
function decimalCell(value: DuckDBDecimalValue): number | string {
  const size = value.value < 0n ? -value.value : value.value;
  return size < 10n ** 15n ? Number(value.toString()) : value.toString();
}

function isoTime(value: DuckDBTimestampTZValue): string {
  if (!value.isFinite) return value.micros > 0n ? "infinity" : "-infinity";
  const micros = ((value.micros % 1000n) + 1000n) % 1000n;
  const milliseconds = Number((value.micros - micros) / 1000n);
  if (Math.abs(milliseconds) > 8.64e15) return value.toString();
  const iso = new Date(milliseconds).toISOString();
  return micros === 0n ? iso : iso.replace("Z", `${String(micros).padStart(3, "0")}Z`);
}
