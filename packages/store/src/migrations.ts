import { type Clock, sha256, SoukError } from "@souk/core";
import type { Migration, Sql } from "./store.ts";

/** What a dialect gives so that migrations can run in it. */
export interface MigrationRunner {
  /** A read outside any transaction. */
  readonly reader: Sql;
  readonly transaction: <T>(
    work: (sql: Sql, execute: (script: string) => void) => Promise<T>,
  ) => Promise<T>;
  readonly clock: Clock;
}

interface Applied {
  readonly id: string;
  readonly checksum: string;
}

const TABLE = `CREATE TABLE IF NOT EXISTS souk_migrations (
  owner TEXT NOT NULL, id TEXT NOT NULL, checksum TEXT NOT NULL, applied_at BIGINT NOT NULL,
  PRIMARY KEY (owner, id))`;
const APPLIED = "SELECT id, checksum FROM souk_migrations WHERE owner = ? ORDER BY id";

/** Applies what is missing, one transaction each; what another process applied meanwhile is seen inside the transaction. */
export async function runMigrations(
  runner: MigrationRunner,
  owner: string,
  migrations: readonly Migration[],
): Promise<void> {
  checkOrder(owner, migrations);
  await ensureTable(runner);
  if (missing(owner, migrations, await runner.reader.all<Applied>(APPLIED, [owner])).length === 0)
    return;
  for (const migration of migrations) await applyOne(runner, owner, migration, migrations);
}

async function ensureTable({ reader, transaction }: MigrationRunner): Promise<void> {
  const there = await reader.get(
    "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'souk_migrations'",
  );
  if (there === undefined)
    await transaction(async (_sql, execute) => {
      execute(TABLE);
    });
}

async function applyOne(
  { transaction, clock }: MigrationRunner,
  owner: string,
  migration: Migration,
  all: readonly Migration[],
): Promise<void> {
  await transaction(async (sql, execute) => {
    const applied = await sql.all<Applied>(APPLIED, [owner]);
    if (!missing(owner, all, applied).some(({ id }) => id === migration.id)) return;
    try {
      execute(migration.sql);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new SoukError(
        "STORE_MIGRATION_FAILED",
        `migration ${owner}/${migration.id} did not apply and was undone: ${reason}`,
        { cause },
      );
    }
    await sql.run(
      "INSERT INTO souk_migrations (owner, id, checksum, applied_at) VALUES (?, ?, ?, ?)",
      [owner, migration.id, sha256(migration.sql), clock.now()],
    );
  });
}

function missing(
  owner: string,
  migrations: readonly Migration[],
  applied: readonly Applied[],
): Migration[] {
  const wanted = new Map(migrations.map((migration) => [migration.id, migration]));
  for (const { id, checksum } of applied) {
    const migration = wanted.get(id);
    if (migration === undefined) {
      throw new SoukError(
        "STORE_MIGRATION_UNKNOWN",
        `the database has migration ${owner}/${id}, which this version does not know: it was written by a newer one`,
      );
    }
    if (sha256(migration.sql) !== checksum) {
      throw new SoukError(
        "STORE_MIGRATION_CHANGED",
        `migration ${owner}/${id} was applied with other text: expected checksum ${checksum.slice(0, 12)}, got ${sha256(migration.sql).slice(0, 12)}`,
      );
    }
    wanted.delete(id);
  }
  const last = applied.at(-1)?.id;
  const early = [...wanted.keys()].find((id) => last !== undefined && id < last);
  if (early !== undefined) {
    throw new SoukError(
      "STORE_MIGRATION_ORDER",
      `migration ${owner}/${early} must sort after ${last}, which is already applied`,
    );
  }
  return [...wanted.values()];
}

function checkOrder(owner: string, migrations: readonly Migration[]): void {
  for (const [i, { id }] of migrations.entries()) {
    const before = migrations[i - 1]?.id;
    if (before !== undefined && !(before < id)) {
      throw new SoukError(
        "STORE_MIGRATION_ORDER",
        `migrations of ${owner} must be listed by ascending id, got ${id} after ${before}`,
      );
    }
  }
}
