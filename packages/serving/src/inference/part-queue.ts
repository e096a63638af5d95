import { errorCode } from "@souk/core";
import type { ColumnBatch } from "@souk/models";
import type { EncodedPredictions } from "./protocol.ts";

/** Rows of one request that travel together: the whole request, or a piece of a long one. */
export class Part {
  readonly batch: ColumnBatch;
  readonly chars: number;
  readonly answers: Promise<EncodedPredictions>;
  readonly since = performance.now();
  /** Runs in a batch of its own: it was in a batch that failed. */
  isAlone = false;
  isSettled = false;
  crashes = 0;
  readonly #settle: PromiseWithResolvers<EncodedPredictions>;

  constructor(batch: ColumnBatch, chars: number) {
    this.batch = batch;
    this.chars = chars;
    this.#settle = Promise.withResolvers();
    this.answers = this.#settle.promise;
  }

  resolve(answers: EncodedPredictions): void {
    this.isSettled = true;
    this.#settle.resolve(answers);
  }

  reject(error: unknown): void {
    this.isSettled = true;
    this.#settle.reject(error);
  }
}

/** What waits for one version: first come first served, retries before all. */
export class PartQueue {
  readonly key: string;
  /** Batches under way. */
  running = 0;
  #parts: Part[] = [];
  #head = 0;
  #rows = 0;
  #chars = 0;

  constructor(key: string) {
    this.key = key;
  }

  /** Rows waiting. */
  get rows(): number {
    return this.#rows;
  }

  /** Characters waiting. */
  get chars(): number {
    return this.#chars;
  }

  /** Parts waiting. */
  get length(): number {
    return this.#parts.length - this.#head;
  }

  /** When the first in the queue came, by `performance.now()`. */
  get headSince(): number {
    return this.#parts[this.#head]?.since ?? Infinity;
  }

  push(part: Part): void {
    this.#parts.push(part);
    this.#count(part, 1);
  }

  /** The next batch: as many parts from the front as fit, at least one. */
  take({ maxRows, maxChars }: { maxRows: number; maxChars: number }): Part[] {
    const taken: Part[] = [];
    let rows = 0;
    let chars = 0;
    while (this.#head < this.#parts.length) {
      const part = this.#parts[this.#head]!;
      const fits = rows + part.batch.length <= maxRows && chars + part.chars <= maxChars;
      if (taken.length > 0 && (!fits || part.isAlone)) break;
      this.#head++;
      this.#count(part, -1);
      rows += part.batch.length;
      chars += part.chars;
      taken.push(part);
      if (part.isAlone) break;
    }
    this.#compact();
    return taken;
  }

  /**
   * A batch failed. Its parts run again, each alone, so that the one that breaks things fails by itself; a part that has
   * met two crashes, or failed alone, fails for good.
   */
  retryAlone(part: Part, error: unknown, { shared }: { shared: boolean }): void {
    if (part.isSettled) return;
    const isCrash = errorCode(error) === "SERVING_WORKER_CRASHED";
    if (isCrash) part.crashes++;
    const hasHope = isCrash ? part.crashes < 2 : shared;
    if (!hasHope) return part.reject(error);
    part.isAlone = true;
    this.#parts.splice(this.#head, 0, part);
    this.#count(part, 1);
  }

  /** The caller waits no longer: out of the queue, or its answer will be thrown away. */
  abandon(part: Part, error: Error): void {
    if (part.isSettled) return;
    const index = this.#parts.indexOf(part, this.#head);
    if (index >= 0) {
      this.#parts.splice(index, 1);
      this.#count(part, -1);
    }
    part.reject(error);
  }

  rejectAll(error: Error): void {
    for (const part of this.#parts.slice(this.#head)) part.reject(error);
    this.#parts = [];
    this.#head = 0;
    this.#rows = 0;
    this.#chars = 0;
  }

  #count(part: Part, sign: 1 | -1): void {
    this.#rows += sign * part.batch.length;
    this.#chars += sign * part.chars;
  }

  #compact(): void {
    if (this.#head < 1024 && this.#head < this.#parts.length) return;
    this.#parts = this.#parts.slice(this.#head);
    this.#head = 0;
  }
}
