import { type ChildProcess, fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { SoukError } from "@souk/core";
import type {
  SqlFunctionModule,
  SqlLimits,
  SqlReply,
  SqlRequest,
  SqlResult,
  SqlTables,
} from "./types.ts";

/** How long an interrupted statement may take to stop before its process is killed. */
const GRACE_MS = 500;
/** How often the size of the process is looked at during a run. */
const WATCH_MS = 25;
/** What the process may use beyond DuckDB's own limit: the JavaScript heap, and strings DuckDB does not count. */
const HEADROOM_BYTES = 512 * 1024 ** 2;
const PAGE_BYTES = 4096;

interface Task {
  readonly id: number;
  readonly memoryBytes: number;
  readonly resolve: (result: SqlResult) => void;
  readonly reject: (error: SoukError) => void;
  /** Why the run is being stopped, once it is. */
  stopping: SoukError | undefined;
}

/** One child process and the statement it is answering. It lives until `end`, a crash or a statement that will not stop. */
export class SqlProcess {
  readonly #child: ChildProcess;
  readonly #spill: string;
  readonly #ready: Promise<void>;
  readonly #gone: Promise<void>;
  #task: Task | undefined;
  #tablesKey = "";
  #nextId = 1;
  #alive = true;

  constructor(functions: SqlFunctionModule | null) {
    this.#spill = mkdtempSync(join(tmpdir(), "souk-sql-"));
    this.#child = fork(fileURLToPath(new URL("./child-main.ts", import.meta.url)), [], {
      env: { TZ: "UTC" },
      execArgv: ["--disable-warning=ExperimentalWarning"],
      cwd: this.#spill,
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    this.#ready = new Promise((resolve) => {
      this.#child.on("message", (reply: SqlReply) => {
        if (reply.kind === "ready") resolve();
        else this.#receive(reply);
      });
      this.#child.once("exit", () => resolve());
    });
    this.#gone = new Promise((resolve) => {
      this.#child.once("exit", (code, signal) => {
        this.#onExit(code, signal);
        resolve();
      });
    });
    this.#child.on("error", () => this.#kill());
    this.#send({ kind: "start", functions, spill: this.#spill });
  }

  /** Whether it can take a statement, now or later. */
  get alive(): boolean {
    return this.#alive;
  }

  /** Answers one statement; the caller sees to it that there is only one at a time. */
  async run(
    request: { sql: string; limits: SqlLimits; tables: SqlTables; memoryBytes: number },
    signal: AbortSignal | undefined,
  ): Promise<SqlResult> {
    await this.#ready;
    if (!this.#alive) throw crashed("before it could start");
    if (signal?.aborted) throw cancelled();
    const { promise, resolve, reject } = Promise.withResolvers<SqlResult>();
    const task: Task = {
      id: this.#nextId++,
      memoryBytes: request.memoryBytes + HEADROOM_BYTES,
      resolve,
      reject,
      stopping: undefined,
    };
    this.#task = task;
    if (this.#tablesKey !== request.tables.key) {
      this.#send({ kind: "tables", tables: request.tables });
      this.#tablesKey = request.tables.key;
    }
    this.#send({ kind: "run", id: task.id, sql: request.sql, limits: request.limits });
    return this.#guarded(task, promise, { signal, timeMs: request.limits.timeMs });
  }

  /** Kills the process; a statement under way fails with `SQL_CLOSED`. */
  async end(): Promise<void> {
    if (this.#task !== undefined)
      this.#task.stopping ??= new SoukError("SQL_CLOSED", "the SQL runner was closed");
    this.#kill();
    await this.#gone;
  }

  async #guarded(
    task: Task,
    answer: Promise<SqlResult>,
    { signal, timeMs }: { signal: AbortSignal | undefined; timeMs: number },
  ): Promise<SqlResult> {
    const onAbort = (): void => this.#stop(task, cancelled());
    const timer = setTimeout(() => this.#stop(task, timedOut(timeMs)), timeMs);
    const watch = setInterval(() => void this.#weigh(task), WATCH_MS);
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      return await answer;
    } finally {
      clearTimeout(timer);
      clearInterval(watch);
      signal?.removeEventListener("abort", onAbort);
      this.#task = undefined;
    }
  }

  /** First asks, then kills: `repeat('x', 2e9)` never looks at the interrupt flag. */
  #stop(task: Task, reason: SoukError): void {
    if (this.#task !== task || task.stopping !== undefined) return;
    task.stopping = reason;
    this.#send({ kind: "cancel", id: task.id });
    const timer = setTimeout(() => {
      if (this.#task === task) this.#kill();
    }, GRACE_MS);
    timer.unref();
  }

  async #weigh(task: Task): Promise<void> {
    if (process.platform !== "linux" || this.#child.pid === undefined) return;
    try {
      const fields = (await readFile(`/proc/${this.#child.pid}/statm`, "utf8")).split(" ");
      this.#weighed(task, Number(fields[1]) * PAGE_BYTES);
    } catch {
      // The process ended between two looks; its exit is reported on its own.
    }
  }

  #weighed(task: Task, bytes: number): void {
    if (this.#task !== task || bytes <= task.memoryBytes) return;
    task.stopping = outOfMemory(`the process reached ${Math.round(bytes / 1024 ** 2)} MiB`);
    this.#kill();
  }

  #receive(reply: SqlReply): void {
    const task = this.#task;
    if (task === undefined) return;
    if (reply.kind === "memory") this.#weighed(task, reply.bytes);
    else if (reply.kind === "ready" || reply.id !== task.id) return;
    else if (reply.kind === "result") task.resolve(reply.result);
    else task.reject(task.stopping ?? refused(reply.code, reply.message));
  }

  #onExit(code: number | null, signal: NodeJS.Signals | null): void {
    this.#alive = false;
    rmSync(this.#spill, { recursive: true, force: true });
    this.#task?.reject(this.#task.stopping ?? crashed(`with ${signal ?? `exit code ${code}`}`));
  }

  #send(request: SqlRequest): void {
    // A child that is going down cannot be told; its exit settles the task.
    if (this.#alive && this.#child.connected) this.#child.send(request, () => undefined);
  }

  #kill(): void {
    this.#alive = false;
    this.#child.kill("SIGKILL");
  }
}

function refused(code: string, message: string): SoukError {
  return /^Out of Memory Error/i.test(message)
    ? outOfMemory(message)
    : new SoukError(code, message);
}

function outOfMemory(detail: string): SoukError {
  return new SoukError("SQL_MEMORY", `the statement needs more memory than allowed: ${detail}`);
}

function timedOut(timeMs: number): SoukError {
  return new SoukError("SQL_TIMEOUT", `the statement did not end within ${timeMs} ms`);
}

function cancelled(): SoukError {
  return new SoukError("SQL_CANCELLED", "the statement was cancelled");
}

function crashed(how: string): SoukError {
  return new SoukError("SQL_CRASHED", `the SQL process ended ${how}; the next run has a fresh one`);
}
