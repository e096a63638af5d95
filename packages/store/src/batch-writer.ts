import { AsyncLocalStorage } from "node:async_hooks";
import { errorCode, SoukError } from "@souk/core";
import type { Sql, Store } from "./store.ts";

/** Errors of the store, not of a row: trying each row again would only take longer. */
const STORE_TROUBLE = new Set(["STORE_BUSY", "STORE_CLOSED", "STORE_CORRUPT", "STORE_FULL"]);

/** Many small writes, few commits. */
export interface BatchWriter<T> {
  /** Resolves when the row is durable. @throws SoukError `STORE_OVERLOADED` when `maxPending` rows wait, or the row's own error. */
  add(row: T): Promise<void>;
  /** Resolves when every row added so far is durable or refused. */
  flush(): Promise<void>;
  /** Flushes; later rows are refused with `STORE_CLOSED`. */
  close(): Promise<void>;
}

/** How a batch writer writes and how long it waits. */
export interface BatchWriterOptions<T> {
  /** Writes one row with the transaction's handle. Runs again for the same row when another row spoils the batch. */
  readonly write: (sql: Sql, row: T) => Promise<unknown>;
  /** Longest a row waits for company, in milliseconds. */
  readonly maxDelayMs?: number;
  /** Most rows in one transaction. */
  readonly maxRows?: number;
  /** Most rows waiting; beyond it the caller must slow down. */
  readonly maxPending?: number;
}

interface Waiting<T> {
  readonly row: T;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Group commit: rows added within a few milliseconds share one transaction, and each promise resolves after that
 * transaction is on the disk, so acknowledged means durable. A row that breaks a constraint is refused alone.
 */
export function createBatchWriter<T>(
  store: Store,
  { write, maxDelayMs = 2, maxRows = 2000, maxPending = 100_000 }: BatchWriterOptions<T>,
): BatchWriter<T> {
  const outside = AsyncLocalStorage.snapshot();
  let waiting: Waiting<T>[] = [];
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, maxRows);
      waiting = waiting.slice(maxRows);
      await settle(store, batch, write);
    }
    running = undefined;
  }

  function start(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    // Nothing to drain would end before it began, and be remembered as running for ever.
    if (running === undefined && waiting.length === 0) return Promise.resolve();
    running ??= outside(drain);
    return running;
  }

  return {
    add(row) {
      if (closed)
        return Promise.reject(new SoukError("STORE_CLOSED", "the batch writer is closed"));
      if (waiting.length >= maxPending) {
        const message = `expected at most ${maxPending} rows to wait, got one more`;
        return Promise.reject(new SoukError("STORE_OVERLOADED", message));
      }
      return new Promise<void>((resolve, reject) => {
        waiting.push({ row, resolve, reject });
        if (waiting.length >= maxRows) void start();
        else if (running === undefined) timer ??= setTimeout(() => void start(), maxDelayMs);
      });
    },
    flush: start,
    async close() {
      closed = true;
      await start();
    },
  };
}

async function settle<T>(
  store: Store,
  batch: readonly Waiting<T>[],
  write: (sql: Sql, row: T) => Promise<unknown>,
): Promise<void> {
  try {
    await store.transaction(async (sql) => {
      for (const { row } of batch) await write(sql, row);
    });
    for (const { resolve } of batch) resolve();
  } catch (thrown) {
    const hopeless = STORE_TROUBLE.has(errorCode(thrown) ?? "");
    if (hopeless || batch.length === 1) for (const { reject } of batch) reject(thrown);
    else for (const one of batch) await settle(store, [one], write);
  }
}
