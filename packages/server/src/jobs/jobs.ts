import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, createId, errorCode, errorMessage, SoukError } from "@souk/core";
import type { Row, Store } from "@souk/store";
import type { JobsNoun } from "../souk-interface.ts";
import type { RunNews, SoukEvent } from "../souk-values.ts";
import type {
  Job,
  JobEvent,
  LeaderboardRequest,
  TrainRequest,
  TuneRequest,
} from "../training-values.ts";
import { runInChild } from "./child.ts";
import { JobLog, readJobLog } from "./job-log.ts";
import { resumedTraining } from "./resumed-training.ts";

const MAX_WAITING = 16;
const MAX_LISTED = 1_000;

const migrations = [
  {
    id: "0001-jobs",
    sql: `create table jobs (
      id text primary key, kind text not null, status text not null, by_whom text not null, created_at bigint not null,
      started_at bigint, ended_at bigint, request text not null, result text, run_id text,
      error_code text, error_message text, pid integer not null
    );
    create index jobs_by_creation on jobs (created_at);`,
  },
];

/** Most events of a log at once, when nobody says. */
const LOG_LINES = 500;

interface Running {
  readonly script: URL;
  readonly aborter: AbortController;
  readonly log: JobLog;
  /** The run it works on, once there is one. */
  runId?: string;
}

/** How a request of one kind becomes a child process's work. */
interface JobKind<R extends object> {
  /** The module that the child process runs. */
  readonly script: URL;
  /** Checks the request and completes it to what the script reads. @throws SoukError such as `TASK_UNKNOWN`. */
  readonly prepare: (request: R, by: string) => Promise<object>;
}

/** Every kind of job. */
interface JobKinds {
  readonly training: JobKind<TrainRequest>;
  readonly tuning: JobKind<TuneRequest>;
  readonly leaderboard: JobKind<LeaderboardRequest>;
}

/** What `openJobs` needs. */
export interface JobsOptions {
  readonly store: Store;
  readonly dataDirectory: string;
  readonly clock: Clock;
  readonly kinds: JobKinds;
  readonly publish: (event: SoukEvent) => void;
  /** Told what happens in a job once it works on a run. */
  readonly publishRun: (news: RunNews) => void;
  /** Called when a child died without a word, so that its run does not look alive. */
  readonly afterCrash: () => Promise<unknown>;
  /** Called when a job has finished, so that serving follows an alias it may have moved. */
  readonly afterFinish: () => Promise<unknown>;
}

/** Jobs with a life: `close` cancels what runs and waits for it. */
export interface OpenJobs extends JobsNoun {
  close(): Promise<void>;
}

/**
 * The jobs of one data directory: one at a time in a child process, up to 16 waiting.
 * Jobs of a process that is gone are marked interrupted.
 */
export async function openJobs({
  store,
  dataDirectory,
  clock,
  kinds,
  publish,
  publishRun,
  afterCrash,
  afterFinish,
}: JobsOptions): Promise<OpenJobs> {
  await store.migrate("jobs", migrations);
  const directory = join(dataDirectory, "jobs");
  await mkdir(directory, { recursive: true });
  await interruptAbandoned(store, clock);
  const running = new Map<string, Running>();
  /** Jobs that ended whose last events are on their way to the disk. */
  const ending = new Map<string, Promise<void>>();
  let queue: Promise<void> = Promise.resolve();

  async function update(id: string, change: Record<string, string | number | null>): Promise<Job> {
    const names = Object.keys(change);
    const assignments = names.map((name) => `${name} = ?`).join(", ");
    await store.run(`update jobs set ${assignments} where id = ?`, [...Object.values(change), id]);
    const job = await get(id);
    publish({ kind: "job", at: clock.now(), data: job });
    return job;
  }

  async function get(id: string): Promise<Job> {
    const row = await store.get("select * from jobs where id = ?", [id]);
    if (!row) throw new SoukError("JOB_UNKNOWN", `expected the id of a job, got "${id}"`);
    return jobOf(row);
  }

  async function execute(id: string, request: object, entry: Running): Promise<void> {
    const { script, aborter, log } = entry;
    if (aborter.signal.aborted) return end(id, log, { status: "cancelled" });
    await update(id, { status: "running", started_at: clock.now() });
    log.add("status", { status: "running" }, clock.now());
    try {
      const result = await runInChild(script, request, {
        signal: aborter.signal,
        compileCache: join(dataDirectory, "cache", "compiled"),
        onEvent: (event) => void record(id, entry, event),
      });
      await afterFinish();
      await end(id, log, { status: "finished", result: JSON.stringify(result) });
    } catch (thrown) {
      if (errorCode(thrown) === "JOB_CRASHED") await afterCrash();
      const status = aborter.signal.aborted ? "cancelled" : "failed";
      await end(id, log, {
        status,
        error_code: errorCode(thrown) ?? null,
        error_message: errorMessage(thrown),
      });
    }
  }

  async function record(id: string, entry: Running, event: unknown): Promise<void> {
    if (typeof event !== "object" || event === null) return;
    const { kind, ...data }: { kind?: unknown } = event;
    const step = entry.log.add(String(kind), data, clock.now());
    if (kind === "run" && "runId" in data) {
      entry.runId = String(data.runId);
      await update(id, { run_id: entry.runId });
    }
    if (entry.runId !== undefined)
      publishRun({ kind: "run", at: step.at, data: { run: entry.runId, step } });
  }

  async function end(
    id: string,
    log: JobLog,
    change: Record<string, string | null>,
  ): Promise<void> {
    const job = await update(id, { ...change, ended_at: clock.now() });
    log.add("status", { status: job.status, result: job.result, error: job.error }, clock.now());
    running.delete(id);
    ending.set(id, log.end());
    await ending.get(id);
    ending.delete(id);
  }

  async function start<R extends object>(
    name: keyof JobKinds,
    { script, prepare }: JobKind<R>,
    { request, by, runId }: { request: R; by: string; runId?: string },
  ): Promise<Job> {
    if (running.size > MAX_WAITING) {
      throw new SoukError(
        "JOBS_FULL",
        `expected at most ${MAX_WAITING} waiting jobs; wait for one to end or cancel one`,
      );
    }
    const prepared = await prepare(request, by);
    const id = createId("job", clock);
    await store.run(
      `insert into jobs (id, kind, status, by_whom, created_at, request, run_id, pid)
       values (?, ?, ?, ?, ?, ?, ?, ?)`,
      [id, name, "queued", by, clock.now(), JSON.stringify(request), runId ?? null, process.pid],
    );
    const entry: Running = {
      script,
      aborter: new AbortController(),
      log: new JobLog(directory, id),
      ...(runId !== undefined && { runId }),
    };
    running.set(id, entry);
    queue = queue.then(() => execute(id, prepared, entry));
    return get(id);
  }

  async function recorded(id: string): Promise<JobEvent[]> {
    await ending.get(id);
    return readJobLog(directory, id);
  }

  return {
    startTraining: (request, { by }) => start("training", kinds.training, { request, by }),
    async resumeTraining(run, { by }) {
      const row = await store.get(
        // One that has not ended comes first.
        `select * from jobs where run_id = ?
         order by case when ended_at is null then 0 else 1 end, created_at desc, id desc limit 1`,
        [run.id],
      );
      const request = resumedTraining(run, row && jobOf(row));
      return start("training", kinds.training, { request, by, runId: run.id });
    },
    startTuning: (request, { by }) => start("tuning", kinds.tuning, { request, by }),
    startLeaderboard: (request, { by }) => start("leaderboard", kinds.leaderboard, { request, by }),

    async list({ limit = 100 } = {}) {
      const rows = await store.all("select * from jobs order by created_at desc, id desc limit ?", [
        Math.min(limit, MAX_LISTED),
      ]);
      return rows.map(jobOf);
    },

    get,

    async cancel(id) {
      const job = await get(id);
      const entry = running.get(id);
      if (!entry) {
        throw new SoukError(
          "JOB_NOT_RUNNING",
          `expected a job that this process runs, got ${id}, which is ${job.status}`,
        );
      }
      entry.aborter.abort(new SoukError("JOB_CANCELLED", "the job was cancelled"));
      return job;
    },

    async log(id, { limit = LOG_LINES } = {}) {
      await get(id);
      const events = running.get(id)?.log.events ?? (await recorded(id));
      return events.filter(({ kind }) => kind !== "metrics").slice(-limit);
    },

    async *events(id, { after = 0, signal } = {}): AsyncIterable<JobEvent> {
      await get(id);
      const entry = running.get(id);
      if (entry) yield* entry.log.follow(after, signal);
      else yield* (await recorded(id)).slice(after);
    },

    async close() {
      for (const { aborter } of running.values())
        aborter.abort(new SoukError("JOB_CANCELLED", "Souk is closing"));
      await queue;
    },
  };
}

/** A queued or running job whose process is gone will never end by itself. */
async function interruptAbandoned(store: Store, clock: Clock): Promise<void> {
  const open = await store.all("select id, pid from jobs where status in ('queued', 'running')");
  for (const { id, pid } of open) {
    if (Number(pid) !== process.pid && isAlive(Number(pid))) continue;
    await store.run("update jobs set status = 'interrupted', ended_at = ? where id = ?", [
      clock.now(),
      id ?? null,
    ]);
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (thrown) {
    return errorCode(thrown) === "EPERM";
  }
}

function jobOf(row: Row): Job {
  const text = (name: string): string | undefined =>
    row[name] === null ? undefined : String(row[name]);
  const number = (name: string): number | undefined =>
    row[name] === null ? undefined : Number(row[name]);
  const code = text("error_code");
  return {
    id: String(row["id"]),
    kind: String(row["kind"]),
    // Written by this file alone.
    status: String(row["status"]) as Job["status"],
    by: String(row["by_whom"]),
    createdAt: Number(row["created_at"]),
    startedAt: number("started_at"),
    endedAt: number("ended_at"),
    request: parseObject(String(row["request"])),
    result: row["result"] === null ? undefined : parseObject(String(row["result"])),
    runId: text("run_id"),
    error: code === undefined ? undefined : { code, message: text("error_message") ?? "" },
  };
}

function parseObject(text: string): object {
  const value: unknown = JSON.parse(text);
  return typeof value === "object" && value !== null ? value : {};
}
