import type { DuckDBConnection, DuckDBInstance, DuckDBResult } from "@duckdb/node-api";
import { SoukError } from "@souk/core";
import { quoteName } from "../quoting.ts";
import { registerFunction } from "./functions.ts";
import { openLocked } from "./locked.ts";
import { type CheckedStatement, checkStatement, prepareChecked } from "./statement.ts";
import type { SqlCell, SqlFunction, SqlLimits, SqlResult, SqlTable, SqlTables } from "./types.ts";
import { jsonCell } from "./values.ts";

/** How many checked statements are kept, and how long one may be, so that the memory they take is bounded. */
const REMEMBERED = 256;
const REMEMBERED_LENGTH = 10_000;

/**
 * One locked DuckDB (see `openLocked`) over the files of `tables`, that runs nothing but checked statements.
 * A dataset's view is made when a statement first names it.
 */
export class SqlSession {
  readonly #instance: DuckDBInstance;
  readonly #owner: DuckDBConnection;
  readonly #tables: Map<string, SqlTable>;
  readonly #views = new Set<string>();
  readonly #checked = new Map<string, CheckedStatement>();
  #running: DuckDBConnection | undefined;

  private constructor(
    instance: DuckDBInstance,
    owner: DuckDBConnection,
    tables: readonly SqlTable[],
  ) {
    this.#instance = instance;
    this.#owner = owner;
    this.#tables = new Map(tables.map((table) => [table.name.toLowerCase(), table]));
  }

  static async open(
    { tables }: SqlTables,
    limits: SqlLimits,
    { functions, spill }: { functions: readonly SqlFunction[]; spill: string },
  ): Promise<SqlSession> {
    const { instance, owner } = await openLocked(
      tables.flatMap((table) => table.files),
      { limits, spill, prepare: (one) => functions.forEach((made) => registerFunction(one, made)) },
    );
    return new SqlSession(instance, owner, tables);
  }

  /** Answers one statement. @throws SoukError and DuckDB's own errors. */
  async run(sql: string, limits: SqlLimits): Promise<SqlResult> {
    const started = performance.now();
    const statement = await this.#check(sql);
    const read = await this.#prepareViews(statement);
    const connection = await this.#instance.connect();
    this.#running = connection;
    try {
      const prepared = await prepareChecked(connection, statement);
      const result = await prepared.stream();
      const { rows, truncated } = await readRows(result, limits);
      const versions = Object.fromEntries(read.map((table) => [table.name, table.version]));
      return {
        columns: columnsOf(result),
        rows,
        rowCount: rows.length,
        truncated,
        elapsedMs: performance.now() - started,
        versions,
      };
    } finally {
      this.#running = undefined;
      connection.closeSync();
    }
  }

  /** Asks the running statement to stop; DuckDB looks between chunks, so a single long call does not hear it. */
  interrupt(): void {
    this.#running?.interrupt();
  }

  close(): void {
    this.#owner.closeSync();
    this.#instance.closeSync();
  }

  /** The check depends on the text alone, so repeated statements (dashboards, saved questions) pay for it once. */
  async #check(sql: string): Promise<CheckedStatement> {
    const known = this.#checked.get(sql);
    if (known !== undefined) return known;
    const statement = await checkStatement(this.#owner, sql);
    if (this.#checked.size >= REMEMBERED) this.#checked.clear();
    if (sql.length <= REMEMBERED_LENGTH) this.#checked.set(sql, statement);
    return statement;
  }

  async #prepareViews(statement: CheckedStatement): Promise<SqlTable[]> {
    const names = statement.listsDatasets ? this.#tables.keys() : statement.tables;
    const read: SqlTable[] = [];
    for (const name of names) {
      const table = this.#tables.get(name);
      if (table === undefined) {
        if (statement.defined.has(name)) continue;
        throw unknownDataset(name, [...this.#tables.values()]);
      }
      if (!this.#views.has(name)) {
        await this.#owner.run(`create view ${quoteName(table.name)} as ${table.view}`);
        this.#views.add(name);
      }
      read.push(table);
    }
    return read;
  }
}

function unknownDataset(name: string, tables: readonly SqlTable[]): SoukError {
  const known = tables.map((table) => table.name).toSorted();
  const shown = known.slice(0, 20).join(", ") + (known.length > 20 ? ", …" : "");
  return new SoukError(
    "SQL_UNKNOWN_DATASET",
    `no dataset is named "${name}"; there ${known.length === 1 ? "is" : "are"} ${shown === "" ? "none" : shown}`,
  );
}

async function readRows(
  result: DuckDBResult,
  limits: SqlLimits,
): Promise<{ rows: SqlCell[][]; truncated: boolean }> {
  const rows: SqlCell[][] = [];
  let bytes = 0;
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return { rows, truncated: false };
    for (let i = 0; i < chunk.rowCount; i++) {
      if (rows.length >= limits.rows) return { rows, truncated: true };
      const row = chunk.getRowValues(i).map(jsonCell);
      bytes += Buffer.byteLength(JSON.stringify(row)) + 1;
      if (bytes > limits.bytes) {
        if (rows.length > 0) return { rows, truncated: true };
        throw new SoukError(
          "SQL_RESULT_TOO_LARGE",
          `the answer may have ${limits.bytes} bytes, its first row alone has ${bytes}`,
        );
      }
      rows.push(row);
    }
  }
}

function columnsOf(result: DuckDBResult): { name: string; type: string }[] {
  const types = result.columnTypes();
  return result.deduplicatedColumnNames().map((name, i) => ({ name, type: String(types[i]) }));
}
