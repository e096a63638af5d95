import { cleaningSql } from "../clean/sql.ts";
import { decimalCommaSql } from "./decimal-comma.ts";
import { quoteLiteral, quoteName } from "../quoting.ts";
import { BATCH_COLUMN, type ColumnSpec, type DatasetShape, YEAR_COLUMN } from "../shape.ts";
import type { TableColumn } from "../delta/schema.ts";

/** SQL for one column, in layers so that each expression is computed once: text, typed value, verdict. */
export interface ColumnSql {
  readonly spec: ColumnSpec;
  /** Name of the cleaned text: `t0`, `t1`, … */
  readonly text: string;
  /** Name of the typed value: `x0`, `x1`, …; the text itself for a VARCHAR. */
  readonly typed: string;
  /** Cleaned text, over the source. */
  readonly cleaned: string;
  /** Typed value, over `text`; NULL when it cannot be read. */
  readonly cast: string;
  /** Value to store, over `text` and `typed`. */
  readonly value: string;
  /** Never NULL, over `text` and `typed`; `undefined` when every text will do. */
  readonly accepted: string | undefined;
  /** Words for a value that is not accepted, over `text`. */
  readonly reason: string;
}

/**
 * The SQL of every column of a shape.
 * @param sources SQL of the source text of each column, `undefined` when the source has none.
 * @param decimalCommas Columns, by position, whose numbers the source writes with a decimal comma.
 */
export function columnsSql(
  shape: DatasetShape,
  sources: readonly (string | undefined)[],
  decimalCommas: ReadonlySet<number> = new Set(),
): ColumnSql[] {
  return shape.columns.map((spec, index) => {
    const text = `t${index}`;
    const typed = spec.type === "VARCHAR" ? text : `x${index}`;
    const empty = `coalesce(${text}, '') = ''`;
    const stored = spec.type === "VARCHAR" ? `nullif(${text}, '')` : typed;
    return {
      spec,
      text,
      typed,
      cleaned: cleaningSql(sources[index] ?? "NULL::VARCHAR", spec.clean ?? []),
      cast: decimalCommas.has(index) ? decimalCommaSql(text) : typedSql(text, spec),
      value:
        spec.default === undefined
          ? stored
          : `CAST(CASE WHEN ${empty} THEN ${literal(spec.default)} ELSE ${typed} END AS ${spec.type})`,
      accepted: acceptedSql(text, typed, spec, isRequired(shape, spec)),
      reason: `${quoteLiteral(`${spec.name}: expected ${expectation(spec)}${decimalCommas.has(index) ? " with a decimal comma" : ""}, got `)} || CASE WHEN ${empty} THEN 'nothing' ELSE '''' || left(${text}, 80) || '''' END`,
    };
  });
}

/** Whether a row without a value for this column is refused. */
export function isRequired(shape: DatasetShape, spec: ColumnSpec): boolean {
  return (
    spec.default === undefined && (spec.nullable === false || (shape.key ?? []).includes(spec.name))
  );
}

/** The columns a table of this shape stores, hidden ones included. */
export function storedColumns(shape: DatasetShape): TableColumn[] {
  return [
    // A later version may add columns, and files written before lack them, so every stored column is nullable.
    ...shape.columns.map(({ name, type }) => ({ name, type, nullable: true })),
    ...(shape.yearOf === undefined
      ? []
      : [{ name: YEAR_COLUMN, type: "INTEGER" as const, nullable: true }]),
    { name: BATCH_COLUMN, type: "VARCHAR" as const, nullable: true },
  ];
}

/** The select list that turns checked texts into stored rows, in the order of the table. */
export function storedSelect(
  shape: DatasetShape,
  columns: readonly ColumnSql[],
  stored: readonly TableColumn[],
  token: string,
): string {
  const valueOf = new Map(columns.map(({ spec, value }) => [spec.name, value]));
  const year = columns.find(({ spec }) => spec.name === shape.yearOf);
  if (year !== undefined) valueOf.set(YEAR_COLUMN, `CAST(year(${year.value}) AS INTEGER)`);
  valueOf.set(BATCH_COLUMN, quoteLiteral(token));
  return stored
    .map(
      ({ name, type }) => `${valueOf.get(name) ?? `CAST(NULL AS ${type})`} AS ${quoteName(name)}`,
    )
    .join(", ");
}

/** What a column expects, in words. */
function expectation(spec: ColumnSpec): string {
  const { min, max, oneOf, maxLength } = spec;
  if (oneOf !== undefined) return `one of ${oneOf.join(", ")}`;
  const range =
    min !== undefined && max !== undefined
      ? ` from ${min} to ${max}`
      : min !== undefined
        ? ` of at least ${min}`
        : max !== undefined
          ? ` of at most ${max}`
          : "";
  if (spec.type === "VARCHAR")
    return maxLength === undefined ? "a text" : `a text of at most ${maxLength} characters`;
  return `${WORDS[spec.type]}${range}`;
}

const WORDS = {
  INTEGER: "an integer",
  BIGINT: "an integer",
  DOUBLE: "a number",
  BOOLEAN: "true or false",
  DATE: "a date (YYYY-MM-DD)",
  TIMESTAMPTZ: "a time (YYYY-MM-DD HH:MM:SS, UTC unless it says otherwise)",
} as const;

/** A strict cast: DuckDB alone would read 4.7 as 5, 0x1F as 31 and a date followed by anything. NULL when it is not one. */
export function typedSql(text: string, { type }: Pick<ColumnSpec, "type">): string {
  const left = (drop: string) => `translate(${text}, ${quoteLiteral(drop)}, '')`;
  switch (type) {
    case "VARCHAR":
      return text;
    case "INTEGER":
    case "BIGINT":
      // Plain digits are the common case and cost one pass; signs and blanks are looked at only otherwise.
      return `CASE WHEN ${left("0123456789")} = '' THEN TRY_CAST(${text} AS ${type}) WHEN trim(${left("0123456789")}) IN ('', '-', '+') THEN TRY_CAST(${text} AS ${type}) END`;
    case "DOUBLE":
      return `CASE WHEN trim(${left("0123456789.eE+-")}) = '' THEN TRY_CAST(${text} AS DOUBLE) END`;
    case "BOOLEAN":
      return `CASE WHEN lower(trim(${text})) IN ('true', 't', 'yes', 'y', '1') THEN true WHEN lower(trim(${text})) IN ('false', 'f', 'no', 'n', '0') THEN false END`;
    case "DATE":
      return `CASE WHEN trim(${left("0123456789")}) IN ('--', '//') THEN TRY_CAST(${text} AS DATE) END`;
    default:
      return `CASE WHEN ${left("0123456789 .:+TZtz")} IN ('--', '---', '//') AND isfinite(TRY_CAST(${text} AS TIMESTAMPTZ)) THEN TRY_CAST(${text} AS TIMESTAMPTZ) END`;
  }
}

function acceptedSql(
  text: string,
  typed: string,
  spec: ColumnSpec,
  required: boolean,
): string | undefined {
  const checks = conditions(text, typed, spec);
  if (checks.length === 0) return required ? `coalesce(${text} <> '', false)` : undefined;
  const all = `coalesce(${checks.join(" AND ")}, false)`;
  return required ? all : `(${all} OR coalesce(${text}, '') = '')`;
}

function conditions(text: string, typed: string, spec: ColumnSpec): string[] {
  const all: string[] = [];
  const ranged = spec.min !== undefined || spec.max !== undefined;
  if (spec.type !== "VARCHAR" && !ranged) all.push(`${typed} IS NOT NULL`);
  if (spec.min !== undefined) all.push(`${typed} >= ${spec.min}`);
  if (spec.max !== undefined) all.push(`${typed} <= ${spec.max}`);
  if (spec.type === "DOUBLE") all.push(`isfinite(${typed})`);
  if (spec.oneOf !== undefined) all.push(`${text} IN (${spec.oneOf.map(quoteLiteral).join(", ")})`);
  if (spec.maxLength !== undefined) all.push(`length(${text}) <= ${spec.maxLength}`);
  return all;
}

function literal(value: string | number): string {
  return typeof value === "number" ? String(value) : quoteLiteral(value);
}
