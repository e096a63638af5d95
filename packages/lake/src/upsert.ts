import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { SoukError, syncFolder } from "@souk/core";
import { discardFiles, imageFolder, type LakeContext } from "./context.ts";
import type { AddFile } from "./delta/actions.ts";
import { type CommitPlan, removal } from "./delta/commit.ts";
import { relationOf } from "./delta/relation.ts";
import type { TableColumn } from "./delta/schema.ts";
import { type LogState, type Snapshot, type SnapshotFile, snapshotOf } from "./delta/snapshot.ts";
import { quoteLiteral, quoteName } from "./quoting.ts";
import { stageFiles, syncFile } from "./staging.ts";

/** The checked rows of a batch in source order, spooled outside the table. */
export interface BatchRows {
  readonly files: readonly string[];
  readonly rows: number;
  release(): Promise<void>;
}

/** Adds the rows of `select` (with `_part` and `_line`, their order) to a spooled batch. */
export async function stageOrdered(
  { engine }: LakeContext,
  batch: BatchRows | undefined,
  { select, token, signal }: { select: string; token: string; signal?: AbortSignal },
): Promise<BatchRows> {
  const folder = join(engine.temporaryDirectory, `batch-${token}`);
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${batch?.files.length ?? 0}.parquet`);
  const [row] = await engine.all(
    `COPY (${select}) TO ${quoteLiteral(path)} (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)`,
    { signal },
  );
  return {
    files: [...(batch?.files ?? []), path],
    rows: (batch?.rows ?? 0) + Number(row?.[0] ?? 0),
    release: async () => rm(folder, { recursive: true, force: true }),
  };
}

/** What an upsert needs besides the rows. */
export interface UpsertOptions {
  readonly tableDirectory: string;
  readonly key: readonly string[];
  readonly partitionBy: readonly string[];
  readonly stored: readonly TableColumn[];
  readonly token: string;
  /** Owns the staged files of the batch from here on. */
  readonly take: (adds: readonly AddFile[]) => void;
  readonly signal?: AbortSignal;
}

/** An upsert whose new rows are staged and whose keys are known. */
export interface PreparedUpsert extends UpsertOptions {
  readonly duplicates: number;
  readonly keys: string;
  /** The rewrite of the rows it replaces, for one state of the table. */
  merge: Merge | undefined;
  replaced(): number;
  release(): Promise<void>;
}

interface Merge {
  readonly base: string;
  readonly adds: readonly AddFile[];
  readonly removed: readonly AddFile[];
  readonly replaced: number;
}

/** Stages the last row of every key and keeps the keys beside. */
export async function prepareUpsert(
  context: LakeContext,
  batch: BatchRows,
  options: UpsertOptions,
): Promise<PreparedUpsert> {
  const { engine, clock } = context;
  const { key, stored, tableDirectory, partitionBy, signal, token } = options;
  const names = key.map(quoteName).join(", ");
  const source = `read_parquet([${batch.files.map(quoteLiteral).join(", ")}])`;
  const keys = join(engine.temporaryDirectory, `batch-${token}`, "keys.parquet");
  const [counted] = await engine.all(
    `COPY (SELECT ${names} FROM ${source} GROUP BY ${names}) TO ${quoteLiteral(keys)} (FORMAT parquet)`,
    { signal },
  );
  const duplicates = batch.rows - Number(counted?.[0] ?? 0);
  const last =
    duplicates === 0
      ? ""
      : ` QUALIFY row_number() OVER (PARTITION BY ${names} ORDER BY _part DESC, _line DESC) = 1`;
  const select = `SELECT ${stored.map(({ name }) => quoteName(name)).join(", ")} FROM (SELECT * FROM ${source}${last})`;
  options.take(
    await stageFiles(engine, select, {
      tableDirectory,
      partitionBy,
      columnCount: stored.length,
      nowMs: clock.now(),
      signal,
    }),
  );
  const prepared: PreparedUpsert = {
    ...options,
    duplicates,
    keys,
    merge: undefined,
    replaced: () => prepared.merge?.replaced ?? 0,
    release: async () => batch.release(),
  };
  return prepared;
}

/**
 * Plans the commit of an upsert on top of `state`: the new rows, and rewrites of the files that hold rows they replace.
 * Asked again after a lost race, it does the rewrite anew only if the files of the table changed.
 */
export async function finishUpsert(
  context: LakeContext,
  prepared: PreparedUpsert,
  {
    state,
    plan,
  }: {
    state: LogState;
    plan: (merge: Partial<CommitPlan> & { replaced: number }) => CommitPlan | undefined;
  },
): Promise<CommitPlan | undefined> {
  const base = [...state.files.keys()].toSorted().join("\n");
  if (prepared.merge !== undefined && prepared.merge.base !== base) {
    await discardFiles(prepared.tableDirectory, prepared.merge.adds);
    prepared.merge = undefined;
  }
  prepared.merge ??= await mergeInto(context, prepared, { state, base });
  const { adds, removed, replaced } = prepared.merge;
  const nowMs = context.clock.now();
  const wanted = plan({
    operation: "MERGE",
    adds,
    removes: removed.map((add) => removal(add, { dataChange: true, nowMs })),
    replaced,
  });
  if (wanted === undefined) await discardFiles(prepared.tableDirectory, adds);
  return wanted;
}

async function mergeInto(
  context: LakeContext,
  prepared: PreparedUpsert,
  { state, base }: { state: LogState; base: string },
): Promise<Merge> {
  if (state.metadata === undefined || state.files.size === 0)
    return { base, adds: [], removed: [], replaced: 0 };
  const { engine } = context;
  const { key, keys, signal } = prepared;
  const snapshot = snapshotOf(prepared.tableDirectory, state);
  const using = `USING (${key.map(quoteName).join(", ")})`;
  const touched = await engine.all(
    `SELECT filename, count(*) FROM ${relationOf(snapshot, { columns: key, extra: ["filename"] })} SEMI JOIN read_parquet(${quoteLiteral(keys)}) ${using} GROUP BY filename`,
    { signal },
  );
  const files = pickFiles(
    snapshot,
    touched.map(([path]) => String(path)),
  );
  if (files.length === 0) return { base, adds: [], removed: [], replaced: 0 };
  const rows = relationOf(snapshot, {
    columns: snapshot.storedSchema.map(({ name }) => name),
    files,
  });
  const keyRows = `read_parquet(${quoteLiteral(keys)})`;
  await writeImage(context, `SELECT * FROM ${rows} SEMI JOIN ${keyRows} ${using}`, prepared);
  const adds = await restage(context, snapshot, {
    select: `SELECT * FROM ${rows} ANTI JOIN ${keyRows} ${using}`,
    signal,
  });
  return {
    base,
    adds,
    removed: files.map(({ add }) => add),
    replaced: touched.reduce((sum, [, count]) => sum + Number(count), 0),
  };
}

/** Writes rows again as data files of the table they are from. */
export async function restage(
  { engine, clock }: LakeContext,
  snapshot: Snapshot,
  { select, signal, level }: { select: string; signal?: AbortSignal; level?: number },
): Promise<AddFile[]> {
  return stageFiles(engine, select, {
    tableDirectory: snapshot.tableDirectory,
    partitionBy: snapshot.partitionBy,
    columnCount: snapshot.storedSchema.length,
    nowMs: clock.now(),
    level,
    signal,
  });
}

/** The files of a snapshot with these absolute paths. */
export function pickFiles(snapshot: Snapshot, paths: readonly string[]): SnapshotFile[] {
  const wanted = new Set(paths);
  const files = snapshot.files.filter(({ path }) => wanted.has(path));
  if (files.length !== wanted.size)
    throw new SoukError(
      "LAKE_READ",
      `expected ${wanted.size} files of the snapshot, found ${files.length}`,
    );
  return files;
}

/** Where the rows that batch `token` replaced are kept. */
export async function imagePath(tableDirectory: string, token: string): Promise<string> {
  return join(await imageFolder(tableDirectory), `${token}.parquet`);
}

async function writeImage(
  { engine }: LakeContext,
  select: string,
  { tableDirectory, token, signal }: PreparedUpsert,
): Promise<void> {
  const path = await imagePath(tableDirectory, token);
  const temporary = `${path}.tmp`;
  await engine.all(
    `COPY (${select}) TO ${quoteLiteral(temporary)} (FORMAT parquet, COMPRESSION zstd)`,
    { signal },
  );
  await syncFile(temporary);
  await rename(temporary, path);
  await syncFolder(join(path, ".."));
  await syncFolder(tableDirectory);
}

/** Rows of new files whose key an earlier row of the same files has. */
export async function countRepeated(
  { engine }: LakeContext,
  tableDirectory: string,
  {
    adds,
    key,
    partitionBy,
  }: { adds: readonly AddFile[]; key: readonly string[]; partitionBy: readonly string[] },
): Promise<number> {
  const paths = adds.map(({ path }) =>
    quoteLiteral(join(tableDirectory, ...path.split("/").map(decodeURIComponent))),
  );
  const names = key.map(quoteName).join(", ");
  const hive = partitionBy.some((name) => key.includes(name))
    ? "true, hive_types_autocast = false"
    : "false";
  const [row] = await engine.all(
    `SELECT (SELECT count(*) FROM read_parquet([${paths.join(", ")}], hive_partitioning = ${hive})) - (SELECT count(*) FROM (SELECT ${names} FROM read_parquet([${paths.join(", ")}], hive_partitioning = ${hive}) GROUP BY ${names}))`,
  );
  return Number(row?.[0] ?? 0);
}
