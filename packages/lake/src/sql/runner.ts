import { availableParallelism } from "node:os";
import { resolve, sep } from "node:path";
import { SoukError } from "@souk/core";
import { SqlCatalogue } from "./catalogue.ts";
import { SqlProcess } from "./process.ts";
import type { SqlFunctionModule, SqlLimits, SqlResult, SqlRunner, SqlRunOptions } from "./types.ts";

const UNITS: Readonly<Record<string, number>> = {
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KIB: 1024,
  MIB: 1024 ** 2,
  GIB: 1024 ** 3,
  TIB: 1024 ** 4,
};

/** The limits of a run that asks for nothing else. */
export const defaultSqlLimits: SqlLimits = {
  timeMs: 30_000,
  rows: 10_000,
  bytes: 16 * 1024 ** 2,
  memory: "1GB",
  threads: Math.min(4, availableParallelism()),
};

/**
 * Runs SQL over the datasets of a lake directory, each statement in one of `processes` child processes that are started
 * now and replaced when one dies. The children get no environment, no network and no file but the Parquet of the datasets.
 *
 * @param options `functions`: module whose SQL functions the statements may call. `limits`: defaults of every run.
 * @throws SoukError `SQL_LIMIT` when a limit makes no sense.
 */
export function createSqlRunner(options: {
  readonly lake: string;
  readonly functions?: SqlFunctionModule;
  readonly processes?: number;
  readonly limits?: Partial<SqlLimits>;
}): SqlRunner {
  return new PooledRunner(options);
}

class PooledRunner implements SqlRunner {
  readonly #catalogue: SqlCatalogue;
  readonly #lake: string;
  readonly #functions: SqlFunctionModule | null;
  readonly #limits: SqlLimits;
  readonly #idle: SqlProcess[] = [];
  readonly #all = new Set<SqlProcess>();
  readonly #waiting: (() => void)[] = [];
  #closed = false;

  constructor({
    lake,
    functions,
    processes = 2,
    limits = {},
  }: Parameters<typeof createSqlRunner>[0]) {
    // The child works in another folder: a path relative to this one would mean nothing there.
    this.#lake = resolve(lake);
    this.#catalogue = new SqlCatalogue(this.#lake);
    this.#functions = functions ?? null;
    this.#limits = withLimits(defaultSqlLimits, limits);
    if (!Number.isInteger(processes) || processes < 1)
      throw new SoukError("SQL_LIMIT", `processes must be a whole number from 1, got ${processes}`);
    for (let i = 0; i < processes; i++) this.#add();
  }

  async run(sql: string, options: SqlRunOptions = {}): Promise<SqlResult> {
    const { signal, versions, maxRows } = options;
    const limits = withLimits(
      this.#limits,
      maxRows === undefined ? options.limits : { ...options.limits, rows: maxRows },
    );
    const tables = await this.#catalogue.resolve(versions);
    const process = await this.#take(signal);
    try {
      const memoryBytes = parseMemory(limits.memory);
      return await process.run({ sql, limits, tables, memoryBytes }, signal);
    } catch (thrown) {
      throw this.#withoutPaths(thrown);
    } finally {
      this.#release(process);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const wake of this.#waiting.splice(0)) wake();
    await Promise.all([...this.#all].map((process) => process.end()));
    this.#all.clear();
  }

  #add(): void {
    const process = new SqlProcess(this.#functions);
    this.#all.add(process);
    this.#idle.push(process);
  }

  async #take(signal: AbortSignal | undefined): Promise<SqlProcess> {
    for (;;) {
      if (this.#closed) throw new SoukError("SQL_CLOSED", "the SQL runner was closed");
      if (signal?.aborted) throw new SoukError("SQL_CANCELLED", "the statement was cancelled");
      const process = this.#idle.pop();
      if (process?.alive) return process;
      if (process === undefined) await this.#turn(signal);
      else this.#replace(process);
    }
  }

  /** Waits, in order of arrival, until a process is free or the caller gives up. */
  #turn(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        signal?.removeEventListener("abort", leave);
        resolve();
      };
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(wake), 1);
        resolve();
      };
      signal?.addEventListener("abort", leave, { once: true });
      this.#waiting.push(wake);
    });
  }

  #release(process: SqlProcess): void {
    if (this.#closed) return;
    if (process.alive) this.#idle.push(process);
    else this.#replace(process);
    this.#waiting.shift()?.();
  }

  #replace(process: SqlProcess): void {
    this.#all.delete(process);
    this.#add();
  }

  /** Where the lake lies on this machine is nobody's business: paths leave the message, names of datasets stay. */
  #withoutPaths(thrown: unknown): unknown {
    if (!(thrown instanceof SoukError)) return thrown;
    const folder = this.#lake.endsWith(sep) ? this.#lake : this.#lake + sep;
    const message = thrown.message
      .replaceAll(folder, "")
      .replaceAll(/[^\s"']+\.parquet/g, "<file>")
      .replaceAll(ABSOLUTE_PATH, "<path>");
    return new SoukError(thrown.code, message);
  }
}

/** Two or more segments, so that `a / b` and dates stay. */
const ABSOLUTE_PATH = /(?<![\w./])(?:[A-Za-z]:)?[/\\](?:[\w.@+=%-]+[/\\])+[\w.@+=%-]*/g;

function withLimits(base: SqlLimits, change: Partial<SqlLimits> = {}): SqlLimits {
  const limits = { ...base, ...change };
  for (const name of ["timeMs", "rows", "bytes", "threads"] as const) {
    const value = limits[name];
    if (!Number.isInteger(value) || value < 1 || value > 2 ** 31 - 1) {
      throw new SoukError(
        "SQL_LIMIT",
        `limit ${name} must be a whole number from 1 to ${2 ** 31 - 1}, got ${value}`,
      );
    }
  }
  parseMemory(limits.memory);
  return limits;
}

/** Bytes of "1GB", "512MiB". @throws SoukError `SQL_LIMIT`. */
function parseMemory(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([KMGT]i?B)$/i.exec(text);
  const unit = UNITS[(match?.[2] ?? "").toUpperCase()];
  if (match === null || unit === undefined)
    throw new SoukError("SQL_LIMIT", `limit memory must be like "1GB" or "512MiB", got "${text}"`);
  return Number(match[1]) * unit;
}
