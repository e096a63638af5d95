/**
 * Child process: every family of a task on the same test rows.
 *
 *   latest finished run of each family on this data ─► its model, loaded ─► test rows, scored once ─► ranks, verdict
 *                  └ none, and training was asked for ─► a training in a child of its own ─┘
 */
import { join } from "node:path";
import { errorMessage, SoukError, systemClock } from "@souk/core";
import { openLake } from "@souk/lake";
import {
  type ColumnBatch,
  examineModel,
  imageStore,
  leaderboard,
  type LeaderboardEntry,
  leaderboardVerdict,
  loadModel,
  type ModelCard,
  readTestRows,
  type Task,
} from "@souk/models";
import { openBlobs, openStore } from "@souk/store";
import { openTracking, type Run, type Tracking } from "@souk/tracking";
import { runInChild } from "./child.ts";
import { serveParent } from "./child-side.ts";
import type { LeaderboardWork } from "./leaderboard-plan.ts";
import { openLeaderboards, type TaskLeaderboard } from "./leaderboard-table.ts";
import { measureLatency } from "./measure-latency.ts";
import { openTaskRows, type TaskData } from "./task-rows.ts";

interface Tools {
  readonly signal: AbortSignal;
  readonly emit: (event: unknown) => void;
}

interface Missing {
  readonly family: string;
  readonly reason: string;
}

async function compute(work: LeaderboardWork, tools: Tools): Promise<TaskLeaderboard> {
  const { dataDirectory, task } = work;
  const store = await openStore({ path: join(dataDirectory, "souk.sqlite") });
  const blobs = await openBlobs({ directory: join(dataDirectory, "blobs") });
  const lake = openLake({ directory: join(dataDirectory, "lake") });
  try {
    const tracking = await openTracking({ store, blobs });
    const source = await openTaskRows(lake, task, { version: work.version });
    const { found, missing } = await runsOf(work, { tracking, data: source.data, tools });
    if (found.size === 0) throw nothingToRank(task, source.data, missing);
    tools.emit({ kind: "phase", phase: "read" });
    const rows = await readTestRows(task, source.rows());
    tools.emit({ kind: "phase", phase: "evaluate" });
    const measured = await measureAll(work, { found, tracking, rows, tools });
    const allMissing = [...missing, ...measured.missing];
    if (measured.entries.length === 0) throw nothingToRank(task, source.data, allMissing);
    const board = await boardOf(measured.entries, { tracking, found, task });
    const result = {
      ...board,
      data: source.data,
      missing: allMissing,
      computedAt: systemClock.now(),
    };
    await (await openLeaderboards(store)).put(result);
    return result;
  } finally {
    await lake.close();
    await store.close();
  }
}

/** The run of each family whose model is to be measured. */
async function runsOf(
  { task, families, trainings }: LeaderboardWork,
  { tracking, data, tools }: { tracking: Tracking; data: TaskData; tools: Tools },
): Promise<{ found: Map<string, Run>; missing: Missing[] }> {
  const found = await latestRuns(tracking, { task, families, data });
  const missing: Missing[] = [];
  for (const family of families) {
    if (found.has(family)) continue;
    const training = trainings[family];
    if (training === undefined) {
      missing.push({ family, reason: `no finished training on version ${data.version}` });
      continue;
    }
    tools.emit({ kind: "training", family });
    try {
      const request = { ...training, version: data.version };
      const result = await runInChild(new URL("training-job.ts", import.meta.url), request, {
        signal: tools.signal,
        onEvent: tools.emit,
      });
      // What `training-job.ts` returns.
      found.set(family, await tracking.runs.get((result as { runId: string }).runId));
    } catch (thrown) {
      tools.signal.throwIfAborted();
      missing.push({ family, reason: errorMessage(thrown) });
    }
  }
  return { found, missing };
}

/** Each family's latest finished training of the task on the same data; trials of studies leave no model. */
async function latestRuns(
  tracking: Tracking,
  { task, families, data }: { task: Task; families: readonly string[]; data: TaskData },
): Promise<Map<string, Run>> {
  const found = new Map<string, Run>();
  let cursor: string | undefined;
  do {
    const page = await tracking.runs.search({
      experiment: task.name,
      filter: "attributes.status = 'finished'",
      limit: 1000,
      ...(cursor !== undefined && { cursor }),
    });
    for (const run of page.items) {
      const { family = "" } = run;
      const fits = families.includes(family) && !found.has(family);
      if (fits && run.task === task.name && run.data?.hash === data.hash) found.set(family, run);
    }
    cursor = found.size < families.length ? page.nextCursor : undefined;
  } while (cursor !== undefined);
  // In the order of the families, whatever the order of the runs.
  return new Map(families.flatMap((family) => entryOf(found, family)));
}

function entryOf(runs: ReadonlyMap<string, Run>, family: string): [string, Run][] {
  const run = runs.get(family);
  return run === undefined ? [] : [[family, run]];
}

type Measured = LeaderboardEntry & { readonly batchLatencyMs: number };

async function measureAll(
  { task, dataDirectory }: LeaderboardWork,
  {
    found,
    tracking,
    rows,
    tools,
  }: { found: ReadonlyMap<string, Run>; tracking: Tracking; rows: ColumnBatch; tools: Tools },
): Promise<{ entries: Measured[]; missing: Missing[] }> {
  const images = imageStore(join(dataDirectory, "images"));
  const entries: Measured[] = [];
  const missing: Missing[] = [];
  for (const [family, run] of found) {
    tools.signal.throwIfAborted();
    tools.emit({ kind: "measuring", family });
    try {
      const folder = await tracking.runs.artifactDirectory(run.id, "model");
      const model = await loadModel(folder, { images });
      try {
        requireSameTask(task, model.card);
        const { report, outcomes } = await examineModel(model, task, rows);
        const { singleMs, batchMs } = await measureLatency(model, rows);
        const { sizeBytes } = model;
        const seconds = secondsOf(run);
        const entry = { family, report, outcomes, seconds, latencyMs: singleMs, sizeBytes };
        entries.push({ ...entry, batchLatencyMs: batchMs });
      } finally {
        model.close();
      }
    } catch (thrown) {
      missing.push({ family, reason: errorMessage(thrown) });
    }
  }
  return { entries, missing };
}

/** A model may have learnt from rows that another split or target puts into the test part. */
function requireSameTask(task: Task, { task: learnt }: ModelCard): void {
  const facts = ({ target, split, metric }: Task): string =>
    JSON.stringify([target, split, metric]);
  if (facts(learnt) === facts(task)) return;
  throw new SoukError(
    "LEADERBOARD_ROWS",
    `expected a model of the task as it is now, got one with another target, split or metric`,
  );
}

/** Of the training; runs of before it was logged are timed by their ends. */
function secondsOf({ metrics, startedAt, endedAt = startedAt }: Run): number {
  return metrics["seconds_total"] ?? (endedAt - startedAt) / 1000;
}

async function boardOf(
  entries: readonly Measured[],
  { tracking, found, task }: { tracking: Tracking; found: ReadonlyMap<string, Run>; task: Task },
): Promise<Omit<TaskLeaderboard, "data" | "missing" | "computedAt">> {
  const board = leaderboard(entries);
  const models = await tracking.registry.models();
  const versions = models.find(({ name }) => name === task.name)?.versions ?? [];
  const rows = board.rows.map((row) => {
    const runId = found.get(row.family)?.id ?? "";
    const version = versions.find((one) => one.runId === runId)?.version;
    const entry = entries.find(({ family }) => family === row.family);
    return {
      ...row,
      runId,
      ...(version !== undefined && { version }),
      metrics: entry?.report.metrics ?? {},
      batchLatencyMs: entry?.batchLatencyMs ?? NaN,
    };
  });
  return { ...board, rows, verdict: leaderboardVerdict(board) };
}

function nothingToRank(task: Task, data: TaskData, missing: readonly Missing[]): SoukError {
  const byReason = [...Map.groupBy(missing, (one) => one.reason)].map(
    ([reason, families]) => `${families.map(({ family }) => family).join(", ")}: ${reason}`,
  );
  return new SoukError(
    "LEADERBOARD_EMPTY",
    `expected a finished training of ${task.name} on version ${data.version} of ${data.dataset}; train families, or ask the leaderboard to. Got none of ${byReason.join("; ")}`,
  );
}

if (import.meta.main) {
  // The parent is this project's own process: the request is what `LeaderboardWork` says.
  serveParent((request, tools) => compute(request as LeaderboardWork, tools));
}
