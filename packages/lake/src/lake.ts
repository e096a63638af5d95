import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Clock, systemClock } from "@souk/core";
import {
  type DatasetDescription,
  type DatasetSummary,
  describeDataset,
  listDatasets,
} from "./catalogue.ts";
import { type LakeContext, snapshotOfDataset } from "./context.ts";
import { type Snapshot, SnapshotCache } from "./delta/snapshot.ts";
import { Engine } from "./engine.ts";
import { dryRunSource, type DryRunReport } from "./ingest/dry-run.ts";
import { type IngestOptions, ingestSource } from "./ingest/ingest.ts";
import type { IngestReport } from "./ingest/report.ts";
import { type QuarantinedRow, quarantinedRows } from "./ingest/quarantine.ts";
import { type ReplayOptions, replayRows } from "./ingest/replay.ts";
import type { IngestSource } from "./ingest/source.ts";
import { type CompactReport, compactTable, vacuumTable } from "./maintenance.ts";
import { type ColumnBatch, type ReadOptions, readRows } from "./read.ts";
import type { DatasetShape } from "./shape.ts";
import { undoBatch, type UndoReport } from "./undo.ts";

/** A folder of datasets. Safe to open from several processes at once. */
export interface Lake {
  /** The datasets, by name. */
  list(): Promise<DatasetSummary[]>;
  /** One dataset with its batches, history and partitions. */
  describe(name: string, options?: { version?: number }): Promise<DatasetDescription>;
  /** Adds a source to a dataset as one batch; see `ingestSource` for errors. */
  ingest(name: string, source: IngestSource, options?: IngestOptions): Promise<IngestReport>;
  /** Says what an ingest would do; writes nothing. */
  dryRun(name: string, source: IngestSource, options?: IngestOptions): Promise<DryRunReport>;
  /** Rows waiting in quarantine, at most `limit` (default 1,000). */
  quarantine(name: string, options?: { limit?: number; batch?: string }): Promise<QuarantinedRow[]>;
  /** Ingests quarantined rows again, with fixes. */
  replay(name: string, options?: ReplayOptions): Promise<IngestReport>;
  /** Takes a batch out as if it had never been. */
  undo(name: string, batchId: string): Promise<UndoReport>;
  /** Merges small files. */
  compact(name: string): Promise<CompactReport>;
  /** Removes files that no version of the last `olderThanMs` (default a week) needs. */
  vacuum(name: string, options?: { olderThanMs?: number }): Promise<{ filesRemoved: number }>;
  /** Streams columns in an order fixed by the version. */
  read(name: string, options: ReadOptions): AsyncIterable<ColumnBatch>;
  /** The dataset's files, schema and data hash. */
  snapshot(name: string, options?: { version?: number }): Promise<Snapshot>;
  /** Adds column batches to a dataset as one batch. */
  write(
    name: string,
    shape: DatasetShape,
    rows: AsyncIterable<ColumnBatch> | Iterable<ColumnBatch>,
    options?: Omit<IngestOptions, "shape" | "format" | "mapping">,
  ): Promise<IngestReport>;
  close(): Promise<void>;
}

/**
 * Opens the lake in a folder, which is made when missing. DuckDB starts with the first call that needs it.
 * @param memoryLimit of DuckDB, such as `1GB`, default `2GB`: what exceeds it goes to `temporaryDirectory` (default `<directory>/.tmp`).
 */
export function openLake({
  directory,
  threads,
  memoryLimit,
  clock = systemClock,
  temporaryDirectory = join(directory, ".tmp"),
}: {
  directory: string;
  threads?: number;
  memoryLimit?: string;
  clock?: Clock;
  temporaryDirectory?: string;
}): Lake {
  const root = resolve(directory);
  mkdirSync(root, { recursive: true });
  const engine = new Engine({
    threads,
    memoryLimit,
    temporaryDirectory: resolve(temporaryDirectory),
  });
  const context: LakeContext = {
    directory: root,
    engine,
    clock,
    cache: new SnapshotCache(),
    serially: serialWork(),
  };
  return {
    list: async () => listDatasets(context),
    describe: async (name, { version } = {}) => describeDataset(context, name, version),
    ingest: async (name, source, options) => ingestSource(context, { name, source }, options),
    dryRun: async (name, source, options) => dryRunSource(context, { name, source }, options),
    quarantine: async (name, { limit = 1000, batch } = {}) => {
      const rows: QuarantinedRow[] = [];
      if (limit <= 0) return rows;
      for await (const row of quarantinedRows(await snapshotOfDataset(context, name), { batch })) {
        rows.push(row);
        if (rows.length >= limit) break;
      }
      return rows;
    },
    replay: async (name, options) => replayRows(context, name, options),
    undo: async (name, batchId) => undoBatch(context, name, batchId),
    compact: async (name) => compactTable(context, name),
    vacuum: async (name, options) => vacuumTable(context, name, options),
    read: (name, options) => readRows(context, name, options),
    snapshot: async (name, { version } = {}) => snapshotOfDataset(context, name, version),
    write: async (name, shape, rows, options) =>
      ingestSource(
        context,
        { name, source: { kind: "stream", stream: jsonLines(rows), fileName: "rows.jsonl" } },
        { ...options, shape, format: "jsonl" },
      ),
    close: async () => engine.close(),
  };
}

function serialWork(): LakeContext["serially"] {
  const tails = new Map<string, Promise<unknown>>();
  return async (name, work) => {
    const before = tails.get(name) ?? Promise.resolve();
    const mine = before.then(work, work);
    // The next in line only waits for this one; its failure belongs to its own caller.
    tails.set(
      name,
      mine.catch(() => undefined),
    );
    return mine;
  };
}

async function* jsonLines(
  batches: AsyncIterable<ColumnBatch> | Iterable<ColumnBatch>,
): AsyncGenerator<Uint8Array> {
  for await (const { length, columns } of batches) {
    const names = Object.keys(columns);
    const lines: string[] = [];
    for (let i = 0; i < length; i++) {
      const row: Record<string, unknown> = {};
      for (const name of names) row[name] = columns[name]?.[i] ?? null;
      lines.push(JSON.stringify(row));
    }
    if (lines.length > 0) yield Buffer.from(`${lines.join("\n")}\n`);
  }
}
