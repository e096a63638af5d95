import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { discardFiles, type LakeContext, snapshotOfDataset, tableDirectoryOf } from "./context.ts";
import type { AddFile } from "./delta/actions.ts";
import { commit, removal } from "./delta/commit.ts";
import { relationOf } from "./delta/relation.ts";
import { readLogState, type Snapshot, type SnapshotFile, snapshotOf } from "./delta/snapshot.ts";
import { restage } from "./upsert.ts";

/** Files are packed up to this size, the usual one for Parquet on object stores. */
const TARGET_BYTES = 128 << 20;

/** A week: longer than any query or ingest runs. */
const RETENTION_MS = 7 * 24 * 3_600_000;

/** What a compaction did. */
export interface CompactReport {
  readonly version: number;
  readonly filesBefore: number;
  readonly filesAfter: number;
}

/** Merges the small files of every partition in one commit. Rows do not change; readers of older versions are not in the way. */
export async function compactTable(context: LakeContext, name: string): Promise<CompactReport> {
  const tableDirectory = tableDirectoryOf(context, name);
  return context.serially(name, async () => {
    const before = await snapshotOfDataset(context, name);
    const bins = packSmallFiles(before);
    if (bins.length === 0)
      return {
        version: before.version,
        filesBefore: before.files.length,
        filesAfter: before.files.length,
      };
    const adds: AddFile[] = [];
    for (const round of roundsOf(bins)) {
      const rows = relationOf(before, {
        columns: before.storedSchema.map((column) => column.name),
        files: round,
      });
      const staged = await restage(context, before, { select: `SELECT * FROM ${rows}`, level: 3 });
      adds.push(...staged.map((add) => ({ ...add, dataChange: false })));
    }
    const old = bins.flat().map(({ add }) => add);
    const version = await commit(
      tableDirectory,
      (state) => {
        // Another process took one of the files out: the merged copies would bring its rows back.
        if (old.some(({ path }) => !state.files.has(path))) return undefined;
        const nowMs = context.clock.now();
        return {
          operation: "OPTIMIZE",
          adds,
          removes: old.map((add) => removal(add, { dataChange: false, nowMs })),
          summary: { kind: "compact", filesBefore: old.length, filesAfter: adds.length },
        };
      },
      { clock: context.clock, cache: context.cache },
    );
    if (version === undefined) await discardFiles(tableDirectory, adds);
    const after = await snapshotOfDataset(context, name);
    return {
      version: after.version,
      filesBefore: before.files.length,
      filesAfter: after.files.length,
    };
  });
}

/**
 * Removes data files that no version newer than the retention needs: replaced ones, and leftovers of killed writers.
 * Time travel to versions older than that ends; undo of an upsert does not, its rows are kept apart.
 */
export async function vacuumTable(
  context: LakeContext,
  name: string,
  { olderThanMs = RETENTION_MS }: { olderThanMs?: number } = {},
): Promise<{ filesRemoved: number }> {
  const tableDirectory = tableDirectoryOf(context, name);
  const state = await readLogState(tableDirectory, { cache: context.cache });
  const live = new Set(snapshotOf(tableDirectory, state).files.map(({ path }) => path));
  const removedAt = new Map(
    [...state.tombstones.values()].map(({ path, deletionTimestamp }) => [
      join(tableDirectory, ...path.split("/").map(decodeURIComponent)),
      deletionTimestamp ?? 0,
    ]),
  );
  const limit = context.clock.now() - olderThanMs;
  let filesRemoved = 0;
  for (const path of await dataFilesUnder(tableDirectory)) {
    if (live.has(path)) continue;
    const { mtimeMs } = await stat(path);
    if (Math.max(mtimeMs, removedAt.get(path) ?? 0) > limit) continue;
    await rm(path, { force: true });
    filesRemoved++;
  }
  return { filesRemoved };
}

/** Groups of at least two small files of one partition, each group up to the target size. First-fit in order of size. */
function packSmallFiles(snapshot: Pick<Snapshot, "files">): SnapshotFile[][] {
  const open = new Map<string, { files: SnapshotFile[]; size: number }[]>();
  const small = snapshot.files.filter(({ sizeBytes }) => sizeBytes < TARGET_BYTES / 2);
  for (const file of small.toSorted((a, b) => b.sizeBytes - a.sizeBytes)) {
    const partition = JSON.stringify(file.partitionValues);
    const bins = open.get(partition) ?? [];
    const fit = bins.find(({ size }) => size + file.sizeBytes <= TARGET_BYTES);
    if (fit === undefined) bins.push({ files: [file], size: file.sizeBytes });
    else {
      fit.files.push(file);
      fit.size += file.sizeBytes;
    }
    open.set(partition, bins);
  }
  return [...open.values()]
    .flat()
    .map(({ files }) => files)
    .filter((files) => files.length > 1);
}

/** Files to rewrite together: one bin of each partition at a time, so that each bin becomes one file. */
function roundsOf(bins: readonly SnapshotFile[][]): SnapshotFile[][] {
  const rounds: SnapshotFile[][] = [];
  const used = new Map<string, number>();
  for (const bin of bins) {
    const partition = JSON.stringify(bin[0]?.partitionValues);
    const round = used.get(partition) ?? 0;
    used.set(partition, round + 1);
    (rounds[round] ??= []).push(...bin);
  }
  return rounds;
}

async function dataFilesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries) {
    if (/^[._]/.test(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...(await dataFilesUnder(path)));
    else if (entry.name.endsWith(".parquet")) found.push(path);
  }
  return found;
}
