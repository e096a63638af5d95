import { availableParallelism } from "node:os";
import { mkdir } from "node:fs/promises";
import {
  BIGINT,
  BOOLEAN,
  type DuckDBConnection,
  DuckDBInstance,
  DuckDBScalarFunction,
  type DuckDBResult,
  INTEGER,
  VARCHAR,
} from "@duckdb/node-api";
import { readableRecord } from "./ingest/records.ts";
import { quoteLiteral } from "./quoting.ts";

/** A row that ingest refused: where it was, its text, its values by position and the reasons in words. */
export interface RefusedRow {
  readonly line: number;
  readonly raw: string;
  readonly values: readonly (string | null)[];
  readonly reasons: readonly string[];
}

/** The DuckDB instance of a lake: opened on first use, bounded memory, spills into the lake's temporary folder. */
export class Engine {
  readonly #options: { threads: number; memoryLimit: string; temporaryDirectory: string };
  #instance: Promise<DuckDBInstance> | undefined;
  readonly #sinks = new Map<number, (row: RefusedRow) => void>();
  #nextSink = 1;

  constructor({
    threads = availableParallelism(),
    memoryLimit = "2GB",
    temporaryDirectory,
  }: {
    threads?: number;
    memoryLimit?: string;
    temporaryDirectory: string;
  }) {
    this.#options = { threads, memoryLimit, temporaryDirectory };
  }

  /** The folder for spooled and spilled data; it may be removed whenever no process uses the lake. */
  get temporaryDirectory(): string {
    return this.#options.temporaryDirectory;
  }

  /** Runs statements and returns the rows of the last as arrays of JavaScript values. */
  async all(sql: string, { signal }: { signal?: AbortSignal } = {}): Promise<unknown[][]> {
    return this.with(async (connection) => (await connection.runAndReadAll(sql)).getRowsJS(), {
      signal,
    });
  }

  /** Streams the result of a query. */
  async *stream(
    sql: string,
    { signal }: { signal?: AbortSignal } = {},
  ): AsyncGenerator<DuckDBResult> {
    const connection = await this.#connect();
    const stop = () => connection.interrupt();
    signal?.addEventListener("abort", stop);
    try {
      yield await connection.stream(sql);
    } finally {
      signal?.removeEventListener("abort", stop);
      connection.closeSync();
    }
  }

  /** Lends a connection to `work`; aborting the signal interrupts the query that runs on it. */
  async with<T>(
    work: (connection: DuckDBConnection) => Promise<T>,
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<T> {
    signal?.throwIfAborted();
    const connection = await this.#connect();
    const stop = () => connection.interrupt();
    signal?.addEventListener("abort", stop);
    try {
      return await work(connection);
    } catch (cause) {
      signal?.throwIfAborted();
      throw cause;
    } finally {
      signal?.removeEventListener("abort", stop);
      connection.closeSync();
    }
  }

  /**
   * Lends a number that SQL passes to `souk_refuse(number, line, raw, values, reasons)` to hand a row to `take`.
   * This is how one scan both writes the good rows and sets the bad ones aside.
   */
  async withSink<T>(
    take: (row: RefusedRow) => void,
    work: (sink: number) => Promise<T>,
  ): Promise<T> {
    const sink = this.#nextSink++;
    this.#sinks.set(sink, take);
    try {
      return await work(sink);
    } finally {
      this.#sinks.delete(sink);
    }
  }

  /** Closes the instance; queries under way fail. */
  async close(): Promise<void> {
    const instance = await this.#instance;
    this.#instance = undefined;
    instance?.closeSync();
  }

  async #connect(): Promise<DuckDBConnection> {
    this.#instance ??= this.#open();
    return (await this.#instance).connect();
  }

  async #open(): Promise<DuckDBInstance> {
    const { threads, memoryLimit, temporaryDirectory } = this.#options;
    await mkdir(temporaryDirectory, { recursive: true });
    const instance = await DuckDBInstance.create(":memory:", {
      threads: String(threads),
      memory_limit: memoryLimit,
    });
    const connection = await instance.connect();
    await connection.run(
      `SET temp_directory = ${quoteLiteral(temporaryDirectory)}; SET GLOBAL TimeZone = 'UTC'; SET GLOBAL partitioned_write_flush_threshold = 65536;`,
    );
    connection.registerScalarFunction(this.#refuseFunction());
    connection.closeSync();
    return instance;
  }

  #refuseFunction(): DuckDBScalarFunction {
    return DuckDBScalarFunction.create({
      name: "souk_refuse",
      parameterTypes: [INTEGER, BIGINT, VARCHAR, VARCHAR, VARCHAR],
      returnType: BOOLEAN,
      volatile: true,
      mainFunction: (_info, input, output) => {
        for (let i = 0; i < input.rowCount; i++) {
          const [sink, line, raw, values, reasons] = input.getRowValues(i);
          this.#sinks.get(Number(sink))?.({
            line: Number(line),
            raw: readableRecord(textOf(raw)),
            values: parseTexts(textOf(values)),
            reasons: parseTexts(textOf(reasons)).map((reason) => reason ?? ""),
          });
          output.setItem(i, false);
        }
        output.flush();
      },
    });
  }
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function parseTexts(json: string): (string | null)[] {
  const values: unknown = json === "" ? [] : JSON.parse(json);
  return Array.isArray(values)
    ? values.map((value) => (typeof value === "string" ? value : null))
    : [];
}
