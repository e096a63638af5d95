import { join } from "node:path";
import { sha256, SoukError } from "@souk/core";
import { BATCH_COLUMN } from "../shape.ts";
import type { Action, AddFile, RemoveFile, TableMetadata, TableProtocol } from "./actions.ts";
import { readCheckpoint } from "./checkpoint.ts";
import { commitMark, listLog, readCommit } from "./log.ts";
import { schemaFromDelta, type TableColumn } from "./schema.ts";

/** A data file of a snapshot. */
export interface SnapshotFile {
  /** Absolute. */
  readonly path: string;
  readonly rows: number;
  readonly sizeBytes: number;
  /** Value of each partition column as text; `null` for an empty one. */
  readonly partitionValues: Readonly<Record<string, string | null>>;
  /** Whether the file lacks columns that were added to the table after it was written. */
  readonly lacksColumns: boolean;
  /** The action of the log that added it. */
  readonly add: AddFile;
}

/** A table as it was after one commit. Immutable: later commits do not change it. */
export interface Snapshot {
  readonly tableDirectory: string;
  readonly version: number;
  /** In ascending order of path: reading them in order is deterministic. */
  readonly files: readonly SnapshotFile[];
  readonly rows: number;
  readonly sizeBytes: number;
  /** The columns people see, in order: without the hidden `_batch`. */
  readonly schema: readonly TableColumn[];
  /** The columns as stored, with `_batch`. */
  readonly storedSchema: readonly TableColumn[];
  readonly partitionBy: readonly string[];
  /** SHA-256 of the sorted relative paths and sizes of the files: equal hashes mean equal data. */
  readonly hash: string;
  readonly metadata: TableMetadata;
  /** Last version of each Delta `txn`. Odd: the batch is in the table; even: it was undone. */
  readonly transactions: ReadonlyMap<string, number>;
}

/** What replaying a log gives. */
export interface LogState {
  readonly version: number;
  readonly files: ReadonlyMap<string, AddFile>;
  readonly tombstones: ReadonlyMap<string, RemoveFile>;
  readonly transactions: ReadonlyMap<string, { version: number; lastUpdated: number }>;
  readonly metadata: TableMetadata | undefined;
  readonly protocol: TableProtocol | undefined;
}

const EMPTY: LogState = {
  version: -1,
  files: new Map(),
  tombstones: new Map(),
  transactions: new Map(),
  metadata: undefined,
  protocol: undefined,
};

/** Remembers the newest state of tables, so that a new snapshot costs only the commits since the last. */
export class SnapshotCache {
  readonly #states = new Map<string, { state: LogState; mark: string; snapshot?: Snapshot }>();

  /** The state remembered for a table, if its log is still the same one. */
  async recall(
    tableDirectory: string,
  ): Promise<{ state: LogState; snapshot?: Snapshot } | undefined> {
    const entry = this.#states.get(tableDirectory);
    if (entry === undefined) return undefined;
    if ((await commitMark(tableDirectory, entry.state.version)) === entry.mark) return entry;
    this.#states.delete(tableDirectory);
    return undefined;
  }

  /** Remembers a state, unless a newer one of the same log is there. */
  async remember(tableDirectory: string, state: LogState, snapshot?: Snapshot): Promise<void> {
    const mark = await commitMark(tableDirectory, state.version);
    if (mark === undefined) return;
    const held = this.#states.get(tableDirectory);
    if (held !== undefined && held.state.version > state.version) return;
    this.#states.set(tableDirectory, { state, mark, snapshot });
  }
}

/**
 * Reads a table as it is now, or as it was after commit `version`.
 * A running writer is never in the way: a commit is one file that is complete from its first moment.
 * @throws SoukError `LAKE_NO_TABLE`, `LAKE_NO_VERSION`, `LAKE_PROTOCOL` (written by a newer Delta), `LAKE_LOG_INVALID`.
 */
export async function readSnapshot(
  tableDirectory: string,
  { version, cache }: { version?: number; cache?: SnapshotCache } = {},
): Promise<Snapshot> {
  const held = version === undefined ? await cache?.recall(tableDirectory) : undefined;
  const state = await readLogState(tableDirectory, { version, cache });
  if (state.version < 0)
    throw new SoukError(
      "LAKE_NO_TABLE",
      `expected a dataset "${tableName(tableDirectory)}", there is none`,
    );
  if (held?.snapshot !== undefined && held.state === state) return held.snapshot;
  const snapshot = snapshotOf(tableDirectory, state);
  if (version === undefined) await cache?.remember(tableDirectory, state, snapshot);
  return snapshot;
}

/** Replays the log; `version` -1 in the answer means that there is no table. */
export async function readLogState(
  tableDirectory: string,
  { version, cache }: { version?: number; cache?: SnapshotCache } = {},
): Promise<LogState> {
  const held = (await cache?.recall(tableDirectory))?.state;
  const start =
    held !== undefined && held.version <= (version ?? Infinity)
      ? held
      : await startOf(tableDirectory, version);
  const state = await replay(tableDirectory, start, version ?? Infinity);
  if (version !== undefined && state.version !== version)
    throw new SoukError(
      "LAKE_NO_VERSION",
      `expected version 0 to ${state.version} of "${tableName(tableDirectory)}", got ${version}`,
    );
  if (version === undefined && state.version >= 0 && state !== held)
    await cache?.remember(tableDirectory, state);
  return state;
}

/** The snapshot of a replayed state. */
export function snapshotOf(tableDirectory: string, state: LogState): Snapshot {
  const { metadata, protocol } = state;
  if (metadata === undefined || protocol === undefined)
    throw new SoukError(
      "LAKE_LOG_INVALID",
      `"${tableName(tableDirectory)}": expected metaData and protocol in the log`,
    );
  if (protocol.minReaderVersion > 1)
    throw new SoukError(
      "LAKE_PROTOCOL",
      `"${tableName(tableDirectory)}": expected Delta reader version 1, got ${protocol.minReaderVersion}`,
    );
  const storedSchema = schemaFromDelta(metadata.schemaString);
  const adds = [...state.files.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const files = adds.map((add) => snapshotFile(tableDirectory, add, storedSchema.length));
  return {
    tableDirectory,
    version: state.version,
    files,
    rows: files.reduce((sum, file) => sum + file.rows, 0),
    sizeBytes: files.reduce((sum, file) => sum + file.sizeBytes, 0),
    schema: storedSchema.filter(({ name }) => name !== BATCH_COLUMN),
    storedSchema,
    partitionBy: metadata.partitionColumns,
    hash: sha256(adds.map(({ path, size }) => `${path}\t${size}\n`).join("")),
    metadata,
    transactions: new Map([...state.transactions].map(([appId, { version }]) => [appId, version])),
  };
}

/** Name of the tag of a data file that says how many columns its table had when it was written. */
export const COLUMNS_TAG = "souk.columns";

function snapshotFile(tableDirectory: string, add: AddFile, columns: number): SnapshotFile {
  const segments = add.path.split("/").map(decodeURIComponent);
  if (
    add.path.includes("://") ||
    add.path.startsWith("/") ||
    segments.some((part) => part === ".." || part.includes("/"))
  )
    throw new SoukError(
      "LAKE_LOG_INVALID",
      `expected a data file inside the table, got "${add.path}"`,
    );
  const written = add.tags?.[COLUMNS_TAG];
  return {
    path: join(tableDirectory, ...segments),
    rows: rowsOf(add),
    sizeBytes: add.size,
    partitionValues: add.partitionValues,
    lacksColumns: written === undefined || written === null || Number(written) !== columns,
    add,
  };
}

function rowsOf(add: AddFile): number {
  const stats: unknown = JSON.parse(add.stats ?? "null");
  if (
    typeof stats === "object" &&
    stats !== null &&
    "numRecords" in stats &&
    typeof stats.numRecords === "number"
  )
    return stats.numRecords;
  throw new SoukError("LAKE_LOG_INVALID", `expected stats.numRecords of "${add.path}"`);
}

async function startOf(tableDirectory: string, version: number | undefined): Promise<LogState> {
  const { checkpoints } = await listLog(tableDirectory);
  const usable = checkpoints.findLast((checkpoint) => checkpoint.version <= (version ?? Infinity));
  if (usable === undefined) return EMPTY;
  return applyCommit(EMPTY, await readCheckpoint(usable.parts), usable.version);
}

async function replay(tableDirectory: string, start: LogState, last: number): Promise<LogState> {
  const commits: Action[][] = [];
  while (start.version + commits.length < last) {
    const actions = await readCommit(tableDirectory, start.version + commits.length + 1);
    if (actions === undefined) break;
    commits.push(actions);
  }
  return commits.length === 0 ? start : applyCommits(start, commits);
}

function applyCommits(start: LogState, commits: readonly (readonly Action[])[]): LogState {
  return applyCommit(start, commits.flat(), start.version + commits.length);
}

function applyCommit(state: LogState, actions: readonly Action[], version: number): LogState {
  const files = new Map(state.files);
  const tombstones = new Map(state.tombstones);
  const transactions = new Map(state.transactions);
  let { metadata, protocol } = state;
  for (const { add, remove, txn, metaData, protocol: asked } of actions) {
    if (add) {
      files.set(add.path, add);
      tombstones.delete(add.path);
    }
    if (remove) {
      files.delete(remove.path);
      tombstones.set(remove.path, remove);
    }
    if (txn)
      transactions.set(txn.appId, { version: txn.version, lastUpdated: txn.lastUpdated ?? 0 });
    if (metaData) metadata = metaData;
    if (asked) protocol = asked;
  }
  return { version, files, tombstones, transactions, metadata, protocol };
}

function tableName(tableDirectory: string): string {
  return tableDirectory.split("/").at(-1) ?? tableDirectory;
}
