import { DatabaseSync, type StatementSync } from "node:sqlite";
import { SoukError } from "@souk/core";
import { storeError } from "./sqlite-errors.ts";
import type { SqlValue } from "./store.ts";

/** Prepared statements kept per connection; texts built from lists of ids would otherwise grow without end. */
const MAX_STATEMENTS = 400;
/** How long SQLite itself may wait for a lock. Short, because it blocks the event loop; longer waits are asynchronous. */
const BLOCKING_WAIT_MS = 3;

/** One SQLite connection with its prepared statements. Synchronous. */
export interface Connection {
  readonly database: DatabaseSync;
  all(sql: string, params: readonly SqlValue[]): Record<string, unknown>[];
  get(sql: string, params: readonly SqlValue[]): Record<string, unknown> | undefined;
  run(sql: string, params: readonly SqlValue[]): number;
  close(): void;
}

/** Opens `path` in WAL mode with `synchronous=FULL`: a commit returns after the log is on the disk. */
export function openConnection(path: string, { queryOnly = false } = {}): Connection {
  const database = new DatabaseSync(path, {
    timeout: BLOCKING_WAIT_MS,
    enableForeignKeyConstraints: true,
    enableDoubleQuotedStringLiterals: false,
  });
  try {
    database.exec(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY",
    );
    // SQLite's LIKE ignores case by default; the SQL standard's and PostgreSQL's does not.
    database.exec("PRAGMA case_sensitive_like = 1");
    if (queryOnly) database.exec("PRAGMA query_only = 1");
  } catch (thrown) {
    database.close();
    throw thrown;
  }
  const prepare = statementCache(database);
  return {
    database,
    all: (sql, params) =>
      prepare(sql)
        .all(...checkValues(params, sql))
        .map(plainRow),
    get(sql, params) {
      const row = prepare(sql).get(...checkValues(params, sql));
      return row === undefined ? undefined : plainRow(row);
    },
    run: (sql, params) => Number(prepare(sql).run(...checkValues(params, sql)).changes),
    close: () => database.close(),
  };
}

function statementCache(database: DatabaseSync): (sql: string) => StatementSync {
  const statements = new Map<string, StatementSync>();
  return (sql) => {
    const known = statements.get(sql);
    if (known !== undefined) {
      statements.delete(sql);
      statements.set(sql, known);
      return known;
    }
    const prepared = database.prepare(sql);
    statements.set(sql, prepared);
    const oldest = statements.keys().next();
    if (statements.size > MAX_STATEMENTS && !oldest.done) statements.delete(oldest.value);
    return prepared;
  };
}

/** SQLite would turn NaN into NULL and cannot read an integer beyond 2^53 back: both are refused, never changed in silence. */
function checkValues(params: readonly SqlValue[], sql: string): SqlValue[] {
  for (const [i, value] of params.entries()) {
    if (typeof value === "number" && Number.isNaN(value)) throw valueError(i, "NaN", sql);
    if (typeof value === "bigint" && !Number.isSafeInteger(Number(value)))
      throw valueError(i, "an integer beyond 2^53", sql);
  }
  return [...params];
}

function valueError(position: number, got: string, sql: string): SoukError {
  return storeError(
    new SoukError(
      "STORE_VALUE",
      `expected parameter ${position + 1} to be a value a column can hold, got ${got}`,
    ),
    sql,
  );
}

/** node:sqlite rows have no prototype, which makes them unequal to the same literal in an assertion. */
function plainRow(row: Record<string, unknown>): Record<string, unknown> {
  return { ...row };
}
