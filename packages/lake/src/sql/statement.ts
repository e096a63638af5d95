import { type DuckDBConnection, StatementType } from "@duckdb/node-api";
import { SoukError } from "@souk/core";

/** Longest statement accepted, in UTF-16 units: the parser's own memory is not under DuckDB's limit. */
const LONGEST = 200_000;
/** Deepest nesting of brackets accepted: DuckDB's parser recurses on the C stack. */
const DEEPEST = 500;

/** Table functions that read nothing but their arguments. */
const TABLE_FUNCTIONS = new Set([
  "range",
  "generate_series",
  "unnest",
  "repeat",
  "json_each",
  "json_tree",
  "histogram",
  "histogram_values",
]);

/** Scalar functions that look at settings, the catalogue or the session, or that plan and run text as SQL. */
const FORBIDDEN_FUNCTIONS =
  /^(?:getenv|current_setting|getvariable|nextval|currval|write_log|sleep_ms|setseed|parse_duckdb_log_message|current_query|current_query_id|current_connection_id|json_serialize_plan|json_deserialize_sql|json_execute_serialized_sql|query|query_table|(?:col|obj|shobj)_description|inet_.*|has_.*_privilege|pg_(?!typeof$).*|__internal.*)$/;

/** Names that could reach DuckDB's own views from inside a statement. */
const SYSTEM_NAMES =
  /^(?:duckdb_|pg_|sqlite_|pragma_|information_schema|tables$|columns$|views$|schemata$)/i;

/** A statement that was shown to be one read-only query. */
export interface CheckedStatement {
  /** What may be run. */
  readonly sql: string;
  /** Every table name it mentions, lower case. */
  readonly tables: ReadonlySet<string>;
  /** Names its WITH clauses define, lower case. */
  readonly defined: ReadonlySet<string>;
  /** Whether it lists the datasets (`show tables`). */
  readonly listsDatasets: boolean;
}

/**
 * Shows that `sql` is exactly one query over datasets, by walking the syntax tree that DuckDB's own parser makes of it
 * (`json_serialize_sql`, which exists only for SELECT statements). `explain` of such a query is allowed.
 *
 * @throws SoukError `SQL_SYNTAX`, `SQL_MULTIPLE_STATEMENTS`, `SQL_READ_ONLY`, `SQL_FORBIDDEN`.
 */
export async function checkStatement(
  connection: DuckDBConnection,
  sql: string,
): Promise<CheckedStatement> {
  guardText(sql);
  const { prefix, query } = splitExplain(sql);
  const tree = await parseTree(connection, query);
  const facts = walk(tree);
  return {
    sql: prefix + query,
    tables: new Set(facts.tables),
    defined: new Set(facts.ctes),
    listsDatasets: facts.listsDatasets,
  };
}

/** Asks DuckDB again, on the statement that will run: one statement, of type SELECT or EXPLAIN. */
export async function prepareChecked(connection: DuckDBConnection, statement: CheckedStatement) {
  const extracted = await connection.extractStatements(statement.sql);
  if (extracted.count !== 1) throw manyStatements(extracted.count);
  const prepared = await extracted.prepare(0);
  const type = prepared.statementType;
  if (type !== StatementType.SELECT && type !== StatementType.EXPLAIN) {
    prepared.destroySync();
    throw new SoukError("SQL_READ_ONLY", `expected a SELECT, got a ${StatementType[type]}`);
  }
  return prepared;
}

function guardText(sql: string): void {
  if (sql.length > LONGEST) {
    throw new SoukError(
      "SQL_SYNTAX",
      `a statement may have ${LONGEST} characters, got ${sql.length}`,
    );
  }
  if (sql.includes("\0") || !sql.isWellFormed())
    throw new SoukError("SQL_SYNTAX", "a statement must be well-formed text without NUL");
  let depth = 0;
  for (const character of sql) {
    if (character === "(" || character === "[" || character === "{") depth++;
    else if (character === ")" || character === "]" || character === "}") depth--;
    if (depth > DEEPEST)
      throw new SoukError("SQL_SYNTAX", `brackets may nest ${DEEPEST} deep, these go deeper`);
  }
}

/**
 * Takes a leading `explain` off; what remains must then be a query by itself. `explain analyze` is refused: its plan
 * names the files of the machine.
 */
function splitExplain(sql: string): { prefix: string; query: string } {
  const start = skipBlank(sql, 0);
  const explain = wordAt(sql, start);
  if (explain !== "explain") return { prefix: "", query: sql };
  const at = skipBlank(sql, start + explain.length);
  if (/^analy[sz]e$/.test(wordAt(sql, at)))
    throw new SoukError("SQL_FORBIDDEN", "explain analyze is not available; explain is");
  return { prefix: "explain ", query: sql.slice(at) };
}

function wordAt(sql: string, at: number): string {
  return (/^[a-z]+/i.exec(sql.slice(at, at + 16))?.[0] ?? "").toLowerCase();
}

function skipBlank(sql: string, from: number): number {
  let at = from;
  for (;;) {
    const rest = sql.slice(at, at + 2);
    if (/^\s/.test(rest)) at++;
    else if (rest === "--") at = endOf(sql, "\n", at);
    else if (rest === "/*") at = endOf(sql, "*/", at + 2);
    else return at;
  }
}

function endOf(sql: string, mark: string, from: number): number {
  const at = sql.indexOf(mark, from);
  return at < 0 ? sql.length : at + mark.length;
}

async function parseTree(connection: DuckDBConnection, query: string): Promise<unknown> {
  const answer = await connection.runAndReadAll("select json_serialize_sql($1::varchar)::varchar", [
    query,
  ]);
  const parsed: unknown = JSON.parse(String(answer.getRows()[0]?.[0]));
  if (!isRecord(parsed)) throw new SoukError("SQL_SYNTAX", "the statement could not be parsed");
  if (parsed["error"] === true) throw parseError(parsed);
  const statements = Array.isArray(parsed["statements"]) ? parsed["statements"] : [];
  if (statements.length !== 1) throw manyStatements(statements.length);
  return statements[0];
}

function parseError(parsed: Record<string, unknown>): SoukError {
  const message = textOf(parsed["error_message"]);
  if (parsed["error_type"] === "not implemented") {
    return new SoukError(
      "SQL_READ_ONLY",
      "expected one SELECT (or EXPLAIN of one); statements that write, attach, set, load or call are refused",
    );
  }
  const position = textOf(parsed["position"]);
  const where = position === "" ? "" : ` (at character ${position})`;
  return new SoukError("SQL_SYNTAX", message + where);
}

function manyStatements(count: number): SoukError {
  return count === 0
    ? new SoukError("SQL_SYNTAX", "expected one statement, got none")
    : new SoukError("SQL_MULTIPLE_STATEMENTS", `expected one statement, got ${count}`);
}

interface Facts {
  tables: string[];
  ctes: string[];
  listsDatasets: boolean;
}

/** Visits every object of the tree once, without recursion: the tree's depth is the user's choice. */
function walk(tree: unknown): Facts {
  const facts: Facts = { tables: [], ctes: [], listsDatasets: false };
  const stack: unknown[] = [tree];
  while (stack.length > 0) {
    const node = stack.pop();
    if (isRecord(node)) visit(node, facts);
    if (typeof node === "object" && node !== null) stack.push(...Object.values(node));
  }
  return facts;
}

function visit(node: Record<string, unknown>, facts: Facts): void {
  if (typeof node["function_name"] === "string") refuseFunction(node["function_name"]);
  if (isRecord(node["cte_map"])) visitCtes(node["cte_map"], facts);
  if (typeof node["cte_name"] === "string") facts.ctes.push(safeName(node["cte_name"]));
  if (node["type"] === "BASE_TABLE") facts.tables.push(datasetName(node));
  if (node["type"] === "TABLE_FUNCTION") visitTableFunction(node);
  if (node["type"] === "SHOW_REF") visitShow(node, facts);
}

function visitCtes(cteMap: Record<string, unknown>, facts: Facts): void {
  const entries = Array.isArray(cteMap["map"]) ? cteMap["map"] : [];
  for (const entry of entries) {
    if (isRecord(entry)) facts.ctes.push(safeName(textOf(entry["key"])));
  }
}

/** A WITH name must be a plain word: DuckDB would read `'x.csv'` out of its scope as a file. */
function safeName(name: string): string {
  if (/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) && !SYSTEM_NAMES.test(name)) return name.toLowerCase();
  throw new SoukError("SQL_FORBIDDEN", `"${name}" cannot name a WITH query: use a plain word`);
}

function datasetName(node: Record<string, unknown>): string {
  const name = textOf(node["table_name"]);
  const schema = textOf(node["schema_name"]);
  const catalog = textOf(node["catalog_name"]);
  if ((schema !== "" && schema !== "main") || catalog !== "" || SYSTEM_NAMES.test(name)) {
    const full = [catalog, schema, name].filter((part) => part !== "").join(".");
    throw new SoukError(
      "SQL_FORBIDDEN",
      `only datasets can be read, not "${full}"; try: show tables`,
    );
  }
  return name.toLowerCase();
}

function visitTableFunction(node: Record<string, unknown>): void {
  const called = isRecord(node["function"]) ? node["function"]["function_name"] : "";
  const name = textOf(called).toLowerCase();
  if (!TABLE_FUNCTIONS.has(name)) {
    throw new SoukError(
      "SQL_FORBIDDEN",
      `the table function ${name}() is not available; available are ${[...TABLE_FUNCTIONS].join(", ")}`,
    );
  }
}

function visitShow(node: Record<string, unknown>, facts: Facts): void {
  const target = textOf(node["table_name"]).replaceAll('"', "");
  if (node["query"] !== null && node["query"] !== undefined) return;
  if (node["show_type"] === "SHOW_UNQUALIFIED" && target === "tables") facts.listsDatasets = true;
  else
    throw new SoukError("SQL_FORBIDDEN", "of the SHOW statements only `show tables` is available");
}

function refuseFunction(name: string): void {
  if (FORBIDDEN_FUNCTIONS.test(name.toLowerCase()))
    throw new SoukError("SQL_FORBIDDEN", `the function ${name}() is not available`);
}

function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
