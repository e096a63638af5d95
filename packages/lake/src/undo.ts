import { rm } from "node:fs/promises";
import { join } from "node:path";
import { SoukError } from "@souk/core";
import {
  discardFiles,
  isLive,
  isThere,
  type LakeContext,
  rowsTransaction,
  shapeOfTable,
  tableDirectoryOf,
} from "./context.ts";
import type { DuckDBConnection } from "@duckdb/node-api";
import { batchesOf } from "./history.ts";
import type { AddFile } from "./delta/actions.ts";
import { commit, type CommitPlan, removal } from "./delta/commit.ts";
import { relationOf } from "./delta/relation.ts";
import { type LogState, readLogState, type Snapshot, snapshotOf } from "./delta/snapshot.ts";
import { isPresent, rowsOf } from "./ingest/report.ts";
import { quoteLiteral, quoteName } from "./quoting.ts";
import { BATCH_COLUMN } from "./shape.ts";
import { imagePath, pickFiles, restage } from "./upsert.ts";

/** What an undo did. */
export interface UndoReport {
  readonly version: number;
  readonly rowsRemoved: number;
  readonly rowsRestored: number;
}

/**
 * Takes a batch out of a dataset as if it had never been: its rows go, the rows that it replaced come back unless a later
 * batch replaced the same key, its quarantined rows go too. The batch may then be ingested again.
 * @throws SoukError `LAKE_NO_BATCH` when the batch is not in the dataset, `LAKE_NO_TABLE`, `LAKE_CONTENTION`.
 */
export async function undoBatch(
  context: LakeContext,
  name: string,
  batchId: string,
): Promise<UndoReport> {
  const tableDirectory = tableDirectoryOf(context, name);
  return context.serially(name, async () => {
    const token = await tokenOf(context, { name, tableDirectory, batchId });
    let work: Undone | undefined;
    const version = await commit(
      tableDirectory,
      async (state) => {
        if (!isPresent(state, batchId)) throw noBatch(name, batchId);
        const base = [...state.files.keys()].toSorted().join("\n");
        if (work !== undefined && work.base !== base) {
          await discardFiles(tableDirectory, work.adds);
          work = undefined;
        }
        work ??= await takeOut(context, { state, tableDirectory, token, base });
        return planOf(state, { batchId, token, work, nowMs: context.clock.now() });
      },
      { clock: context.clock, cache: context.cache },
    );
    return {
      version: version ?? -1,
      rowsRemoved: work?.removed ?? 0,
      rowsRestored: work?.restored ?? 0,
    };
  });
}

interface Undone {
  readonly base: string;
  readonly adds: readonly AddFile[];
  readonly gone: readonly AddFile[];
  readonly removed: number;
  readonly restored: number;
}

async function tokenOf(
  context: LakeContext,
  { name, tableDirectory, batchId }: { name: string; tableDirectory: string; batchId: string },
): Promise<string> {
  const state = await readLogState(tableDirectory, { cache: context.cache });
  if (state.version < 0)
    throw new SoukError("LAKE_NO_TABLE", `expected a dataset "${name}", there is none`);
  const batch = (await batchesOf(tableDirectory)).findLast(
    (entry) => entry.batchId === batchId && isLive(state.transactions, entry.token),
  );
  if (batch === undefined) throw noBatch(name, batchId);
  return batch.token;
}

function planOf(
  state: LogState,
  { batchId, token, work, nowMs }: { batchId: string; token: string; work: Undone; nowMs: number },
): CommitPlan {
  return {
    operation: "UNDO",
    adds: work.adds,
    removes: work.gone.map((add) => removal(add, { dataChange: true, nowMs })),
    transactions: [
      { appId: batchId, version: (state.transactions.get(batchId)?.version ?? 1) + 1 },
      { appId: rowsTransaction(token), version: 2 },
    ],
    summary: {
      kind: "undo",
      batchId,
      token,
      rowsRemoved: work.removed,
      rowsRestored: work.restored,
    },
  };
}

async function takeOut(
  context: LakeContext,
  {
    state,
    tableDirectory,
    token,
    base,
  }: { state: LogState; tableDirectory: string; token: string; base: string },
): Promise<Undone> {
  const snapshot = snapshotOf(tableDirectory, state);
  const found = await context.engine.all(
    `SELECT filename, count(*) FROM ${relationOf(snapshot, { columns: [BATCH_COLUMN], extra: ["filename"] })} WHERE ${BATCH_COLUMN} = ${quoteLiteral(token)} GROUP BY filename`,
  );
  const files = pickFiles(
    snapshot,
    found.map(([path]) => String(path)),
  );
  const columns = snapshot.storedSchema.map(({ name }) => name);
  const rows = relationOf(snapshot, { columns, files });
  const removed = found.reduce((sum, [, count]) => sum + Number(count), 0);
  const kept =
    removed === 0
      ? []
      : await restage(context, snapshot, {
          select: `SELECT * FROM ${rows} WHERE ${BATCH_COLUMN} <> ${quoteLiteral(token)}`,
        });
  const restored =
    removed === 0
      ? []
      : await restore(context, snapshot, {
          state,
          token,
          mine: `SELECT * FROM ${rows} WHERE ${BATCH_COLUMN} = ${quoteLiteral(token)}`,
        });
  return {
    base,
    adds: [...kept, ...restored],
    gone: files.map(({ add }) => add),
    removed,
    restored: rowsOf(restored),
  };
}

/**
 * Stages the rows that come back. A replaced row may itself be of a batch that was undone since; then what *that* batch
 * replaced takes its place, and so on back in time.
 */
async function restore(
  context: LakeContext,
  snapshot: Snapshot,
  { state, token, mine }: { state: LogState; token: string; mine: string },
): Promise<AddFile[]> {
  const key = (shapeOfTable(state)?.shape.key ?? []).map(quoteName);
  const first = await imagePath(snapshot.tableDirectory, token);
  if (key.length === 0 || !(await isThere(first))) return [];
  const rows = join(context.engine.temporaryDirectory, `undo-${token}.parquet`);
  try {
    await gather(context, snapshot, { state, token, mine, key, first, rows });
    return await restage(context, snapshot, {
      select: `SELECT * FROM read_parquet(${quoteLiteral(rows)})`,
    });
  } finally {
    await rm(rows, { force: true });
  }
}

/** Follows the images back from `first` and writes what comes back to the file `rows`. */
async function gather(
  context: LakeContext,
  snapshot: Snapshot,
  {
    state,
    token,
    mine,
    key,
    first,
    rows,
  }: {
    state: LogState;
    token: string;
    mine: string;
    key: readonly string[];
    first: string;
    rows: string;
  },
): Promise<void> {
  await context.engine.with(async (connection) => {
    const back = `back_${token}`;
    await connection.run(
      `CREATE TEMP TABLE ${back} AS ${await imageRows(connection, snapshot, first)} SEMI JOIN (${mine}) USING (${key.join(", ")})`,
    );
    for (;;) {
      const batches = (
        await connection.runAndReadAll(`SELECT DISTINCT ${BATCH_COLUMN} FROM ${back}`)
      ).getRowsJS();
      const undone = batches
        .map(([value]) => textOf(value))
        .find((value) => value === token || !isLive(state.transactions, value));
      if (undone === undefined) break;
      const image = await imagePath(snapshot.tableDirectory, undone);
      await connection.run(
        `CREATE OR REPLACE TEMP TABLE gone AS SELECT DISTINCT ${key.join(", ")} FROM ${back} WHERE ${BATCH_COLUMN} = ${quoteLiteral(undone)}`,
      );
      await connection.run(`DELETE FROM ${back} WHERE ${BATCH_COLUMN} = ${quoteLiteral(undone)}`);
      if (await isThere(image))
        await connection.run(
          `INSERT INTO ${back} ${await imageRows(connection, snapshot, image)} SEMI JOIN gone USING (${key.join(", ")})`,
        );
    }
    await connection.run(`COPY ${back} TO ${quoteLiteral(rows)} (FORMAT parquet)`);
    await connection.run(`DROP TABLE ${back}`);
  });
}

/** The rows of an image in the columns the table has now. */
async function imageRows(
  connection: DuckDBConnection,
  snapshot: Snapshot,
  path: string,
): Promise<string> {
  const described = await connection.runAndReadAll(
    `DESCRIBE SELECT * FROM read_parquet(${quoteLiteral(path)})`,
  );
  const there = new Set(described.getRowsJS().map(([name]) => textOf(name)));
  const columns = snapshot.storedSchema.map(({ name, type }) =>
    there.has(name) ? quoteName(name) : `CAST(NULL AS ${type}) AS ${quoteName(name)}`,
  );
  return `SELECT * FROM (SELECT ${columns.join(", ")} FROM read_parquet(${quoteLiteral(path)}))`;
}

function noBatch(name: string, batchId: string): SoukError {
  return new SoukError(
    "LAKE_NO_BATCH",
    `expected a batch of "${name}", got "${batchId}" which is not in it (or was undone)`,
  );
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
