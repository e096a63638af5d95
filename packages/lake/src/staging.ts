import { mkdir, open, rm } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { createId, syncFolder } from "@souk/core";
import type { AddFile } from "./delta/actions.ts";
import { COLUMNS_TAG } from "./delta/snapshot.ts";
import type { Engine } from "./engine.ts";
import { quoteLiteral, quoteName } from "./quoting.ts";

/** Where and how `stageFiles` writes. */
export interface StagingOptions {
  readonly tableDirectory: string;
  readonly partitionBy: readonly string[];
  /** Number of columns of the table's stored schema. */
  readonly columnCount: number;
  readonly nowMs: number;
  /** zstd level: 1 for ingest (bench/ingest: 25 % less time, 18 % larger), 3 when files are rewritten anyway. */
  readonly level?: number;
  readonly signal?: AbortSignal;
}

/**
 * Writes the rows of a query as data files of a table, on the disk when this returns, not yet part of the table.
 * Memory does not grow with the rows: partitions are flushed every 65,536 rows per thread.
 */
export async function stageFiles(
  engine: Engine,
  select: string,
  { tableDirectory, partitionBy, columnCount, nowMs, level = 1, signal }: StagingOptions,
): Promise<AddFile[]> {
  await mkdir(tableDirectory, { recursive: true });
  // Names sort by time, so that reading files in order of name gives rows in order of arrival.
  const stamp = createId("part", { now: () => nowMs });
  const layout =
    partitionBy.length > 0
      ? `PARTITION_BY (${partitionBy.map(quoteName).join(", ")}), WRITE_PARTITION_COLUMNS false`
      : undefined;
  const target = layout === undefined ? join(tableDirectory, `${stamp}.parquet`) : tableDirectory;
  const rows = await engine.with(
    async (connection) => {
      await connection.run("SET preserve_insertion_order = false");
      const reader = await connection.runAndReadAll(
        `COPY (${select}) TO ${quoteLiteral(target)} (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL ${level}, ${layout === undefined ? "" : `${layout}, APPEND true, FILENAME_PATTERN '${stamp}-{uuid}', `}RETURN_STATS true)`,
      );
      return reader.getRowObjectsJson();
    },
    { signal },
  );
  const adds: AddFile[] = [];
  const folders = new Set<string>([tableDirectory]);
  for (const row of rows) {
    const path = typeof row["filename"] === "string" ? row["filename"] : "";
    folders.add(dirname(path));
    const count = Number(row["count"]);
    if (count === 0) {
      await rm(path, { force: true });
      continue;
    }
    await syncFile(path);
    adds.push({
      path: relative(tableDirectory, path).split("/").map(encodePathPart).join("/"),
      partitionValues: partitionValues(row["partition_keys"], partitionBy),
      size: Number(row["file_size_bytes"]),
      modificationTime: nowMs,
      dataChange: true,
      stats: JSON.stringify({ numRecords: count }),
      tags: { [COLUMNS_TAG]: String(columnCount) },
    });
  }
  for (const folder of folders)
    for (const parent of upTo(folder, tableDirectory)) await syncFolder(parent);
  return adds;
}

/** Flushes one file to the disk. */
export async function syncFile(path: string): Promise<void> {
  const file = await open(path, "r");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

function upTo(folder: string, root: string): string[] {
  return folder === root || !folder.startsWith(root)
    ? [folder]
    : [folder, ...upTo(dirname(folder), root)];
}

function encodePathPart(part: string): string {
  return encodeURIComponent(part).replaceAll("%3D", "=");
}

function partitionValues(
  keys: unknown,
  partitionBy: readonly string[],
): Record<string, string | null> {
  const values: Record<string, string | null> = {};
  for (const name of partitionBy) values[name] = null;
  if (!Array.isArray(keys)) return values;
  for (const entry of keys as readonly unknown[]) {
    if (typeof entry !== "object" || entry === null || !("key" in entry) || !("value" in entry))
      continue;
    if (typeof entry.key === "string")
      values[entry.key] = typeof entry.value === "string" ? entry.value : null;
  }
  return values;
}
