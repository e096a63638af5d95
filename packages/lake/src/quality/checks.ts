import { type Clock, SoukError, systemClock } from "@souk/core";
import { quoteLiteral, quoteName } from "../quoting.ts";
import type { SqlResult, SqlRunner } from "../sql/types.ts";
import { asNumber, type DatasetProfile, patterns, qualityLimits } from "./profile.ts";

/** `error` closes a gate, `warning` is told. */
export type Severity = "error" | "warning";

/** What must hold for a dataset; plain data. `share` is the least share of rows (with a value) that must obey, default 1. */
export type Check = { readonly severity?: Severity } & (
  | { readonly kind: "rowCount"; readonly min?: number; readonly max?: number }
  | { readonly kind: "type"; readonly column: string; readonly type: string }
  | {
      readonly kind: "range";
      readonly column: string;
      readonly min?: number | string;
      readonly max?: number | string;
      readonly share?: number;
    }
  | {
      readonly kind: "inSet";
      readonly column: string;
      readonly values: readonly (string | number)[];
      readonly share?: number;
    }
  | { readonly kind: "unique"; readonly columns: readonly string[] }
  | { readonly kind: "complete"; readonly column: string; readonly share?: number }
  | {
      readonly kind: "regex";
      readonly column: string;
      /** RE2, of the whole text. */
      readonly regex: string;
      readonly share?: number;
    }
  | {
      readonly kind: "foreignKey";
      readonly column: string;
      readonly dataset: string;
      readonly otherColumn: string;
      readonly share?: number;
    }
  | { readonly kind: "monotone"; readonly column: string; readonly orderBy: string }
  | { readonly kind: "freshness"; readonly column: string; readonly maxAgeMs: number }
);

/** What came of a check. */
export interface CheckResult {
  readonly check: Check;
  readonly severity: Severity;
  readonly passed: boolean;
  readonly observed: string;
  readonly expected: string;
  /** One sentence for people. */
  readonly message: string;
}

interface Outcome {
  readonly passed: boolean;
  readonly observed: string;
  readonly expected: string;
}

/**
 * Looks whether `checks` hold. A check that cannot be made (a column that is not there, a pattern RE2 does not accept)
 * has failed, and says why.
 *
 * @param options `clock` for freshness, `version` to look at an older version.
 * @throws SoukError `SQL_UNKNOWN_DATASET` when the dataset is not there, `SQL_CANCELLED`.
 */
export async function runChecks(
  runner: SqlRunner,
  dataset: string,
  checks: readonly Check[],
  {
    clock = systemClock,
    version,
    signal,
  }: { clock?: Clock; version?: number; signal?: AbortSignal } = {},
): Promise<CheckResult[]> {
  const versions = version === undefined ? {} : { [dataset]: version };
  const ask = (sql: string) => runner.run(sql, { limits: qualityLimits, versions, signal });
  await ask(`describe ${quoteName(dataset)}`);
  const results: CheckResult[] = [];
  for (const check of checks) {
    const outcome = await outcomeOf({ ask, relation: quoteName(dataset), now: clock.now() }, check);
    const severity = check.severity ?? "error";
    results.push({ check, severity, ...outcome, message: sentence(check, outcome) });
  }
  return results;
}

/** Whether a gate may open: no check of severity `error` failed. */
export function checksPassed(results: readonly CheckResult[]): boolean {
  return results.every((result) => result.passed || result.severity !== "error");
}

interface Context {
  readonly ask: (sql: string) => Promise<SqlResult>;
  readonly relation: string;
  readonly now: number;
}

async function outcomeOf(context: Context, check: Check): Promise<Outcome> {
  try {
    return await look(context, check);
  } catch (thrown) {
    if (!(thrown instanceof SoukError) || !/^SQL_(?:FAILED|UNKNOWN_DATASET)$/.test(thrown.code))
      throw thrown;
    const [reason = ""] = thrown.message.split("\n");
    return {
      passed: false,
      observed: `not checked: ${reason}`,
      expected: "a check that can be made",
    };
  }
}

function look(context: Context, check: Check): Promise<Outcome> {
  switch (check.kind) {
    case "rowCount":
      return rowCount(context, check);
    case "type":
      return columnType(context, check);
    case "unique":
      return unique(context, check);
    case "complete":
      return complete(context, check);
    case "foreignKey":
      return foreignKey(context, check);
    case "monotone":
      return monotone(context, check);
    case "freshness":
      return freshness(context, check);
    default:
      return obeying(context, check, conditionOf(check));
  }
}

type Of<K extends Check["kind"]> = Check & { kind: K };

/** SQL that a value of the column `c` must satisfy, and the same in words. */
function conditionOf(check: Of<"range"> | Of<"inSet"> | Of<"regex">): {
  sql: string;
  words: string;
} {
  if (check.kind === "range") return rangeCondition(check);
  if (check.kind === "regex")
    return {
      sql: `regexp_full_match(c::varchar, ${quoteLiteral(check.regex)})`,
      words: `texts like ${check.regex}`,
    };
  const list = check.values.map((value) => literal(value));
  return {
    sql: list.length === 0 ? "false" : `c in (${list.join(", ")})`,
    words: `one of ${check.values.join(", ")}`,
  };
}

function rangeCondition({ min, max }: Of<"range">): { sql: string; words: string } {
  const parts: string[] = [];
  const words: string[] = [];
  if (min !== undefined) {
    parts.push(`c >= ${literal(min)}`);
    words.push(`at least ${min}`);
  }
  if (max !== undefined) {
    parts.push(`c <= ${literal(max)}`);
    words.push(`at most ${max}`);
  }
  return { sql: parts.join(" and ") || "true", words: words.join(" and ") || "any value" };
}

async function obeying(
  { ask, relation }: Context,
  { column, share = 1 }: { column: string; share?: number },
  { sql, words }: { sql: string; words: string },
): Promise<Outcome> {
  const answer = await ask(`select count(*), count(*) filter (where ${sql})
    from (select ${quoteName(column)} as c from ${relation}) as t where c is not null`);
  return shareOutcome(answer, { share, words, of: "values" });
}

function shareOutcome(
  answer: SqlResult,
  { share, words, of }: { share: number; words: string; of: string },
): Outcome {
  const all = asNumber(answer.rows[0]?.[0]);
  const good = asNumber(answer.rows[0]?.[1]);
  const got = all === 0 ? 1 : good / all;
  return {
    passed: got >= share,
    observed: all === good ? `all ${all} ${of}` : `${all - good} of ${all} ${of} are not`,
    expected: share === 1 ? words : `${words}, for ${percent(share)} of the ${of}`,
  };
}

async function rowCount({ ask, relation }: Context, check: Of<"rowCount">): Promise<Outcome> {
  const rows = asNumber((await ask(`select count(*) from ${relation}`)).rows[0]?.[0]);
  const low = check.min ?? 0;
  const high = check.max ?? Number.POSITIVE_INFINITY;
  return {
    passed: rows >= low && rows <= high,
    observed: `${rows} rows`,
    expected: check.max === undefined ? `at least ${low} rows` : `${low} to ${high} rows`,
  };
}

async function columnType({ ask, relation }: Context, check: Of<"type">): Promise<Outcome> {
  const { rows } = await ask(`describe ${relation}`);
  const found = rows.find((row) => row[0] === check.column)?.[1];
  const type = typeof found === "string" ? found : "no such column";
  const wanted = check.type === "TIMESTAMPTZ" ? "TIMESTAMP WITH TIME ZONE" : check.type;
  return { passed: type === wanted, observed: type, expected: wanted };
}

async function unique({ ask, relation }: Context, check: Of<"unique">): Promise<Outcome> {
  const columns = check.columns.map(quoteName).join(", ");
  const answer = await ask(`select count(*), coalesce(sum(n), 0)
    from (select count(*) as n from ${relation} group by ${columns} having count(*) > 1) as repeated`);
  const keys = asNumber(answer.rows[0]?.[0]);
  return {
    passed: keys === 0,
    observed:
      keys === 0
        ? "no repeated key"
        : `${keys} repeated keys in ${asNumber(answer.rows[0]?.[1])} rows`,
    expected: "one row for each key",
  };
}

async function complete({ ask, relation }: Context, check: Of<"complete">): Promise<Outcome> {
  const column = quoteName(check.column);
  const answer = await ask(`select count(*), count(${column}) from ${relation}`);
  return shareOutcome(answer, { share: check.share ?? 1, words: "a value", of: "rows" });
}

async function foreignKey({ ask, relation }: Context, check: Of<"foreignKey">): Promise<Outcome> {
  const answer = await ask(`select count(*), count(*) filter (where known.c is not null)
    from (select ${quoteName(check.column)} as c from ${relation}) as own
    left join (select distinct ${quoteName(check.otherColumn)} as c from ${quoteName(check.dataset)}) as known
    on known.c = own.c where own.c is not null`);
  const words = `a ${check.otherColumn} of ${check.dataset}`;
  return shareOutcome(answer, { share: check.share ?? 1, words, of: "values" });
}

async function monotone({ ask, relation }: Context, check: Of<"monotone">): Promise<Outcome> {
  const column = quoteName(check.column);
  const answer = await ask(`select count(*) from (
    select ${column} as c, lag(${column}) over (order by ${quoteName(check.orderBy)}, ${column}) as before
    from ${relation} where ${column} is not null) as t where c < before`);
  const falls = asNumber(answer.rows[0]?.[0]);
  return {
    passed: falls === 0,
    observed: falls === 0 ? "never falls" : `falls ${falls} times`,
    expected: `never falls in order of ${check.orderBy}`,
  };
}

async function freshness(
  { ask, relation, now }: Context,
  check: Of<"freshness">,
): Promise<Outcome> {
  const answer = await ask(
    `select epoch_ms(max(${quoteName(check.column)})::timestamptz) from ${relation}`,
  );
  const newest = answer.rows[0]?.[0];
  const age =
    newest === null || newest === undefined ? Number.POSITIVE_INFINITY : now - asNumber(newest);
  return {
    passed: age <= check.maxAgeMs,
    observed: age === Number.POSITIVE_INFINITY ? "no date at all" : `newest is ${days(age)} old`,
    expected: `at most ${days(check.maxAgeMs)} old`,
  };
}

function sentence(check: Check, { passed, observed, expected }: Outcome): string {
  const where =
    "columns" in check ? check.columns.join(", ") : "column" in check ? check.column : "rows";
  return `${passed ? "ok" : "failed"}: ${where} (${check.kind}): expected ${expected}; observed ${observed}`;
}

/**
 * Checks that the data of a profile satisfies now and that are likely meant: complete columns, small sets, ranges with
 * room, unique ids, forms of text, at least half the rows. All are warnings: a person makes them errors.
 */
export function suggestChecks({ rows, columns }: DatasetProfile): Check[] {
  const checks: Check[] = [{ kind: "rowCount", min: Math.floor(rows / 2), severity: "warning" }];
  for (const column of columns) {
    const { name, kind } = column;
    const add = (check: Check): number => checks.push({ ...check, severity: "warning" });
    if (kind === "empty") continue;
    add({ kind: "type", column: name, type: column.type });
    if (column.completeness === 1) add({ kind: "complete", column: name });
    else if (column.completeness >= 0.9)
      add({ kind: "complete", column: name, share: floorTo(column.completeness - 0.05) });
    const keyLike = kind === "id" || column.type.includes("INT");
    if (keyLike && rows > 1 && column.distinctExact && column.distinct === rows)
      add({ kind: "unique", columns: [name] });
    if (kind === "category" && column.distinct <= 10 && column.type === "VARCHAR")
      add({ kind: "inSet", column: name, values: column.top.map(({ value }) => value) });
    const range = rangeOf(column);
    if (range !== undefined) add(range);
    if (column.pattern !== undefined)
      add({ kind: "regex", column: name, regex: patterns[column.pattern], share: 0.95 });
  }
  return checks;
}

function rangeOf({
  name,
  min,
  max,
  type,
  kind,
}: DatasetProfile["columns"][number]): Check | undefined {
  if (typeof min !== "number" || typeof max !== "number" || type === "VARCHAR") return undefined;
  if (kind === "category") return { kind: "range", column: name, min, max };
  const room = (max - min) / 2;
  return {
    kind: "range",
    column: name,
    min: min >= 0 ? Math.max(0, min - room) : min - room,
    max: max + room,
  };
}

function literal(value: string | number): string {
  return typeof value === "number" ? String(value) : quoteLiteral(value);
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}

function days(milliseconds: number): string {
  return `${Number((milliseconds / 86_400_000).toFixed(1))} days`;
}

function floorTo(share: number): number {
  return Math.floor(share * 100) / 100;
}
