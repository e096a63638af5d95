/**
 * One worker thread that answers one question at a time.
 *
 *     starting ──ready──► idle ◄──done, failed── busy        any ──thread ended──► ended
 *         └────failed────► ended      └──ask──────►
 *
 * ONNX Runtime aborts the whole process when a thread is ended while it computes. So a thread is only ever asked to end
 * itself, and it marks in shared memory when it must not be disturbed, so that a process that exits can wait for it.
 */
import { errorMessage, SoukError } from "@souk/core";
import type { Transferable, Worker } from "node:worker_threads";

/** What a thread says: `ready` once, then one `done` or `failed` for each question. */
export type Answer =
  | { readonly kind: "ready" | "done"; readonly value: unknown }
  | { readonly kind: "failed"; readonly code: string; readonly message: string };

/** What a thread is told. */
export type Order = { readonly kind: "ask"; readonly question: unknown } | { readonly kind: "end" };

/** A running worker thread. */
export class Thread {
  /** What the thread said when it was ready; rejects when it failed to start. */
  readonly ready: Promise<unknown>;
  /** Resolves when the thread has ended, for whatever reason. */
  readonly ended: Promise<void>;
  readonly #worker: Worker;
  #waiting: PromiseWithResolvers<unknown> | undefined;
  #crash: unknown;
  #alive = true;

  constructor(worker: Worker) {
    this.#worker = worker;
    this.ready = this.#expect();
    const ended = Promise.withResolvers<void>();
    this.ended = ended.promise;
    worker.on("message", (answer: Answer) => this.#hear(answer));
    worker.on("messageerror", (cause) => this.#waiting?.reject(unsendable(cause)));
    worker.on("error", (cause) => (this.#crash = cause));
    worker.on("exit", (code) => {
      this.#alive = false;
      this.#waiting?.reject(this.#died(code));
      ended.resolve();
    });
  }

  get alive(): boolean {
    return this.#alive;
  }

  /**
   * The thread's answer to a question, one at a time. The buffers of `transfer` move to the thread.
   *
   * @throws SoukError the code the thread failed with, `POOL_WORKER` when it ended before it answered, `POOL_MESSAGE`
   * when the question cannot be sent.
   */
  async ask(question: unknown, transfer: readonly Transferable[]): Promise<unknown> {
    try {
      this.#worker.postMessage({ kind: "ask", question } satisfies Order, transfer);
    } catch (cause) {
      throw unsendable(cause);
    }
    return await this.#expect();
  }

  /** Lets the thread end itself, and waits for it. Not while it is asked something. */
  async end(): Promise<void> {
    this.#worker.postMessage({ kind: "end" } satisfies Order, []);
    await this.ended;
  }

  #expect(): Promise<unknown> {
    this.#waiting = Promise.withResolvers<unknown>();
    return this.#waiting.promise;
  }

  #hear(answer: Answer): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (answer.kind === "failed") waiting?.reject(new SoukError(answer.code, answer.message));
    else waiting?.resolve(answer.value);
  }

  #died(code: number): SoukError {
    const reason = this.#crash === undefined ? `exit code ${code}` : errorMessage(this.#crash);
    return new SoukError("POOL_WORKER", `the worker thread ended during the work: ${reason}`, {
      cause: this.#crash,
    });
  }
}

function unsendable(cause: unknown): SoukError {
  const reason = errorMessage(cause);
  return new SoukError("POOL_MESSAGE", `cannot be sent between threads: ${reason}`, { cause });
}

/** Marks in shared memory which threads must not be disturbed: [stop, busy 0, busy 1, ...]. */
export function createMarks(threads: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4 * (1 + threads)));
}

/** In a thread: does work that must not be disturbed. Once the process is exiting it never starts, nor settles. */
export async function undisturbed<T>(
  marks: Int32Array,
  { index, work }: { index: number; work: () => Promise<T> },
): Promise<T> {
  Atomics.store(marks, 1 + index, 1);
  if (Atomics.load(marks, 0) === 1) {
    clearMark(marks, index);
    return await new Promise<never>(() => {});
  }
  try {
    return await work();
  } finally {
    clearMark(marks, index);
  }
}

/** Says that thread `index` may be disturbed: it is done, or it has ended. */
export function clearMark(marks: Int32Array, index: number): void {
  Atomics.store(marks, 1 + index, 0);
  Atomics.notify(marks, 1 + index);
}

const guarded = new Set<Int32Array>();

/** From now on an exit of the process (`process.exit`, an uncaught error) waits for the work marked in `marks`. */
export function guardExit(marks: Int32Array): void {
  if (guarded.size === 0) process.on("exit", waitForAll);
  guarded.add(marks);
}

/** Ends what `guardExit` began. */
export function unguardExit(marks: Int32Array): void {
  guarded.delete(marks);
  if (guarded.size === 0) process.off("exit", waitForAll);
}

function waitForAll(): void {
  for (const marks of guarded) stopAndWait(marks);
}

/**
 * In the thread that exits: lets no more work start, and blocks until none is under way, at most `limitMs` for each
 * thread (one that ran out of memory has left its mark).
 */
function stopAndWait(marks: Int32Array, { limitMs = 60_000 } = {}): void {
  Atomics.store(marks, 0, 1);
  for (let at = 1; at < marks.length; at++) {
    while (Atomics.load(marks, at) === 1) {
      if (Atomics.wait(marks, at, 1, limitMs) === "timed-out") break;
    }
  }
}
