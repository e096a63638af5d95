/** What a column can hold. Integers stay within ±2^53; booleans are 0 or 1; JSON is text; times are epoch milliseconds. */
export type SqlValue = string | number | bigint | null | Uint8Array;

/** One row by column name. */
export type Row = Record<string, SqlValue>;

/**
 * Statements in the portable part of SQL: text ids, `?` parameters, `ON CONFLICT`, `RETURNING`.
 *
 * The row type `T` is the caller's word for what the statement selects; it is not checked.
 * Every method rejects with SoukError `STORE_CONSTRAINT` (details.kind: unique, foreign-key, check, not-null, trigger),
 * `STORE_VALUE` (a parameter no column can hold), `STORE_SQL`, `STORE_BUSY`, `STORE_FULL`, `STORE_CORRUPT` or `STORE_CLOSED`.
 */
export interface Sql {
  /** Every row of a statement. */
  all<T = Row>(sql: string, params?: readonly SqlValue[]): Promise<T[]>;
  /** The first row, or `undefined`. */
  get<T = Row>(sql: string, params?: readonly SqlValue[]): Promise<T | undefined>;
  /** Runs a statement for its effect. @returns how many rows it wrote. */
  run(sql: string, params?: readonly SqlValue[]): Promise<{ changes: number }>;
}

/** One step of a schema's life, applied once per database and never edited after. */
export interface Migration {
  /** Sorts after every earlier one: `0001-users`. */
  readonly id: string;
  /** One or more statements; no BEGIN or COMMIT of its own. */
  readonly sql: string;
}

/** Records that survive `kill -9`: when a promise of a write resolves, the write is on the disk. */
export interface Store extends Sql {
  /**
   * Runs `work` as one transaction that sees no other writer, and commits when it resolves or undoes everything when it
   * rejects. Transactions of this process take turns; other processes are waited for.
   * Inside `work` use only the `sql` it is given. @throws SoukError `STORE_NESTED` for the store itself inside `work`.
   */
  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  /**
   * Brings the tables of `owner` up to the last of `migrations`, each in its own transaction; several processes may call
   * at once. @throws SoukError `STORE_MIGRATION_CHANGED` when an applied one has other text now, `STORE_MIGRATION_UNKNOWN`
   * when the database is newer than this list, `STORE_MIGRATION_ORDER`, `STORE_MIGRATION_FAILED`.
   */
  migrate(owner: string, migrations: readonly Migration[]): Promise<void>;
  /** A number that differs from the last one when anybody, in any process, has committed since. Cheap: no table is read. */
  changeCounter(): Promise<number>;
  /** Writes a consistent copy to `path` (atomically) while others read and write. @throws SoukError `STORE_BACKUP`. */
  backup(path: string): Promise<void>;
  /** Damage found in the file, one sentence each; none when it is sound. Reads everything. */
  integrityCheck(): Promise<string[]>;
  /** Waits for work under way, then closes. Later calls reject with `STORE_CLOSED`. */
  close(): Promise<void>;
}
