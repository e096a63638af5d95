import { SoukError } from "@souk/core";
import type { ColumnBatch } from "@souk/models";
import { concatenate, sliceRows } from "../inputs.ts";
import { Part, PartQueue } from "./part-queue.ts";
import type { EncodedPredictions } from "./protocol.ts";

/** Fewer rows than this are not worth a message of their own (bench/serving). */
const SMALLEST_SHARE = 8;

/** When rows travel together and how many may wait. */
export interface BatchingOptions {
  /** Most rows in one batch. */
  readonly maxRows: number;
  /** Most characters of text in one batch; a single row may have more. */
  readonly maxChars: number;
  /** How long a request may wait for company while a batch of its version is under way; 0: never. */
  readonly maxDelayMs: number;
  /** Most rows that may wait per version; beyond it requests are refused. */
  readonly maxQueuedRows: number;
  /** Most characters of text that may wait per version. */
  readonly maxQueuedChars: number;
}

/** Where batches run. */
export interface BatchRunner {
  /** Threads that hold `key` and have nothing to do. */
  idle(key: string): number;
  predict(key: string, batch: ColumnBatch): Promise<EncodedPredictions>;
}

/** How one request wants to be treated. */
export interface SubmitOptions {
  /** Answer within this time or fail, in milliseconds; absent: wait. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
  /** Bounded by its own caller: may enter a full queue. */
  readonly isPatient?: boolean;
}

/**
 * Dynamic batching: rows of requests to one version share a batch when the threads are busy, and go at once when
 * one is idle. Order inside a request is kept; a request that breaks a batch is found and fails alone.
 */
export class Batcher {
  readonly #queues = new Map<string, PartQueue>();
  readonly #runner: BatchRunner;
  readonly #options: BatchingOptions;
  readonly #onBatch: (key: string, rows: number) => void;
  #isScheduled = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    runner: BatchRunner,
    options: BatchingOptions,
    onBatch: (key: string, rows: number) => void,
  ) {
    this.#runner = runner;
    this.#options = options;
    this.#onBatch = onBatch;
  }

  /** Requests and rows waiting for a thread. */
  depth(key: string): { parts: number; rows: number } {
    const queue = this.#queues.get(key);
    return { parts: queue?.length ?? 0, rows: queue?.rows ?? 0 };
  }

  /**
   * Answers in the order of the rows, one block per piece of at most `maxRows`.
   *
   * @throws SoukError `SERVING_OVERLOADED` when the queue is full, `SERVING_DEADLINE`, `SERVING_WORKER_CRASHED` after two
   * crashes, `SERVING_PREDICT_FAILED`.
   */
  async submit(
    key: string,
    batch: ColumnBatch,
    options: SubmitOptions = {},
  ): Promise<EncodedPredictions[]> {
    options.signal?.throwIfAborted();
    const queue = this.#queue(key);
    const chars = countChars(batch);
    if (!options.isPatient) this.#admit(queue, batch.length, chars);
    const parts = this.#cut(batch, chars);
    for (const part of parts) queue.push(part);
    this.dispatchSoon();
    return withDeadline(parts, queue, options);
  }

  /** Looks for work for idle threads once the current turn of the event loop's microtasks has added what it adds. */
  dispatchSoon(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      this.#dispatch();
    });
  }

  /** Fails everything that waits for a version and forgets it. */
  drop(key: string, error: Error): void {
    const queue = this.#queues.get(key);
    this.#queues.delete(key);
    queue?.rejectAll(error);
  }

  #queue(key: string): PartQueue {
    let queue = this.#queues.get(key);
    if (!queue) {
      queue = new PartQueue(key);
      this.#queues.set(key, queue);
    }
    return queue;
  }

  /** Pieces that fit in a batch, taking the rows as equally long. */
  #cut(batch: ColumnBatch, chars: number): Part[] {
    const { maxRows, maxChars } = this.#options;
    const charsPerRow = chars / batch.length;
    const most = Math.max(1, Math.min(maxRows, Math.floor(maxChars / charsPerRow)));
    if (batch.length <= most) return [new Part(batch, chars)];
    const parts: Part[] = [];
    for (let from = 0; from < batch.length; from += most) {
      const rows = Math.min(most, batch.length - from);
      parts.push(new Part(sliceRows(batch, from, rows), charsPerRow * rows));
    }
    return parts;
  }

  #admit(queue: PartQueue, rows: number, chars: number): void {
    const { maxQueuedRows, maxQueuedChars } = this.#options;
    if (rows > maxQueuedRows || chars > maxQueuedChars) {
      throw new SoukError(
        "SERVING_REQUEST_TOO_LARGE",
        `expected at most ${maxQueuedRows} rows and ${maxQueuedChars} characters, got ${rows} and ${chars}`,
      );
    }
    if (queue.rows + rows > maxQueuedRows || queue.chars + chars > maxQueuedChars) {
      throw new SoukError(
        "SERVING_OVERLOADED",
        `${queue.rows} rows wait for ${queue.key} already (at most ${maxQueuedRows}): try again later`,
        { details: { queuedRows: queue.rows, maxQueuedRows } },
      );
    }
  }

  #dispatch(): void {
    for (let queue = this.#next(); queue; queue = this.#next()) {
      const parts = queue.take({ maxRows: this.#share(queue), maxChars: this.#options.maxChars });
      if (parts.length > 0) void this.#run(queue, parts);
    }
  }

  /** Rows for the next batch: what waits is spread over the idle threads, unless that makes crumbs. */
  #share(queue: PartQueue): number {
    const even = Math.ceil(queue.rows / this.#runner.idle(queue.key));
    return Math.min(this.#options.maxRows, Math.max(SMALLEST_SHARE, even));
  }

  /** The queue whose head has waited longest among those that may go now. */
  #next(): PartQueue | undefined {
    let chosen: PartQueue | undefined;
    for (const queue of this.#queues.values()) {
      if (queue.length === 0 || this.#runner.idle(queue.key) === 0) continue;
      if (this.#shouldWait(queue)) continue;
      if (!chosen || queue.headSince < chosen.headSince) chosen = queue;
    }
    return chosen;
  }

  #shouldWait(queue: PartQueue): boolean {
    const { maxDelayMs, maxRows } = this.#options;
    if (maxDelayMs <= 0 || queue.running === 0 || queue.rows >= maxRows) return false;
    const leftMs = queue.headSince + maxDelayMs - performance.now();
    if (leftMs <= 0) return false;
    if (this.#timer === undefined) this.#dispatchAfter(leftMs);
    return true;
  }

  #dispatchAfter(delayMs: number): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#dispatch();
    }, delayMs);
  }

  async #run(queue: PartQueue, parts: readonly Part[]): Promise<void> {
    queue.running++;
    const batch = parts.length === 1 ? parts[0]!.batch : concatenate(parts.map((p) => p.batch));
    this.#onBatch(queue.key, batch.length);
    try {
      const answers = await this.#runner.predict(queue.key, batch);
      share(answers, parts);
    } catch (error) {
      for (const part of parts) queue.retryAlone(part, error, { shared: parts.length > 1 });
    } finally {
      queue.running--;
      this.dispatchSoon();
    }
  }
}

/** Cuts the answers of a batch into the answers of its parts. */
function share(answers: EncodedPredictions, parts: readonly Part[]): void {
  let from = 0;
  for (const part of parts) {
    const to = from + part.batch.length;
    const { classes } = answers;
    part.resolve(
      parts.length === 1
        ? answers
        : {
            labels: answers.labels.slice(from, to),
            classes,
            probabilities: answers.probabilities?.subarray(from * classes, to * classes),
            values: answers.values?.subarray(from, to),
            bounds: answers.bounds?.subarray(2 * from, 2 * to),
            parts: answers.parts?.slice(from, to),
          },
    );
    from = to;
  }
}

function countChars(batch: ColumnBatch): number {
  let chars = 0;
  for (const column of Object.values(batch.columns)) {
    for (let row = 0; row < batch.length; row++) {
      const value = column[row];
      chars += typeof value === "string" ? value.length : bytesOf(value);
    }
  }
  return chars;
}

function bytesOf(value: ColumnBatch["columns"][string][number] | undefined): number {
  return value instanceof Uint8Array ? value.byteLength : 8;
}

async function withDeadline(
  parts: readonly Part[],
  queue: PartQueue,
  { deadlineMs, signal }: SubmitOptions,
): Promise<EncodedPredictions[]> {
  const giveUp = (error: Error): void => {
    for (const part of parts) queue.abandon(part, error);
  };
  const timer =
    deadlineMs === undefined
      ? undefined
      : setTimeout(() => giveUp(deadlineError(queue.key, deadlineMs)), deadlineMs);
  const onAbort = (): void => giveUp(new SoukError("SERVING_ABORTED", "the caller gave up"));
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.all(parts.map((part) => part.answers));
  } catch (error) {
    giveUp(error instanceof Error ? error : new Error(String(error)));
    throw error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}

function deadlineError(key: string, deadlineMs: number): SoukError {
  return new SoukError(
    "SERVING_DEADLINE",
    `expected an answer of ${key} within ${deadlineMs} ms, got none in time`,
  );
}
