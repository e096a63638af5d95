import { SoukError } from "@souk/core";
import { quoteLiteral, quoteName } from "../quoting.ts";
import type { DatasetShape } from "../shape.ts";
import { ESCAPES, FIELD_MARK } from "./records.ts";
import type { IngestFormat } from "./source.ts";

/** How to read rows of one spooled segment or Parquet file as line, raw text and the texts of the source's columns. */
export interface Reading {
  /** A relation with `line`, `raw`, `v` (texts by position of `names`) and `count` (how many the row has). */
  readonly relation: string;
  /** Names of the source's columns. */
  readonly names: readonly string[];
  /** Fields stand between semicolons, as where the comma is in the numbers. */
  readonly hasSemicolons?: boolean;
}

/** Reads a spooled segment. `names` are the columns of the header, or the members wanted of JSON objects, which have no `split`. */
export function segmentReading(
  path: string,
  {
    format,
    names,
    split: between = "",
    escaped,
  }: { format: IngestFormat; names: readonly string[]; split?: string; escaped: boolean },
): Reading {
  // The spool has one record per line and no quotes, so DuckDB may read it with several threads.
  const lines = `read_csv(${quoteLiteral(path)}, delim = chr(31), quote = '', escape = '', header = false, auto_detect = false, nullstr = chr(1), max_line_size = 16777216, buffer_size = 33554432, columns = {'line': 'BIGINT', 'raw': 'VARCHAR'})`;
  const [cr, lf, unit] = Object.values(ESCAPES);
  const unescape = (text: string) =>
    escaped ? `translate(${text}, '${cr}${lf}${unit}', chr(13) || chr(10) || chr(31))` : text;
  if (format === "jsonl") {
    const paths = names
      .map((name) => quoteLiteral(`$."${name.replaceAll('"', '\\"')}"`))
      .join(", ");
    const v = `CASE WHEN json_valid(raw) THEN json_extract_string(raw, [${paths}]) END`;
    return {
      names,
      relation: `(SELECT line, raw, v, len(v) AS count FROM (SELECT line, raw, ${v} AS v FROM (SELECT line, ${unescape("raw")} AS raw FROM ${lines})))`,
    };
  }
  const split = (text: string) => `string_split(${text}, ${quoteLiteral(between)})`;
  const plain = escaped
    ? `CASE WHEN starts_with(raw, '${FIELD_MARK}') THEN string_split(substr(raw, 2), '${FIELD_MARK}') ELSE ${split("raw")} END`
    : split("raw");
  const v = escaped ? `list_transform(${plain}, x -> ${unescape("x")})` : plain;
  return {
    names,
    hasSemicolons: between === ";",
    relation: `(SELECT line, raw, v, len(v) AS count FROM (SELECT line, raw, ${v} AS v FROM ${lines}))`,
  };
}

/** Reads a Parquet file; its row number stands for the line. */
export function parquetReading(
  path: string,
  columns: readonly { name: string; type: string }[],
): Reading {
  const texts = columns.map(({ name, type }) => parquetText(name, type));
  return {
    names: columns.map(({ name }) => name),
    relation: `(SELECT file_row_number + 1 AS line, '' AS raw, [${texts.join(", ")}] AS v, ${columns.length} AS count FROM read_parquet(${quoteLiteral(path)}, file_row_number = true, hive_partitioning = false))`,
  };
}

/**
 * Position in the source of each column of the shape, `undefined` when the source has none.
 * Names are matched as written, then without case. Source columns that no column asks for are ignored.
 * @throws SoukError `LAKE_MAPPING` when a required column is missing, or the mapping names what is not there.
 */
export function mapColumns(
  shape: DatasetShape,
  names: readonly string[],
  mapping: Readonly<Record<string, string>> = {},
): (number | undefined)[] {
  for (const [column, source] of Object.entries(mapping)) {
    if (!shape.columns.some(({ name }) => name === column))
      throw new SoukError(
        "LAKE_MAPPING",
        `expected the mapping to name columns of ${shape.name}, got "${column}"`,
      );
    if (!names.includes(source))
      throw new SoukError(
        "LAKE_MAPPING",
        `${column}: expected a source column "${source}", the source has ${names.join(", ")}`,
      );
  }
  const folded = names.map((name) => name.trim().toLowerCase());
  return shape.columns.map((column) => {
    const wanted = mapping[column.name] ?? column.name;
    const exact = names.indexOf(wanted);
    const at = exact >= 0 ? exact : folded.indexOf(wanted.toLowerCase());
    if (at >= 0) return at;
    const required = column.nullable === false || (shape.key ?? []).includes(column.name);
    if (required && column.default === undefined)
      throw new SoukError(
        "LAKE_MAPPING",
        `expected a source column for ${column.name}, the source has ${names.slice(0, 50).join(", ")}: map it with "${column.name}=<source column>"`,
      );
    return undefined;
  });
}

function parquetText(name: string, type: string): string {
  const column = quoteName(name);
  if (type.startsWith("TIMESTAMP"))
    return `CASE WHEN CAST(${column} AS TIME) = TIME '00:00:00' THEN CAST(CAST(${column} AS DATE) AS VARCHAR) ELSE CAST(${column} AS VARCHAR) END`;
  return `CAST(${column} AS VARCHAR)`;
}
