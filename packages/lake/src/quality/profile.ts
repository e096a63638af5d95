import { SoukError } from "@souk/core";
import { quoteLiteral, quoteName } from "../quoting.ts";
import type { SqlCell, SqlRunner } from "../sql/types.ts";
import { estimateDistinct, registersSql } from "./hyperloglog.ts";

/** What one column holds. Measures that a kind does not have are absent. */
export interface ColumnProfile {
  readonly name: string;
  readonly type: string;
  /** `category`: few short texts or whole numbers; `text`: with spaces; `id`: other texts. */
  readonly kind: "number" | "category" | "text" | "id" | "time" | "boolean" | "empty";
  readonly missing: number;
  /** Share of rows with a value, [0, 1]. */
  readonly completeness: number;
  readonly distinct: number;
  /** False when `distinct` is a HyperLogLog estimate (0.8 %). */
  readonly distinctExact: boolean;
  readonly min: number | string | null;
  readonly max: number | string | null;
  readonly mean?: number;
  /** Of a sample: divided by n - 1. */
  readonly deviation?: number;
  /** Values at 5, 25, 50, 75 and 95 %. */
  readonly quantiles?: Readonly<Record<"0.05" | "0.25" | "0.5" | "0.75" | "0.95", number>>;
  /** Characters of texts. */
  readonly length?: { readonly min: number; readonly mean: number; readonly max: number };
  /** The most frequent values, at most ten, unless the column is an id or long text. */
  readonly top: readonly { readonly value: string; readonly count: number }[];
  /** A form that at least 98 % of the first 10,000 texts have. */
  readonly pattern?: PatternName;
}

/** What a dataset holds. */
export interface DatasetProfile {
  readonly dataset: string;
  readonly version: number;
  readonly rows: number;
  readonly columns: readonly ColumnProfile[];
}

/** Names of the forms that texts are tried against. */
export type PatternName = "integer" | "decimal" | "date" | "timestamp" | "email" | "url" | "uuid";

/** RE2 patterns of whole texts. */
export const patterns: Readonly<Record<PatternName, string>> = {
  integer: "[+-]?[0-9]+",
  decimal: "[+-]?[0-9]*[.][0-9]+",
  date: "[0-9]{4}-[0-9]{2}-[0-9]{2}",
  timestamp: "[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}.*",
  email: "[^@ ]+@[^@ ]+[.][^@ ]+",
  url: "https?://[^ ]+",
  uuid: "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
};

/** The reading side of profiles, checks and drift may take its time; it is trusted and small in its answers. */
export const qualityLimits = { timeMs: 600_000, rows: 100_000 } as const;

const QUANTILES = ["0.05", "0.25", "0.5", "0.75", "0.95"] as const;

/**
 * Describes every column of a dataset.
 *
 * @param options `version`; `exactUpTo`: rows up to which distinct values and quantiles are exact, default 1,000,000;
 * above, distinct is our HyperLogLog and quantiles are DuckDB's t-digest.
 * @throws SoukError `SQL_UNKNOWN_DATASET`.
 */
export async function profile(
  runner: SqlRunner,
  dataset: string,
  {
    version,
    exactUpTo = 1_000_000,
    signal,
  }: { version?: number; exactUpTo?: number; signal?: AbortSignal } = {},
): Promise<DatasetProfile> {
  const versions = version === undefined ? {} : { [dataset]: version };
  const ask = (sql: string) => runner.run(sql, { limits: qualityLimits, versions, signal });
  const relation = quoteName(dataset);
  const described = await ask(`describe ${relation}`);
  const total = await ask(`select count(*) from ${relation}`);
  const rows = asNumber(total.rows[0]?.[0]);
  const columns: ColumnProfile[] = [];
  for (const [name, type] of described.rows) {
    const column = { name: String(scalar(name)), type: String(scalar(type)), relation, rows };
    columns.push(await profileColumn(ask, column, rows <= exactUpTo));
  }
  return { dataset, version: total.versions[dataset] ?? 0, rows, columns };
}

type Ask = (sql: string) => ReturnType<SqlRunner["run"]>;
interface Column {
  readonly name: string;
  readonly type: string;
  readonly relation: string;
  readonly rows: number;
}

async function profileColumn(ask: Ask, column: Column, exact: boolean): Promise<ColumnProfile> {
  const facts = await basicFacts(ask, column, exact);
  const { filled } = facts;
  const distinct = exact ? facts.distinct : await sketchDistinct(ask, column);
  const { spaced } = facts;
  const kind = kindOf(column, { filled, distinct, spaced, meanLength: facts.length?.mean ?? 0 });
  const top =
    kind === "id" || kind === "text" || kind === "empty" ? [] : await topValues(ask, column);
  const pattern =
    column.type === "VARCHAR" && filled > 0 ? await patternOf(ask, column) : undefined;
  return {
    name: column.name,
    type: column.type,
    kind,
    missing: column.rows - filled,
    completeness: column.rows === 0 ? 1 : filled / column.rows,
    distinct,
    distinctExact: exact,
    min: facts.min,
    max: facts.max,
    ...facts.moments,
    ...(facts.length === undefined ? {} : { length: facts.length }),
    top,
    ...(pattern === undefined ? {} : { pattern }),
  };
}

async function basicFacts(ask: Ask, { name, type, relation }: Column, exact: boolean) {
  const c = quoteName(name);
  const numeric = isNumeric(type);
  const quantiles = exact ? "quantile_cont" : "approx_quantile";
  const answer = await ask(`select count(${c}) as filled,
    ${exact ? `count(distinct ${c})` : "0"} as distinct_values,
    ${type === "VARCHAR" ? `substr(min(${c}), 1, 200), substr(max(${c}), 1, 200)` : `min(${c}), max(${c})`},
    ${numeric ? `avg(${c}), stddev_samp(${c}), ${quantiles}(${c}::double, [${QUANTILES.join(", ")}])` : "null, null, null"},
    ${type === "VARCHAR" ? `min(length(${c})), avg(length(${c})), max(length(${c})), avg((${c} like '% %')::integer)` : "null, null, null, null"}
    from ${relation}`);
  const row = answer.rows[0] ?? [];
  const filled = asNumber(row[0]);
  return {
    filled,
    distinct: asNumber(row[1]),
    min: scalar(row[2]),
    max: scalar(row[3]),
    moments: numeric && filled > 0 ? momentsOf(row) : {},
    spaced: asNumber(row[10]),
    length:
      type === "VARCHAR" && filled > 0
        ? { min: asNumber(row[7]), mean: asNumber(row[8]), max: asNumber(row[9]) }
        : undefined,
  };
}

function momentsOf(row: readonly SqlCell[]) {
  const values = Array.isArray(row[6]) ? row[6].map(asNumber) : [];
  const at = (i: number): number => values[i] ?? 0;
  return {
    mean: asNumber(row[4]),
    deviation: asNumber(row[5]),
    quantiles: { "0.05": at(0), "0.25": at(1), "0.5": at(2), "0.75": at(3), "0.95": at(4) },
  };
}

async function sketchDistinct(ask: Ask, { name, relation }: Column): Promise<number> {
  const { rows } = await ask(registersSql(quoteName(name), relation));
  return estimateDistinct(rows.map((row) => asNumber(row[1])));
}

async function topValues(ask: Ask, { name, relation }: Column) {
  const c = quoteName(name);
  const { rows } = await ask(`select ${c}, count(*) as n from ${relation}
    where ${c} is not null group by ${c} order by n desc, ${c} limit 10`);
  return rows.map((row) => ({ value: String(scalar(row[0])), count: asNumber(row[1]) }));
}

async function patternOf(ask: Ask, { name, relation }: Column): Promise<PatternName | undefined> {
  const c = quoteName(name);
  const names = Object.keys(patterns).filter((one): one is PatternName => one in patterns);
  const shares = names.map(
    (one) => `avg(regexp_full_match(${c}, ${quoteLiteral(patterns[one])})::integer)`,
  );
  const { rows } = await ask(`select ${shares.join(", ")}
    from (select ${c} from ${relation} where ${c} is not null limit 10000) as sampled`);
  return names.find((_name, i) => asNumber(rows[0]?.[i]) >= 0.98);
}

/**
 * Short texts with at most 50 values, or that repeat twenty times on average, name a category. Of the others those with
 * spaces are text, those without are ids.
 */
function kindOf(
  { type }: Column,
  {
    filled,
    distinct,
    spaced,
    meanLength,
  }: { filled: number; distinct: number; spaced: number; meanLength: number },
): ColumnProfile["kind"] {
  if (filled === 0) return "empty";
  if (type === "BOOLEAN") return "boolean";
  if (type === "DATE" || type.startsWith("TIMESTAMP")) return "time";
  if (isNumeric(type)) return distinct <= 20 && type.includes("INT") ? "category" : "number";
  const repeats = distinct * 20 <= filled || (distinct <= 50 && distinct < filled);
  if (meanLength <= 60 && repeats) return "category";
  return spaced >= 0.5 || meanLength > 100 ? "text" : "id";
}

function isNumeric(type: string): boolean {
  return /^(?:U?(?:TINY|SMALL|BIG|HUGE)?INT(?:EGER)?|DOUBLE|FLOAT|DECIMAL.*)$/.test(type);
}

function scalar(cell: SqlCell | undefined): number | string | null {
  if (cell === null || cell === undefined) return null;
  return typeof cell === "number"
    ? cell
    : typeof cell === "object"
      ? JSON.stringify(cell)
      : String(cell);
}

/** The number of a cell; NULL is 0. @throws SoukError `QUALITY_VALUE` when it is no number. */
export function asNumber(cell: unknown): number {
  if (cell === null || cell === undefined) return 0;
  const value = typeof cell === "number" || typeof cell === "string" ? Number(cell) : Number.NaN;
  if (Number.isNaN(value))
    throw new SoukError("QUALITY_VALUE", `expected a number, got ${typeof cell}`);
  return value;
}
