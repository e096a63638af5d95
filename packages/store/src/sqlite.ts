import { AsyncLocalStorage } from "node:async_hooks";
import { open, rename, rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { backup, DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";
import { type Clock, createId, errorMessage, SoukError, syncFolder, systemClock } from "@souk/core";
import { runMigrations } from "./migrations.ts";
import { type Connection, openConnection } from "./sqlite-connection.ts";
import { isBusy, storeError } from "./sqlite-errors.ts";
import type { Sql, SqlValue, Store } from "./store.ts";
import { createTurns } from "./turns.ts";

/** How long a write waits for other processes before it gives up with `STORE_BUSY`. */
const PATIENCE_MS = 15_000;
const LONGEST_PAUSE_MS = 12;
/** Pages per step of a backup: all, so that the copy is one snapshot and a busy writer cannot make it start again. */
const ALL_PAGES = 2 ** 31 - 1;

/**
 * Opens (and creates, readable by its owner alone) a SQLite database file as a `Store`: WAL, `synchronous=FULL`,
 * foreign keys on. One connection writes, one reads; any number of processes may open the same file on one machine.
 *
 * @throws SoukError `STORE_OPEN` when the folder is missing or the file is not a database.
 */
export async function openStore({
  path,
  clock = systemClock,
}: {
  path: string;
  clock?: Clock;
}): Promise<Store> {
  const file = resolve(path);
  const [writer, reader] = await openPair(file);
  return new SqliteStore(file, { writer, reader, clock });
}

async function openPair(file: string): Promise<[Connection, Connection]> {
  try {
    await (await open(file, "a", 0o600)).close();
    const writer = await patiently(() => openConnection(file));
    try {
      return [writer, await patiently(() => openConnection(file, { queryOnly: true }))];
    } catch (thrown) {
      writer.close();
      throw thrown;
    }
  } catch (cause) {
    throw new SoukError("STORE_OPEN", `could not open ${file}: ${errorMessage(cause)}`, { cause });
  }
}

/** Retries while another process holds a lock, without blocking the event loop in between. */
async function patiently<T>(attempt: () => T): Promise<T> {
  const start = performance.now();
  for (let wait = 1; ; wait = Math.min(wait * 2, LONGEST_PAUSE_MS)) {
    try {
      return attempt();
    } catch (thrown) {
      if (!isBusy(thrown) || performance.now() - start > PATIENCE_MS) throw thrown;
    }
    await pause(wait);
  }
}

class SqliteStore implements Store {
  readonly #file: string;
  readonly #writer: Connection;
  readonly #reader: Connection;
  readonly #clock: Clock;
  readonly #turns = createTurns();
  readonly #inside = new AsyncLocalStorage<{ open: boolean }>();
  #closing: Promise<void> | undefined;

  constructor(
    file: string,
    { writer, reader, clock }: { writer: Connection; reader: Connection; clock: Clock },
  ) {
    this.#file = file;
    this.#writer = writer;
    this.#reader = reader;
    this.#clock = clock;
  }

  async all<T>(sql: string, params: readonly SqlValue[] = []): Promise<T[]> {
    return (await this.#statement(sql, (connection) => connection.all(sql, params))) as T[];
  }

  async get<T>(sql: string, params: readonly SqlValue[] = []): Promise<T | undefined> {
    return (await this.#statement(sql, (connection) => connection.get(sql, params))) as
      | T
      | undefined;
  }

  async run(sql: string, params: readonly SqlValue[] = []): Promise<{ changes: number }> {
    return {
      changes: await this.#write(sql, () => this.#writer.run(sql, params)),
    };
  }

  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    return this.#transact((sql) => work(sql));
  }

  async migrate(...[owner, migrations]: Parameters<Store["migrate"]>): Promise<void> {
    const transaction = <T>(work: (sql: Sql, execute: (script: string) => void) => Promise<T>) =>
      this.#transact(work);
    await runMigrations({ reader: this, transaction, clock: this.#clock }, owner, migrations);
  }

  /** Asked on the reading connection, so that commits of this process's own writer move it too. */
  async changeCounter(): Promise<number> {
    const row = await this.get<{ data_version: number }>("PRAGMA data_version");
    return row?.data_version ?? 0;
  }

  async backup(path: string): Promise<void> {
    this.#admit();
    const target = resolve(path);
    const temporary = `${target}.${createId("tmp", this.#clock)}`;
    const source = await patiently(() => openConnection(this.#file, { queryOnly: true }));
    try {
      await (await open(temporary, "wx", 0o600)).close();
      await backup(source.database, temporary, { rate: ALL_PAGES });
      await verifyCopy(temporary);
      await rename(temporary, target);
      await syncFolder(dirname(target));
    } catch (cause) {
      await rm(temporary, { force: true });
      throw new SoukError(
        "STORE_BACKUP",
        `no copy was written to ${target}: ${errorMessage(cause)}`,
        {
          cause,
        },
      );
    } finally {
      source.close();
    }
  }

  async integrityCheck(): Promise<string[]> {
    const damage = await this.all<{ integrity_check: string }>("PRAGMA integrity_check");
    const orphans = await this.all<{ table: string; parent: string }>("PRAGMA foreign_key_check");
    return [
      ...damage.map((row) => row.integrity_check).filter((line) => line !== "ok"),
      ...orphans.map(({ table, parent }) => `a row of ${table} points at no row of ${parent}`),
    ];
  }

  async close(): Promise<void> {
    this.#closing ??= this.#turns.take(async () => {
      this.#reader.close();
      this.#writer.close();
    });
    await this.#closing;
  }

  /** Plain reads go to the reading connection at once; everything else takes its turn at the writing one. */
  async #statement<T>(sql: string, work: (connection: Connection) => T): Promise<T> {
    if (!isRead(sql)) return this.#write(sql, () => work(this.#writer));
    this.#admit();
    return patiently(() => work(this.#reader)).catch((thrown: unknown) => {
      throw storeError(thrown, sql);
    });
  }

  async #write<T>(sql: string, work: () => T): Promise<T> {
    this.#admit();
    return this.#turns
      .take(() => patiently(work))
      .catch((thrown: unknown) => {
        throw storeError(thrown, sql);
      });
  }

  async #transact<T>(
    work: (sql: Sql, execute: (script: string) => void) => Promise<T>,
  ): Promise<T> {
    this.#admit();
    return this.#turns.take(async () => {
      await patiently(() => this.#writer.database.exec("BEGIN IMMEDIATE")).catch(
        (thrown: unknown) => {
          throw storeError(thrown, "BEGIN IMMEDIATE");
        },
      );
      const token = { open: true };
      try {
        const result = await this.#inside.run(token, () => work(this.#handle(token), this.#script));
        token.open = false;
        if (!this.#writer.database.isTransaction)
          throw new SoukError("STORE_NESTED", "the work ended the transaction by itself");
        guarded("COMMIT", () => this.#writer.database.exec("COMMIT"));
        return result;
      } catch (thrown) {
        token.open = false;
        if (this.#writer.database.isTransaction) this.#writer.database.exec("ROLLBACK");
        throw isBusy(thrown) ? storeError(thrown, "COMMIT") : thrown;
      }
    });
  }

  readonly #script = (script: string): void => {
    guarded(script, () => this.#writer.database.exec(script));
  };

  #handle(token: { open: boolean }): Sql {
    const writer = this.#writer;
    const use = async <T>(sql: string, work: () => T): Promise<T> => {
      if (!token.open)
        throw new SoukError("STORE_NESTED", "the transaction this handle belongs to has ended");
      return guarded(sql, work);
    };
    return {
      async all<T>(sql: string, params: readonly SqlValue[] = []) {
        return (await use(sql, () => writer.all(sql, params))) as T[];
      },
      async get<T>(sql: string, params: readonly SqlValue[] = []) {
        return (await use(sql, () => writer.get(sql, params))) as T | undefined;
      },
      async run(sql, params = []) {
        return { changes: await use(sql, () => writer.run(sql, params)) };
      },
    };
  }

  #admit(): void {
    if (this.#closing !== undefined)
      throw new SoukError("STORE_CLOSED", "the store was closed before this call");
    if (this.#inside.getStore()?.open === true) {
      throw new SoukError(
        "STORE_NESTED",
        "inside a transaction use the sql handle it was given, not the store",
      );
    }
  }
}

function guarded<T>(sql: string, work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    if (isBusy(thrown)) throw thrown;
    throw storeError(thrown, sql);
  }
}

function isRead(sql: string): boolean {
  return /^\s*(select|pragma|explain|values)\b/i.test(sql);
}

async function verifyCopy(path: string): Promise<void> {
  const copy = new DatabaseSync(path);
  try {
    const rows = copy.prepare("PRAGMA quick_check").all();
    if (rows.length !== 1 || rows[0]?.["quick_check"] !== "ok")
      throw new SoukError("STORE_CORRUPT", `the copy fails its check: ${JSON.stringify(rows[0])}`);
    copy.exec("PRAGMA journal_mode = DELETE");
  } finally {
    copy.close();
  }
  const file = await open(path, "r");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
