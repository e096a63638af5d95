import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { type Clock, putFileIfAbsent, SoukError, syncFolder, systemClock } from "@souk/core";
import { dirname } from "node:path";
import type { Action, AddFile, RemoveFile, TableMetadata } from "./actions.ts";
import { writeCheckpoint } from "./checkpoint.ts";
import { commitPath, logFolder } from "./log.ts";
import { type LogState, readLogState, type SnapshotCache } from "./snapshot.ts";

/** What a commit will do to the table as it stands. */
export interface CommitPlan {
  readonly operation: "WRITE" | "MERGE" | "OPTIMIZE" | "UNDO";
  readonly adds: readonly AddFile[];
  readonly removes?: readonly RemoveFile[];
  /** Set when the table is created or its schema changes. */
  readonly metadata?: Omit<TableMetadata, "id" | "createdTime">;
  readonly transactions?: readonly { readonly appId: string; readonly version: number }[];
  /** Kept in `commitInfo.souk`. */
  readonly summary?: unknown;
}

/** More losing attempts than any number of honest writers causes. */
const MAX_ATTEMPTS = 1000;

/** Log of about 200 kB between checkpoints for ordinary batches; replay of it takes some 10 ms. */
const CHECKPOINT_EVERY = 50;

/**
 * Commits to a table. `plan` is asked what to do given the table as it stands; when another writer takes the version
 * first it is asked again, so it must check there that what it relies on still holds. `undefined` means: nothing to do.
 * @returns the committed version, once it is on the disk.
 * @throws SoukError `LAKE_CONTENTION` after 1,000 lost races; whatever `plan` throws.
 */
export async function commit(
  tableDirectory: string,
  plan: (state: LogState) => CommitPlan | undefined | Promise<CommitPlan | undefined>,
  {
    clock = systemClock,
    cache,
    signal,
    checkpointEvery = CHECKPOINT_EVERY,
  }: { clock?: Clock; cache?: SnapshotCache; signal?: AbortSignal; checkpointEvery?: number } = {},
): Promise<number | undefined> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    signal?.throwIfAborted();
    const state = await readLogState(tableDirectory, { cache });
    const wanted = await plan(state);
    if (wanted === undefined) return undefined;
    if (state.version < 0) await makeLogFolder(tableDirectory);
    const version = state.version + 1;
    const lines = actionsOf(wanted, state, clock.now()).map((action) => JSON.stringify(action));
    signal?.throwIfAborted();
    if (!(await putFileIfAbsent(commitPath(tableDirectory, version), `${lines.join("\n")}\n`)))
      continue;
    if (version > 0 && version % checkpointEvery === 0)
      await checkpoint(tableDirectory, version, cache);
    return version;
  }
  throw new SoukError(
    "LAKE_CONTENTION",
    `expected to commit within ${MAX_ATTEMPTS} attempts, other writers were always first`,
  );
}

/** Writes a checkpoint of the table as it was after commit `version`. */
export async function checkpoint(
  tableDirectory: string,
  version: number,
  cache?: SnapshotCache,
): Promise<void> {
  try {
    const state = await readLogState(tableDirectory, { version, cache });
    await writeCheckpoint(tableDirectory, version, checkpointActions(state));
  } catch (cause) {
    // The commit is durable and the checkpoint only saves time, so this is a warning and not the writer's failure.
    process.emitWarning(
      new SoukError("LAKE_CHECKPOINT", `no checkpoint after commit ${version}: ${String(cause)}`, {
        cause,
      }),
    );
  }
}

/** The tombstone of a data file. */
export function removal(
  add: AddFile,
  { dataChange, nowMs }: { dataChange: boolean; nowMs: number },
): RemoveFile {
  return {
    path: add.path,
    deletionTimestamp: nowMs,
    dataChange,
    extendedFileMetadata: true,
    partitionValues: add.partitionValues,
    size: add.size,
  };
}

function actionsOf(plan: CommitPlan, state: LogState, nowMs: number): Action[] {
  const actions: Action[] = [
    {
      commitInfo: {
        timestamp: nowMs,
        operation: plan.operation,
        engineInfo: "souk",
        souk: plan.summary,
      },
    },
  ];
  if (state.protocol === undefined)
    actions.push({ protocol: { minReaderVersion: 1, minWriterVersion: 2 } });
  if (plan.metadata !== undefined)
    actions.push({
      metaData: {
        id: state.metadata?.id ?? randomUUID(),
        createdTime: state.metadata?.createdTime ?? nowMs,
        ...plan.metadata,
      },
    });
  for (const txn of plan.transactions ?? []) actions.push({ txn: { ...txn, lastUpdated: nowMs } });
  for (const remove of plan.removes ?? []) actions.push({ remove });
  for (const add of plan.adds) actions.push({ add });
  return actions;
}

function checkpointActions(state: LogState): Action[] {
  return [
    ...(state.protocol === undefined ? [] : [{ protocol: state.protocol }]),
    ...(state.metadata === undefined ? [] : [{ metaData: state.metadata }]),
    ...[...state.transactions].map(([appId, txn]) => ({ txn: { appId, ...txn } })),
    ...[...state.files.values()].map((add) => ({ add: { ...add, dataChange: false } })),
    ...[...state.tombstones.values()].map((remove) => ({
      remove: { ...remove, dataChange: false },
    })),
  ];
}

async function makeLogFolder(tableDirectory: string): Promise<void> {
  await mkdir(logFolder(tableDirectory), { recursive: true });
  await syncFolder(tableDirectory);
  await syncFolder(dirname(tableDirectory));
}
