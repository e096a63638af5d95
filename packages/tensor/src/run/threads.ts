/**
 * Worker threads behind one bounded queue: first come, first served, one question per thread at a time. A thread that
 * dies fails the question it had and is replaced.
 */
import { SoukError } from "@souk/core";
import type { Transferable, Worker } from "node:worker_threads";
import { clearMark, createMarks, guardExit, Thread, unguardExit } from "./thread.ts";

/** How to run the threads. */
export interface ThreadsOptions {
  readonly workers: number;
  /** Questions that may wait for a thread; one more is refused. */
  readonly maxQueued: number;
  /** Starts a worker for place `index`; it answers as `Answer` says and marks its work in `marks`. */
  readonly start: (index: number, marks: Int32Array) => Worker;
}

/** How a question is asked. */
export interface AskOptions {
  readonly transfer?: readonly Transferable[];
  /** A question still waiting is taken back; the answer to one already asked is dropped. */
  readonly signal?: AbortSignal;
}

/** What the threads are doing and have done. */
export interface ThreadCounts {
  readonly workers: number;
  readonly queued: number;
  readonly running: number;
  /** Questions answered or failed since the start. */
  readonly finished: number;
  /** Threads that died and were replaced. */
  readonly replaced: number;
}

interface Question {
  readonly content: unknown;
  readonly transfer: readonly Transferable[];
  readonly outcome: PromiseWithResolvers<unknown>;
}

/** A fixed number of threads, which `startAll` starts and `close` ends. */
export class Threads {
  readonly #options: ThreadsOptions;
  readonly #marks: Int32Array;
  readonly #threads = new Map<number, Thread>();
  readonly #idle: Thread[] = [];
  readonly #queue: Question[] = [];
  readonly #underway = new Set<Promise<unknown>>();
  #running = 0;
  #finished = 0;
  #replaced = 0;
  #lastDeath: unknown;
  #closing: Promise<void> | undefined;

  constructor(options: ThreadsOptions) {
    this.#options = options;
    this.#marks = createMarks(options.workers);
    guardExit(this.#marks);
  }

  get counts(): ThreadCounts {
    return {
      workers: this.#threads.size,
      queued: this.#queue.length,
      running: this.#running,
      finished: this.#finished,
      replaced: this.#replaced,
    };
  }

  /** Starts every thread and gives what they said when ready; when one fails, ends the others and throws its error. */
  async startAll(): Promise<readonly unknown[]> {
    const starts = Array.from({ length: this.#options.workers }, (_, index) => this.#start(index));
    const results = await Promise.allSettled(starts);
    const failed = results.find((result) => result.status === "rejected");
    if (!failed) return results.map((result) => result.status === "fulfilled" && result.value);
    await this.close();
    throw failed.reason;
  }

  /**
   * The answer of the next free thread.
   *
   * @throws SoukError `POOL_FULL` when `maxQueued` questions wait already, `POOL_CLOSED` after `close`, `POOL_WORKER`
   * when the thread died; the reason of `signal` when it is aborted; what the thread failed with.
   */
  async ask(content: unknown, { transfer = [], signal }: AskOptions = {}): Promise<unknown> {
    signal?.throwIfAborted();
    this.#checkOpen();
    const question: Question = { content, transfer, outcome: Promise.withResolvers() };
    const giveUp = () => this.#takeBack(question, signal?.reason);
    signal?.addEventListener("abort", giveUp, { once: true });
    this.#queue.push(question);
    this.#dispatch();
    try {
      return await question.outcome.promise;
    } finally {
      signal?.removeEventListener("abort", giveUp);
    }
  }

  /**
   * Takes no more questions, answers those that wait (or refuses them when `drain` is false), waits for the threads to
   * finish what they do, and ends them.
   */
  close({ drain = true } = {}): Promise<void> {
    if (!drain) this.#refuseQueued(closed());
    this.#closing ??= this.#end();
    return this.#closing;
  }

  #checkOpen(): void {
    if (this.#closing) throw closed();
    if (this.#threads.size === 0) {
      throw new SoukError("POOL_WORKER", "no worker thread is left: all have died", {
        cause: this.#lastDeath,
      });
    }
    const { maxQueued } = this.#options;
    if (this.#idle.length > 0 || this.#queue.length < maxQueued) return;
    throw new SoukError("POOL_FULL", `expected at most ${maxQueued} runs to wait, got one more`);
  }

  async #start(index: number): Promise<unknown> {
    const thread = new Thread(this.#options.start(index, this.#marks));
    this.#threads.set(index, thread);
    void thread.ended.then(() => clearMark(this.#marks, index));
    try {
      const ready = await thread.ready;
      void thread.ended.then(() => this.#replace(index, thread));
      this.#free(thread);
      return ready;
    } catch (cause) {
      this.#lastDeath = cause;
      this.#threads.delete(index);
      throw cause;
    }
  }

  /** A thread that was ready once and died gets one successor; one that cannot even start is not tried again. */
  #replace(index: number, dead: Thread): void {
    this.#threads.delete(index);
    const at = this.#idle.indexOf(dead);
    if (at >= 0) this.#idle.splice(at, 1);
    if (this.#closing && this.#queue.length === 0) return;
    this.#replaced++;
    this.#track(
      this.#start(index).catch((cause) => {
        if (this.#threads.size === 0) this.#refuseQueued(cause);
      }),
    );
  }

  #free(thread: Thread): void {
    this.#idle.push(thread);
    this.#dispatch();
  }

  #dispatch(): void {
    while (this.#idle.length > 0 && this.#queue.length > 0) {
      const [thread, question] = [this.#idle.pop(), this.#queue.shift()];
      if (thread && question) this.#track(this.#serve(thread, question));
    }
  }

  async #serve(thread: Thread, { content, transfer, outcome }: Question): Promise<void> {
    this.#running++;
    await thread.ask(content, transfer).then(outcome.resolve, outcome.reject);
    this.#running--;
    this.#finished++;
    if (thread.alive) this.#free(thread);
  }

  #track(work: Promise<unknown>): void {
    this.#underway.add(work);
    void work.then(() => this.#underway.delete(work));
  }

  #takeBack(question: Question, reason: unknown): void {
    const at = this.#queue.indexOf(question);
    if (at >= 0) this.#queue.splice(at, 1);
    question.outcome.reject(reason);
  }

  #refuseQueued(reason: unknown): void {
    for (const { outcome } of this.#queue.splice(0)) outcome.reject(reason);
  }

  async #end(): Promise<void> {
    while (this.#underway.size > 0) await Promise.all(this.#underway);
    const alive = [...this.#threads.values()].filter((thread) => thread.alive);
    await Promise.all(alive.map((thread) => thread.end()));
    unguardExit(this.#marks);
  }
}

function closed(): SoukError {
  return new SoukError("POOL_CLOSED", "expected an open pool, it was closed");
}
