import { sha256, SoukError } from "@souk/core";
import type { Sql, SqlValue } from "@souk/store";
import { type Comparison, filterError, parseFilter } from "./filter.ts";
import { checkCount, checkPage, invalid, limits } from "./limits.ts";
import { placeholders } from "./pairs.ts";
import { readRuns, type Run, type RunStatus } from "./run.ts";
import { condition, type Target } from "./sql-condition.ts";

/** What runs to find, in what order. */
export interface RunSearch {
  /** Name of an experiment. */
  readonly experiment?: string;
  readonly experimentIds?: readonly string[];
  readonly status?: string;
  /** `metrics.acc > 0.7 and params.lr = '0.1' and tags.x = 'y' and attributes.status = 'finished'`. */
  readonly filter?: string;
  /** `metrics.acc DESC`, `attributes.start_time`, … by commas or as a list; default newest first. */
  readonly orderBy?: string | readonly string[];
  /** Page size, 1 to 1000, default 100. */
  readonly limit?: number;
  /** `nextCursor` of the page before, of the same search. */
  readonly cursor?: string;
  /** Removed runs instead of the others, or both. Default `"active"`. */
  readonly view?: "active" | "removed" | "all";
}

/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Hand back as `cursor` for the next page; absent on the last. */
  readonly nextCursor?: string;
}

interface OrderTerm {
  readonly sql: string;
  readonly params: readonly SqlValue[];
  readonly descending: boolean;
}

const STATUSES: Readonly<Record<string, readonly RunStatus[]>> = {
  running: ["running"],
  finished: ["finished"],
  failed: ["failed"],
  interrupted: ["interrupted"],
  cancelled: ["cancelled"],
  killed: ["cancelled", "interrupted"],
  scheduled: [],
};

/** Attributes by every name MLflow's clients use. */
const ATTRIBUTES: Readonly<Record<string, Target>> = {
  run_id: { sql: "r.id", kind: "text" },
  id: { sql: "r.id", kind: "text" },
  run_name: { sql: "r.name", kind: "text" },
  name: { sql: "r.name", kind: "text" },
  "run name": { sql: "r.name", kind: "text" },
  status: { sql: "r.status", kind: "text" },
  user_id: { sql: "coalesce(r.created_by, '')", kind: "text" },
  task: { sql: "r.task", kind: "text" },
  family: { sql: "r.family", kind: "text" },
  dataset: { sql: "r.data_dataset", kind: "text" },
  artifact_uri: { sql: "('mlflow-artifacts:/' || r.id || '/artifacts')", kind: "text" },
  start_time: { sql: "r.started_at", kind: "number" },
  created: { sql: "r.started_at", kind: "number" },
  end_time: { sql: "r.ended_at", kind: "number" },
};

/**
 * One page of runs, by keyset: a run that appears meanwhile never shifts a page.
 * @throws SoukError `TRACKING_FILTER`, `TRACKING_CURSOR`, `TRACKING_INVALID`.
 */
export async function searchRuns(sql: Sql, search: RunSearch): Promise<Page<Run>> {
  const limit = checkPage(search.limit ?? 100);
  const where = conditions(search);
  const order = orderTerms(search.orderBy ?? []);
  const after = decodeCursor(search, order.length);
  const columns = order.map(({ sql: text }, i) => `${text} AS o${i}`).join(", ");
  const direction = order
    .map(({ descending }, i) => `o${i}${descending ? " DESC" : ""}`)
    .join(", ");
  const keyset = keysetCondition(order, after);
  const rows = await sql.all<Record<string, SqlValue>>(
    `SELECT * FROM (SELECT r.id AS id, ${columns} FROM runs r WHERE ${where.sql}) found
     WHERE ${keyset.sql} ORDER BY ${direction} LIMIT ?`,
    [...order.flatMap(({ params }) => params), ...where.params, ...keyset.params, limit + 1],
  );
  const page = rows.slice(0, limit);
  const items = await readRuns(
    sql,
    page.map(({ id }) => String(id)),
  );
  const last = page.at(-1);
  if (rows.length <= limit || last === undefined) return { items };
  return {
    items,
    nextCursor: encodeCursor(
      search,
      order.map((_, i) => last[`o${i}`] ?? null),
    ),
  };
}

interface Fragment {
  readonly sql: string;
  readonly params: readonly SqlValue[];
}

function conditions(search: RunSearch): Fragment {
  const parts: Fragment[] = [{ sql: VIEWS[search.view ?? "active"], params: [] }];
  if (search.experiment !== undefined) {
    const sql = "r.experiment_id IN (SELECT id FROM experiments WHERE name = ?)";
    parts.push({ sql, params: [search.experiment] });
  }
  if (search.experimentIds !== undefined) {
    checkCount(search.experimentIds.length, limits.page, "experiments");
    const list = placeholders(search.experimentIds);
    parts.push({ sql: `r.experiment_id IN (${list})`, params: search.experimentIds });
  }
  if (search.status !== undefined) parts.push(statusCondition("in", [search.status]));
  for (const comparison of parseFilter(search.filter ?? "")) parts.push(runCondition(comparison));
  return {
    sql: parts.map((part) => `(${part.sql})`).join(" AND "),
    params: parts.flatMap((part) => part.params),
  };
}

const VIEWS = {
  active: "r.removed_at IS NULL",
  removed: "r.removed_at IS NOT NULL",
  all: "1 = 1",
} as const;

function runCondition(comparison: Comparison): Fragment {
  const { key, operator, values } = comparison;
  switch (comparison.entity) {
    case "metric":
    case "metrics":
      return inTable("run_latest_metrics", "m.is_nan = 0 AND ", comparison);
    case "param":
    case "params":
    case "parameter":
    case "parameters":
      return inTable("run_params", "", comparison);
    case "tag":
    case "tags":
      return inTable("run_tags", "", comparison);
    case "":
    case "attr":
    case "attribute":
    case "attributes":
    case "run":
      if (key.toLowerCase() !== "status") return condition(attribute(key), comparison);
      if (operator === "like" || operator === "ilike")
        return condition(attribute("status"), comparison);
      return statusCondition(operator, values);
    default:
      throw filterError("metrics., params., tags. or attributes.", `${comparison.entity}.`);
  }
}

/** A comparison with one key of a table of pairs; a run without the key never matches, except `is null`. */
function inTable(table: string, guard: string, comparison: Comparison): Fragment {
  const exists = `EXISTS (SELECT 1 FROM ${table} m WHERE m.run_id = r.id AND ${guard}m.key = ?`;
  if (comparison.operator === "is not null") return { sql: `${exists})`, params: [comparison.key] };
  if (comparison.operator === "is null") return { sql: `NOT ${exists})`, params: [comparison.key] };
  const kind = table === "run_latest_metrics" ? "number" : "text";
  const inner = condition({ sql: "m.value", kind }, comparison);
  return { sql: `${exists} AND ${inner.sql})`, params: [comparison.key, ...inner.params] };
}

function statusCondition(operator: string, values: readonly (string | number)[]): Fragment {
  if (!["=", "!=", "in", "not in"].includes(operator))
    throw filterError("=, != or in after attributes.status", operator);
  const wanted = values.flatMap((value) => {
    const known = STATUSES[String(value).toLowerCase()];
    if (known === undefined)
      throw filterError(`a status (${Object.keys(STATUSES).join(", ")})`, JSON.stringify(value));
    return known;
  });
  const negated = operator === "!=" || operator === "not in";
  if (wanted.length === 0) return { sql: negated ? "1 = 1" : "1 = 0", params: [] };
  return { sql: `r.status ${negated ? "NOT " : ""}IN (${placeholders(wanted)})`, params: wanted };
}

function attribute(key: string): Target {
  const target = Object.hasOwn(ATTRIBUTES, key.toLowerCase())
    ? ATTRIBUTES[key.toLowerCase()]
    : undefined;
  if (target === undefined)
    throw filterError(`an attribute (${Object.keys(ATTRIBUTES).join(", ")})`, JSON.stringify(key));
  return target;
}

/** Every term is two columns, "is it absent" and the value, so that runs without a value come last either way. */
function orderTerms(orderBy: string | readonly string[]): OrderTerm[] {
  const listed = typeof orderBy === "string" ? orderBy.split(",") : orderBy;
  const wanted = listed.filter((term) => term.trim() !== "");
  checkCount(wanted.length, limits.orderBy, "order terms");
  const terms = wanted.flatMap((term) => {
    const match = /^(.*?)(?:\s+(asc|desc))?$/is.exec(term.trim());
    const descending = match?.[2]?.toLowerCase() === "desc";
    const { sql, kind, params = [] } = orderTarget(match?.[1] ?? "");
    const filler = kind === "number" ? "0" : "''";
    return [
      { sql: `CASE WHEN ${sql} IS NULL THEN 1 ELSE 0 END`, params, descending: false },
      { sql: `coalesce(${sql}, ${filler})`, params, descending },
    ];
  });
  return [
    ...terms,
    { sql: "r.started_at", params: [], descending: true },
    { sql: "r.id", params: [], descending: true },
  ];
}

function orderTarget(term: string): Target {
  // The filter's own reader takes the name apart, so that quoting means the same in both.
  const [{ entity, key } = { entity: "", key: "" }, ...rest] = parseFilter(`${term} is null`);
  if (rest.length > 0) throw invalid("one name in an order term", term);
  const from = (table: string, guard = ""): string =>
    `(SELECT m.value FROM ${table} m WHERE m.run_id = r.id AND ${guard}m.key = ?)`;
  if (/^metrics?$/.test(entity))
    return { sql: from("run_latest_metrics", "m.is_nan = 0 AND "), kind: "number", params: [key] };
  if (/^param(eter)?s?$/.test(entity))
    return { sql: from("run_params"), kind: "text", params: [key] };
  if (/^tags?$/.test(entity)) return { sql: from("run_tags"), kind: "text", params: [key] };
  if (/^(attr(ibutes?)?|run)?$/.test(entity)) return attribute(key);
  throw filterError("metrics., params., tags. or attributes.", `${entity}.`);
}

function keysetCondition(
  order: readonly OrderTerm[],
  after: readonly SqlValue[] | undefined,
): Fragment {
  if (after === undefined) return { sql: "1 = 1", params: [] };
  const cases = order.map(({ descending }, i) => ({
    sql: [
      ...order.slice(0, i).map((_, j) => `o${j} = ?`),
      `o${i} ${descending ? "<" : ">"} ?`,
    ].join(" AND "),
    params: after.slice(0, i + 1),
  }));
  return {
    sql: cases.map(({ sql }) => `(${sql})`).join(" OR "),
    params: cases.flatMap(({ params }) => params),
  };
}

/** A cursor holds the last row's order values and a mark of the search it belongs to. */
function encodeCursor(search: RunSearch, values: readonly SqlValue[]): string {
  return Buffer.from(JSON.stringify([searchMark(search), ...values])).toString("base64url");
}

function decodeCursor(search: RunSearch, length: number): SqlValue[] | undefined {
  if (search.cursor === undefined || search.cursor === "") return undefined;
  const [mark, ...values] = parseCursor(search.cursor);
  const sound = values.every((value) => typeof value === "string" || typeof value === "number");
  if (mark === searchMark(search) && values.length === length && sound) return values;
  throw new SoukError("TRACKING_CURSOR", "expected the cursor of a page of the same search");
}

function parseCursor(cursor: string): unknown[] {
  if (cursor.length > limits.cursor)
    throw new SoukError("TRACKING_CURSOR", "the cursor is too long");
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    return Array.isArray(value) ? value : [];
  } catch (cause) {
    throw new SoukError("TRACKING_CURSOR", "expected a cursor this server gave", { cause });
  }
}

function searchMark({
  experiment,
  experimentIds,
  status,
  filter,
  orderBy,
  view,
}: RunSearch): string {
  return sha256(JSON.stringify([experiment, experimentIds, status, filter, orderBy, view])).slice(
    0,
    12,
  );
}
