import { type Clock, createId, SoukError } from "@souk/core";
import type { Blobs, Sql, Store } from "@souk/store";
import { createArtifacts, type RunArtifacts } from "./artifacts.ts";
import { defaultExperiment, ensureExperiment, unknownExperiment } from "./experiments.ts";
import { checkKey, checkText, invalid, limits } from "./limits.ts";
import { placeholders } from "./pairs.ts";
import { identifyProcess, type ProcessIdentity } from "./process-identity.ts";
import { plainPoint, type PointRow, readLatest, readRun, unknownRun } from "./run.ts";
import type { GitState, MetricPoint, Run, RunData, RunStatus } from "./run.ts";
import { type RunBatch, writeBatch } from "./run-log.ts";
import { type Page, type RunSearch, searchRuns } from "./run-search.ts";

/** What is known when a run starts. */
export interface NewRun {
  /** Name of an experiment, created when nobody has; default "Default". */
  readonly experiment?: string;
  readonly experimentId?: string;
  /** Shown to people; default: the task and family, else the run's id. */
  readonly name?: string;
  readonly params?: Readonly<Record<string, string | number | boolean>>;
  readonly tags?: Readonly<Record<string, string>>;
  readonly data?: RunData;
  readonly command?: string;
  readonly git?: GitState;
  readonly task?: string;
  readonly family?: string;
  /** The process that does the work; without one, heartbeats alone show that the run lives. */
  readonly pid?: number;
  readonly parentId?: string;
  readonly resumedFrom?: string;
  readonly createdBy?: string;
  /** Epoch ms, default now. */
  readonly startedAt?: number;
}

/** Every method that names a run throws SoukError `TRACKING_RUN_UNKNOWN` when there is none. */
export interface Runs extends RunArtifacts {
  /** @throws SoukError `TRACKING_INVALID`, `TRACKING_EXPERIMENT_UNKNOWN`. */
  create(options: NewRun): Promise<Run>;
  get(id: string): Promise<Run>;
  /** Durable and atomic: everything is logged or nothing. @throws SoukError `TRACKING_INVALID`, `TRACKING_PARAM_CHANGED`. */
  logBatch(id: string, batch: RunBatch): Promise<void>;
  removeTag(id: string, key: string): Promise<void>;
  rename(id: string, name: string): Promise<void>;
  /** Says that the run's process lives. */
  heartbeat(id: string): Promise<void>;
  /** Ends the run, or corrects how it ended. `outcome` is the error for people to read, or that and when it ended. */
  finish(
    id: string,
    status: RunStatus,
    outcome?: string | { error?: string; endedAt?: number },
  ): Promise<Run>;
  /** Takes up a run that did not finish, with a new process. @throws SoukError `TRACKING_RUN_STATE` when it runs or is finished. */
  resume(id: string, pid: number): Promise<Run>;
  /** @throws SoukError `TRACKING_FILTER`, `TRACKING_CURSOR`. */
  search(search: RunSearch): Promise<Page<Run>>;
  /** Every point of one metric, by step then time. At most `limit` (default 100,000) after the first `offset`. */
  metricHistory(
    id: string,
    key: string,
    options?: { limit?: number; offset?: number },
  ): Promise<MetricPoint[]>;
  /** The latest point of each metric of each run. */
  latestMetrics(ids: readonly string[]): Promise<Map<string, MetricPoint[]>>;
  /** Hides a run from searches; `restore` shows it again. */
  remove(id: string): Promise<void>;
  restore(id: string): Promise<void>;
  /** Keeps the run's evaluation report (JSON, at most 16 MiB), replacing an earlier one. */
  logReport(id: string, report: object): Promise<void>;
  /** `undefined` when the run has none. */
  report(id: string): Promise<object | undefined>;
}

/** Hears of points that were logged. */
export type PointListener = (runId: string, points: readonly MetricPoint[]) => void;

/** The runs of a migrated store. */
export function createRuns({
  store,
  blobs,
  clock,
  onPoints,
}: {
  store: Store;
  blobs: Blobs;
  clock: Clock;
  onPoints?: PointListener | undefined;
}): Runs {
  const change = async (id: string, set: string, params: (string | number | null)[]) => {
    const { changes } = await store.run(`UPDATE runs SET ${set} WHERE id = ?`, [...params, id]);
    if (changes === 0) throw unknownRun(id);
  };
  return {
    ...createArtifacts({ store, blobs }),
    async create(options) {
      const worker = options.pid === undefined ? undefined : await identifyProcess(options.pid);
      const id = createId("run", clock);
      return store.transaction(async (sql) => {
        await insertRun(sql, id, { ...options, worker, clock });
        return readRun(sql, id);
      });
    },
    get: (id) => readRun(store, id),
    async logBatch(id, batch) {
      await store.transaction((sql) => writeBatch(sql, id, { ...batch, clock }));
      if (batch.metrics && batch.metrics.length > 0) onPoints?.(id, batch.metrics);
    },
    async removeTag(id, key) {
      await store.run("DELETE FROM run_tags WHERE run_id = ? AND key = ?", [id, key]);
    },
    rename: (id, name) => change(id, "name = ?", [checkText(name, "the run's name", limits.name)]),
    heartbeat: (id) => change(id, "heartbeat_at = ?", [clock.now()]),
    async finish(id, status, outcome = {}) {
      const { error, endedAt = clock.now() } =
        typeof outcome === "string" ? { error: outcome } : outcome;
      const ended = status === "running" ? null : endedAt;
      const note = error === undefined ? null : checkText(error.slice(0, limits.text), "the error");
      await change(id, "status = ?, ended_at = ?, error = ?", [status, ended, note]);
      return readRun(store, id);
    },
    async resume(id, pid) {
      const worker = await identifyProcess(pid);
      return store.transaction((sql) => takeUp(sql, id, { worker, now: clock.now() }));
    },
    search: (search) => searchRuns(store, search),
    metricHistory: (id, key, options) => history(store, { id, key, ...options }),
    latestMetrics: (ids) => readLatest(store, ids),
    remove: (id) => change(id, "removed_at = ?", [clock.now()]),
    restore: (id) => change(id, "removed_at = NULL", []),
    logReport: (id, report) => store.transaction((sql) => writeReport(sql, id, report)),
    async report(id) {
      const sql = "SELECT report FROM run_reports WHERE run_id = ?";
      const row = await store.get<{ report: string }>(sql, [id]);
      return row === undefined ? undefined : (JSON.parse(row.report) as object);
    },
  };
}

async function insertRun(
  sql: Sql,
  id: string,
  run: NewRun & { worker: ProcessIdentity | undefined; clock: Clock },
): Promise<void> {
  const { clock, worker, startedAt = clock.now() } = run;
  const columns = {
    id,
    experiment_id: await experimentOf(sql, run, clock),
    name: checkText(run.name ?? defaultName(run, id), "the run's name", limits.name),
    status: "running",
    started_at: startedAt,
    heartbeat_at: clock.now(),
    pid: worker?.pid ?? null,
    process_mark: worker?.mark ?? null,
    host: worker?.host ?? null,
    command: optional(run.command, "the command"),
    git: run.git === undefined ? null : checkText(JSON.stringify(run.git), "the git state"),
    task: optional(run.task, "the task"),
    family: optional(run.family, "the family"),
    data_dataset: optional(run.data?.dataset, "the dataset"),
    data_version: run.data?.version ?? null,
    data_hash: optional(run.data?.hash, "the data hash"),
    parent_id: await knownRun(sql, run.parentId),
    resumed_from: await knownRun(sql, run.resumedFrom),
    created_by: optional(run.createdBy, "the creator"),
  };
  await sql.run(
    `INSERT INTO runs (${Object.keys(columns).join(", ")}) VALUES (${placeholders(Object.keys(columns))})`,
    Object.values(columns),
  );
  const params = Object.entries(run.params ?? {}).map(([key, value]) => ({
    key,
    value: String(value),
  }));
  const tags = Object.entries(run.tags ?? {}).map(([key, value]) => ({ key, value }));
  await writeBatch(sql, id, { params, tags, clock });
}

function defaultName({ task, family }: NewRun, id: string): string {
  return task === undefined ? id : [task, family].filter(Boolean).join(" ");
}

function optional(text: string | undefined, what: string): string | null {
  return text === undefined ? null : checkText(text, what);
}

async function experimentOf(sql: Sql, run: NewRun, clock: Clock): Promise<string> {
  if (run.experimentId === undefined)
    return ensureExperiment(sql, run.experiment ?? defaultExperiment.name, clock);
  const found = await sql.get<{ id: string }>(
    "SELECT id FROM experiments WHERE id = ? AND removed_at IS NULL",
    [run.experimentId],
  );
  if (found === undefined) throw unknownExperiment(run.experimentId);
  return found.id;
}

async function knownRun(sql: Sql, id: string | undefined): Promise<string | null> {
  if (id === undefined) return null;
  const found = await sql.get<{ id: string }>("SELECT id FROM runs WHERE id = ?", [id]);
  if (found === undefined) throw unknownRun(id);
  return id;
}

async function takeUp(
  sql: Sql,
  id: string,
  { worker, now }: { worker: ProcessIdentity; now: number },
): Promise<Run> {
  const { status, removed } = await readRun(sql, id);
  if (removed || status === "running" || status === "finished") {
    throw new SoukError(
      "TRACKING_RUN_STATE",
      `expected run ${id} to be interrupted, failed or cancelled to resume it, got ${removed ? "removed" : status}`,
    );
  }
  await sql.run(
    `UPDATE runs SET status = 'running', ended_at = NULL, error = NULL, heartbeat_at = ?, attempts = attempts + 1,
       pid = ?, process_mark = ?, host = ? WHERE id = ?`,
    [now, worker.pid, worker.mark ?? null, worker.host, id],
  );
  return readRun(sql, id);
}

async function history(
  sql: Sql,
  {
    id,
    key,
    limit = 100_000,
    offset = 0,
  }: { id: string; key: string; limit?: number; offset?: number },
): Promise<MetricPoint[]> {
  await readRun(sql, id);
  if (!(limit >= 1 && limit <= 100_000 && offset >= 0))
    throw invalid("a limit of 1 to 100000 and an offset of 0 or more", `${limit}, ${offset}`);
  const rows = await sql.all<PointRow>(
    `SELECT key, value, is_nan, step, at FROM run_metrics WHERE run_id = ? AND key = ?
     ORDER BY step, at, value LIMIT ? OFFSET ?`,
    [id, checkKey(key, "a metric"), limit, offset],
  );
  return rows.map(plainPoint);
}

async function writeReport(sql: Sql, id: string, report: object): Promise<void> {
  await readRun(sql, id);
  await sql.run(
    "INSERT INTO run_reports (run_id, report) VALUES (?, ?) ON CONFLICT (run_id) DO UPDATE SET report = excluded.report",
    [id, checkText(JSON.stringify(report), "the report", limits.report)],
  );
}
