import { quoteLiteral } from "../quoting.ts";
import type { ColumnSql } from "./columns-sql.ts";
import type { Reading } from "./mapping.ts";

/**
 * The rows of a reading that every column accepts, as a relation with `line` and one text per column (`t0`, `t1`, …).
 * The others are handed to `souk_refuse` on the way, so one scan serves both.
 *
 * ```
 * reading ─► columns counted, texts cleaned ─► accepted? ─ yes ─► out
 *                                                 └ no ─► souk_refuse(sink, line, raw, values, reasons)
 * ```
 */
export function acceptedRows(
  reading: Reading,
  columns: readonly ColumnSql[],
  {
    sink,
    positions,
    isJson,
  }: { sink: number; positions: readonly (number | undefined)[]; isJson: boolean },
): string {
  const expected = reading.names.length;
  const texts = columns.map(({ text, cleaned }) => `${cleaned} AS ${text}`);
  const typed = columns
    .filter(({ typed, text }) => typed !== text)
    .map(({ typed, cast }) => `${cast} AS ${typed}`);
  const checked = columns.filter(({ accepted }) => accepted !== undefined);
  const accepted = ["well", ...checked.map((column) => column.accepted)].join(" AND ");
  const broken = isJson
    ? quoteLiteral("record: expected one JSON object")
    : `'record: expected ${expected} columns, got ' || count`;
  const reasons = checked.map(
    (column) => `CASE WHEN NOT (${column.accepted}) THEN ${column.reason} END`,
  );
  const found = `list_filter([${reasons.join(", ")}]::VARCHAR[], r -> r IS NOT NULL)`;
  const values = positions.map((at) => (at === undefined ? "NULL" : `v[${at + 1}]`));
  const refuse = `souk_refuse(${sink}, line, raw, CAST(to_json([${values.join(", ")}]::VARCHAR[]) AS VARCHAR), CAST(to_json(CASE WHEN well THEN ${found} ELSE [${broken}] END) AS VARCHAR))`;
  const well = isJson ? "coalesce(json_type(raw) = 'OBJECT', false)" : `count = ${expected}`;
  const split = `SELECT line, raw, v, count, ${well} AS well, ${texts.join(", ")} FROM ${reading.relation}`;
  const cast = `SELECT ${["*", ...typed].join(", ")} FROM (${split})`;
  // The verdict is a column of its own: a volatile expression in a projection is computed once, in a filter the optimiser
  // would copy the casts below it and compute them twice (bench/ingest: 4.7 of 9 µs per row).
  const kept = [
    "line",
    ...columns.map(({ text }) => text),
    ...columns.filter(({ typed, text }) => typed !== text).map(({ typed }) => typed),
  ];
  const judged = `SELECT ${kept.join(", ")}, CASE WHEN ${accepted} THEN true ELSE ${refuse} END AS kept FROM (${cast})`;
  return `(SELECT * FROM (${judged}) WHERE kept)`;
}
