import { SoukError } from "@souk/core";
import type { Sql } from "@souk/store";
import { placeholders, readPairs } from "./pairs.ts";

/** Where a run is in its life; only `running` ones have a process. */
export type RunStatus = "running" | "finished" | "failed" | "interrupted" | "cancelled";

/** One value of one metric. */
export interface MetricPoint {
  readonly key: string;
  /** NaN is kept; infinities become the largest double, as in MLflow. */
  readonly value: number;
  readonly step: number;
  /** Epoch ms. */
  readonly timestamp: number;
}

/** Exactly which rows a run learned from. */
export interface RunData {
  readonly dataset: string;
  readonly version: number;
  readonly hash: string;
}

/** The state of the working copy a run was started from. */
export interface GitState {
  readonly commit: string;
  readonly branch?: string;
  readonly dirty?: boolean;
}

/** One execution of something that logs. */
export interface Run {
  readonly id: string;
  /** Name of the experiment. */
  readonly experiment: string;
  readonly experimentId: string;
  readonly name: string;
  readonly status: RunStatus;
  /** Epoch ms. */
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly heartbeatAt: number;
  /** How many processes have worked on it: 1, and one more for each `resume`. */
  readonly attempts: number;
  readonly pid?: number;
  readonly params: Readonly<Record<string, string>>;
  /** The latest value of each metric: highest step, then latest time. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly data?: RunData;
  readonly command?: string;
  readonly git?: GitState;
  readonly task?: string;
  readonly family?: string;
  /** The run this one is a part of. */
  readonly parentId?: string;
  /** The run this one continues. */
  readonly resumedFrom?: string;
  readonly createdBy?: string;
  readonly error?: string;
  readonly removed: boolean;
}

interface RunRow {
  id: string;
  experiment: string;
  experiment_id: string;
  name: string;
  status: RunStatus;
  started_at: number;
  ended_at: number | null;
  heartbeat_at: number;
  attempts: number;
  pid: number | null;
  command: string | null;
  git: string | null;
  task: string | null;
  family: string | null;
  data_dataset: string | null;
  data_version: number | null;
  data_hash: string | null;
  parent_id: string | null;
  resumed_from: string | null;
  created_by: string | null;
  error: string | null;
  removed_at: number | null;
}

/** The runs of `ids`, in that order; unknown ones are left out. */
export async function readRuns(sql: Sql, ids: readonly string[]): Promise<Run[]> {
  if (ids.length === 0) return [];
  const rows = await sql.all<RunRow>(
    `SELECT r.*, e.name AS experiment FROM runs r JOIN experiments e ON e.id = r.experiment_id
     WHERE r.id IN (${placeholders(ids)})`,
    ids,
  );
  const params = await readPairs(sql, { table: "run_params", owner: "run_id" }, ids);
  const tags = await readPairs(sql, { table: "run_tags", owner: "run_id" }, ids);
  const latest = await readLatest(sql, ids);
  const runs = new Map(
    rows.map((row) => {
      const metrics = (latest.get(row.id) ?? []).map(({ key, value }) => [key, value] as const);
      return [
        row.id,
        {
          ...plainRun(row),
          params: params.get(row.id) ?? {},
          tags: tags.get(row.id) ?? {},
          metrics: Object.fromEntries(metrics),
        },
      ];
    }),
  );
  return ids.flatMap((id) => runs.get(id) ?? []);
}

/** One run. @throws SoukError `TRACKING_RUN_UNKNOWN`. */
export async function readRun(sql: Sql, id: string): Promise<Run> {
  const [run] = await readRuns(sql, [id]);
  if (run === undefined) throw unknownRun(id);
  return run;
}

/** The error of a run that is not there. */
export function unknownRun(id: string): SoukError {
  return new SoukError(
    "TRACKING_RUN_UNKNOWN",
    `there is no run ${JSON.stringify(id.slice(0, 100))}`,
  );
}

/** The latest point of each metric of each run, by key. */
export async function readLatest(
  sql: Sql,
  ids: readonly string[],
): Promise<Map<string, MetricPoint[]>> {
  const found = new Map<string, MetricPoint[]>(ids.map((id) => [id, []]));
  const rows = await sql.all<PointRow & { run_id: string }>(
    `SELECT run_id, key, value, is_nan, step, at FROM run_latest_metrics
     WHERE run_id IN (${placeholders(ids)}) ORDER BY key`,
    ids,
  );
  for (const row of rows) found.get(row.run_id)?.push(plainPoint(row));
  return found;
}

/** A row of a metric table. */
export interface PointRow {
  key: string;
  value: number;
  is_nan: number;
  step: number;
  at: number;
}

/** A point as callers see it. */
export function plainPoint({ key, value, is_nan, step, at }: PointRow): MetricPoint {
  return { key, value: is_nan === 1 ? Number.NaN : value, step, timestamp: at };
}

function plainRun(row: RunRow): Omit<Run, "params" | "metrics" | "tags"> {
  const data =
    row.data_dataset === null
      ? {}
      : {
          data: {
            dataset: row.data_dataset,
            version: row.data_version ?? 0,
            hash: row.data_hash ?? "",
          },
        };
  return {
    id: row.id,
    experiment: row.experiment,
    experimentId: row.experiment_id,
    name: row.name,
    status: row.status,
    startedAt: row.started_at,
    heartbeatAt: row.heartbeat_at,
    attempts: row.attempts,
    removed: row.removed_at !== null,
    ...data,
    ...(row.git === null ? {} : { git: JSON.parse(row.git) as GitState }),
    ...present({
      endedAt: row.ended_at,
      pid: row.pid,
      command: row.command,
      task: row.task,
      family: row.family,
      parentId: row.parent_id,
      resumedFrom: row.resumed_from,
      createdBy: row.created_by,
      error: row.error,
    }),
  };
}

/** The members that are not null, so that an absent fact is an absent member. */
export function present<T extends object>(
  members: T,
): { [K in keyof T]?: Exclude<T[K], null | undefined> } {
  const kept = Object.entries(members).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(kept) as { [K in keyof T]?: Exclude<T[K], null | undefined> };
}
