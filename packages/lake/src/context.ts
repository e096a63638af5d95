import { mkdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, SoukError } from "@souk/core";
import type { AddFile } from "./delta/actions.ts";
import {
  readSnapshot,
  type LogState,
  type Snapshot,
  type SnapshotCache,
} from "./delta/snapshot.ts";
import type { Engine } from "./engine.ts";
import { checkDatasetName, checkShape, type DatasetShape } from "./shape.ts";

/** What the parts of an open lake share. */
export interface LakeContext {
  readonly directory: string;
  readonly engine: Engine;
  readonly cache: SnapshotCache;
  readonly clock: Clock;
  /** Runs work on one table after earlier work of this process on it, so that rewrites do not race each other. */
  serially<T>(name: string, work: () => Promise<T>): Promise<T>;
}

/** The folder of a dataset. */
export function tableDirectoryOf(context: LakeContext, name: string): string {
  return join(context.directory, checkDatasetName(name));
}

/** The snapshot of a dataset. */
export async function snapshotOfDataset(
  context: LakeContext,
  name: string,
  version?: number,
): Promise<Snapshot> {
  return readSnapshot(tableDirectoryOf(context, name), { version, cache: context.cache });
}

/** Name of the Delta transaction that says whether the rows of a batch are in the table. */
export function rowsTransaction(token: string): string {
  return `rows:${token}`;
}

/** Whether the rows written under `token` are in the table: its transaction is odd, an undo makes it even. */
export function isLive(
  transactions: ReadonlyMap<string, number | { version: number }>,
  token: string,
): boolean {
  const found = transactions.get(rowsTransaction(token));
  return (typeof found === "object" ? found.version : (found ?? 0)) % 2 === 1;
}

/** The shape a table was made with, and whether it was inferred from its first source. */
export function shapeOfTable(
  state: Pick<LogState, "metadata">,
): { shape: DatasetShape; inferred: boolean } | undefined {
  const text = state.metadata?.configuration?.["souk.shape"];
  if (text === undefined) return undefined;
  try {
    // checkShape checks what it reads of it; a hand-edited log gets its error.
    const shape = checkShape(JSON.parse(text) as DatasetShape);
    return { shape, inferred: state.metadata?.configuration?.["souk.inferred"] === "true" };
  } catch (cause) {
    throw new SoukError(
      "LAKE_LOG_INVALID",
      "expected souk.shape in the table's configuration to be a shape",
      { cause },
    );
  }
}

/** Removes staged files that no commit took. */
export async function discardFiles(
  tableDirectory: string,
  adds: readonly AddFile[],
): Promise<void> {
  for (const { path } of adds)
    await rm(join(tableDirectory, ...path.split("/").map(decodeURIComponent)), { force: true });
}

/** The folder of the rows that upserts replaced, one Parquet file per batch: what undo restores. */
export async function imageFolder(tableDirectory: string): Promise<string> {
  const folder = join(tableDirectory, "_undo");
  await mkdir(folder, { recursive: true });
  return folder;
}

/** Whether something is at a path. */
export async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}
