import { readdir } from "node:fs/promises";
import { errorCode } from "@souk/core";
import { isLive, type LakeContext, shapeOfTable, snapshotOfDataset } from "./context.ts";
import { readCommit } from "./delta/log.ts";
import type { TableColumn } from "./delta/schema.ts";
import type { Snapshot } from "./delta/snapshot.ts";
import { batchesOf, type CommitInfo, historyOf, type LoggedBatch } from "./history.ts";
import { countQuarantined } from "./ingest/quarantine.ts";

/** A dataset in the catalogue. */
export interface DatasetSummary {
  readonly name: string;
  readonly description?: string;
  readonly version: number;
  readonly rows: number;
  readonly sizeBytes: number;
  readonly files: number;
  /** Distinct values of the partition columns. */
  readonly partitions: number;
  readonly columns: readonly TableColumn[];
  /** Milliseconds since 1970 of the last commit. */
  readonly updatedAt: number;
  /** Rows waiting in quarantine. */
  readonly quarantined: number;
  readonly key: readonly string[];
  readonly partitionBy: readonly string[];
}

/** A batch of a dataset. */
export interface BatchInfo extends LoggedBatch {
  /** Its rows were taken out again. */
  readonly undone: boolean;
}

/** The rows of one partition. */
export interface PartitionInfo {
  readonly values: Readonly<Record<string, string | null>>;
  readonly rows: number;
  readonly files: number;
  readonly sizeBytes: number;
}

/** Everything the catalogue knows of a dataset. */
export interface DatasetDescription extends DatasetSummary {
  readonly batches: readonly BatchInfo[];
  readonly history: readonly CommitInfo[];
  readonly partitionList: readonly PartitionInfo[];
}

/** The datasets of a lake, by name. */
export async function listDatasets(context: LakeContext): Promise<DatasetSummary[]> {
  let names: string[];
  try {
    const entries = await readdir(context.directory, { withFileTypes: true });
    names = entries
      .filter((entry) => entry.isDirectory() && /^[a-z]/i.test(entry.name))
      .map(({ name }) => name);
  } catch (cause) {
    if (errorCode(cause) === "ENOENT") return [];
    throw cause;
  }
  const found: DatasetSummary[] = [];
  for (const name of names.toSorted()) {
    try {
      found.push(await summaryOf(name, await snapshotOfDataset(context, name)));
    } catch (cause) {
      // A folder without a log is the leftover of a writer that died before its first commit.
      if (errorCode(cause) !== "LAKE_NO_TABLE") throw cause;
    }
  }
  return found;
}

/** One dataset with its batches, history and partitions, now or as of `version`. */
export async function describeDataset(
  context: LakeContext,
  name: string,
  version?: number,
): Promise<DatasetDescription> {
  const snapshot = await snapshotOfDataset(context, name, version);
  const until = <T extends { version: number }>(items: readonly T[]) =>
    items.filter((item) => item.version <= snapshot.version);
  const batches = until(await batchesOf(snapshot.tableDirectory));
  return {
    ...(await summaryOf(name, snapshot)),
    batches: batches.map((batch) => ({
      ...batch,
      undone: !isLive(snapshot.transactions, batch.token),
    })),
    history: until(await historyOf(snapshot.tableDirectory)),
    partitionList: partitionsOf(snapshot),
  };
}

async function summaryOf(name: string, snapshot: Snapshot): Promise<DatasetSummary> {
  const shape = shapeOfTable(snapshot)?.shape;
  const last = (await readCommit(snapshot.tableDirectory, snapshot.version))?.find(
    (action) => action.commitInfo,
  )?.commitInfo;
  return {
    name,
    ...(shape?.description === undefined ? {} : { description: shape.description }),
    version: snapshot.version,
    rows: snapshot.rows,
    sizeBytes: snapshot.sizeBytes,
    files: snapshot.files.length,
    partitions: snapshot.partitionBy.length === 0 ? 0 : partitionsOf(snapshot).length,
    columns: snapshot.schema,
    updatedAt: last?.timestamp ?? 0,
    quarantined: await countQuarantined(snapshot),
    key: shape?.key ?? [],
    partitionBy: snapshot.partitionBy,
  };
}

function partitionsOf(snapshot: Snapshot): PartitionInfo[] {
  const found = new Map<
    string,
    {
      values: Readonly<Record<string, string | null>>;
      rows: number;
      files: number;
      sizeBytes: number;
    }
  >();
  if (snapshot.partitionBy.length === 0) return [];
  for (const { partitionValues, rows, sizeBytes } of snapshot.files) {
    const id = JSON.stringify(snapshot.partitionBy.map((name) => partitionValues[name]));
    const entry = found.get(id) ?? { values: partitionValues, rows: 0, files: 0, sizeBytes: 0 };
    found.set(id, {
      ...entry,
      rows: entry.rows + rows,
      files: entry.files + 1,
      sizeBytes: entry.sizeBytes + sizeBytes,
    });
  }
  return [...found].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, partition]) => partition);
}
