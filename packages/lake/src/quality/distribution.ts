import { quoteLiteral, quoteName } from "../quoting.ts";
import type { SqlResult, SqlRunner } from "../sql/types.ts";
import type { WeightedSample } from "./distances.ts";
import { asNumber, qualityLimits } from "./profile.ts";

/** Up to so many distinct values a numeric column is compared exactly, above by its quantiles. */
const EXACT_VALUES = 5000;
const QUANTILES = 1000;
/** Categories beyond the largest of both sides fall into one cell. */
const CATEGORIES = { most: 200, atLeast: 1 };
/** A word counts by itself from five occurrences: numbers and names seen once say nothing. */
const TOKENS = { most: 1000, atLeast: 5 };
/** Texts that are split into words; deterministic, by the hash of the text. */
const TEXTS = 20_000;

/** One side: a version, a period `[from, to)` of a date column, or both. */
export interface DriftSide {
  readonly version?: number;
  readonly period?: { readonly column: string; readonly from: string; readonly to: string };
}

/** One side of a comparison, ready to be asked. */
export interface Side {
  readonly runner: SqlRunner;
  readonly dataset: string;
  readonly version: number | undefined;
  /** SQL condition of the period, "true" for all rows. */
  readonly where: string;
  readonly signal: AbortSignal | undefined;
}

/** A side of `base`'s dataset as rows that can be asked for. */
export function sideOf(
  base: Pick<Side, "runner" | "dataset" | "signal">,
  { version, period }: DriftSide,
): Side {
  if (period === undefined) return { ...base, version, where: "true" };
  const column = quoteName(period.column);
  const where = `${column} >= ${quoteLiteral(period.from)} and ${column} < ${quoteLiteral(period.to)}`;
  return { ...base, version, where };
}

/** Rows of one side, and how many of them have a value. */
export async function countRows(
  side: Side,
  column: string,
): Promise<{ rows: number; filled: number }> {
  const { rows } = await askSide(
    side,
    `select count(*), count(${quoteName(column)}) from ${relation(side)}`,
  );
  return { rows: asNumber(rows[0]?.[0]), filled: asNumber(rows[0]?.[1]) };
}

/** A numeric column as values and weights; more than 5,000 distinct values become 1,000 quantiles of equal weight. */
export async function numberSample(side: Side, column: string): Promise<WeightedSample> {
  const c = quoteName(column);
  const from = `${relation(side)} and ${c} is not null and not isnan(${c}::double)`;
  const exact = await askSide(
    side,
    `select ${c}::double, count(*) from ${from} group by 1 order by 1 limit ${EXACT_VALUES + 1}`,
  );
  if (exact.rowCount <= EXACT_VALUES) {
    return {
      values: exact.rows.map((row) => asNumber(row[0])),
      weights: exact.rows.map((row) => asNumber(row[1])),
    };
  }
  const steps = Array.from({ length: QUANTILES }, (_, i) => (i + 0.5) / QUANTILES);
  const grid = await askSide(
    side,
    `select quantile_disc(${c}::double, [${steps.join(", ")}]) from ${from}`,
  );
  const [first] = grid.rows[0] ?? [];
  const values = Array.isArray(first) ? first.map(asNumber) : [];
  return { values, weights: values.map(() => 1) };
}

/** Counts of the categories of both sides, in one order; rare ones together at the end. */
export async function categoryCounts(
  sides: readonly [Side, Side],
  column: string,
): Promise<{ names: string[]; counts: [number[], number[]] }> {
  const c = quoteName(column);
  return paired(sides, CATEGORIES, (side) => {
    return `select ${c}::varchar, count(*) as n from ${relation(side)} and ${c} is not null group by 1 order by n desc, 1`;
  });
}

/** Counts of the words of both sides: lower case, letters and digits, of about 20,000 texts of each side. */
export async function tokenCounts(
  sides: readonly [Side, Side],
  column: string,
  filled: readonly [number, number],
): Promise<{ names: string[]; counts: [number[], number[]] }> {
  const c = quoteName(column);
  const every = sides.map((_side, i) => Math.max(1, Math.ceil((filled[i] ?? 0) / TEXTS)));
  return paired(sides, TOKENS, (side, i) => {
    const chosen = `${relation(side)} and ${c} is not null and hash(${c}) % ${every[i] ?? 1} = 0`;
    return `select word, count(*) as n from (
      select unnest(regexp_extract_all(lower(${c}), '[\\p{L}\\p{N}]+')) as word from ${chosen}) as words
      group by word order by n desc, word`;
  });
}

async function paired(
  sides: readonly [Side, Side],
  { most, atLeast }: { most: number; atLeast: number },
  sql: (side: Side, index: number) => string,
): Promise<{ names: string[]; counts: [number[], number[]] }> {
  const found: Map<string, number>[] = [];
  for (const [i, side] of sides.entries()) {
    const { rows } = await askSide(side, sql(side, i));
    found.push(new Map(rows.map((row) => [JSON.stringify(row[0]), asNumber(row[1])])));
  }
  const [a = new Map<string, number>(), b = new Map<string, number>()] = found;
  const size = (name: string): number => (a.get(name) ?? 0) + (b.get(name) ?? 0);
  const all = [...new Set([...a.keys(), ...b.keys()])].toSorted(
    (left, right) => size(right) - size(left) || (left < right ? -1 : 1),
  );
  const common = all.filter((name) => size(name) >= atLeast).length;
  const names = all.slice(0, Math.min(most, common));
  const rest = all.slice(names.length);
  const countsOf = (side: Map<string, number>): number[] => {
    const counts = names.map((name) => side.get(name) ?? 0);
    if (rest.length > 0) counts.push(rest.reduce((sum, name) => sum + (side.get(name) ?? 0), 0));
    return counts;
  };
  const shown = names.map((name) => JSON.parse(name) as unknown).map(String);
  return {
    names: rest.length > 0 ? [...shown, "others"] : shown,
    counts: [countsOf(a), countsOf(b)],
  };
}

/** What stands after FROM; further conditions follow after "and". */
export function relation({ dataset, where }: Side): string {
  return `${quoteName(dataset)} where (${where})`;
}

/** Asks the version of a side. */
export function askSide(
  { runner, dataset, version, signal }: Side,
  sql: string,
): Promise<SqlResult> {
  const versions = version === undefined ? {} : { [dataset]: version };
  return runner.run(sql, { limits: qualityLimits, versions, signal });
}
