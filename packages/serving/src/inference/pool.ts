import { errorCode, errorMessage, SoukError } from "@souk/core";
import type { ColumnBatch, ModelCard } from "@souk/models";
import { setTimeout as pause } from "node:timers/promises";
import { InferenceThread } from "./inference-thread.ts";
import type { EncodedPredictions } from "./protocol.ts";

/** How many inference threads there are, and how they are looked after. */
export interface PoolOptions {
  readonly workers: number;
  readonly warmUpRows?: number;
  /** Cap of one thread's JavaScript heap, MiB. */
  readonly memoryMb?: number;
  /** Folder of the photo store. */
  readonly imagesDirectory?: string;
}

/** What the pool tells its owner. */
export interface PoolEvents {
  /** A thread that holds models has nothing to do. */
  onIdle(): void;
  /** No thread can hold this model any more. */
  onLost(key: string, error: Error): void;
}

interface Slot {
  thread: InferenceThread;
  readonly keys: Set<string>;
  /** Loading, unloading or restarting: takes no batch. */
  controls: number;
  isPredicting: boolean;
  /** Work that did not come in a batch, waiting or under way. */
  asked: number;
  /** Control work takes turns. */
  turn: Promise<unknown>;
  restarts: number;
}

interface Resident {
  readonly directory: string;
  /** Some thread has loaded it: a restarted thread may load it without fear. */
  isProven: boolean;
}

/** Longest pause between restarts of a thread that keeps dying. */
const LONGEST_PAUSE_MS = 10_000;

/**
 * Inference threads that all hold the same models. Loading goes through them one at a time, so that the others keep
 * answering: a swap costs capacity, never an answer. A thread that dies is replaced and gets every proven model back.
 */
export class InferencePool {
  readonly #slots: Slot[];
  readonly #residents = new Map<string, Resident>();
  readonly #options: PoolOptions;
  readonly #events: PoolEvents;
  #restarts = 0;
  readonly #closing = new AbortController();

  constructor(options: PoolOptions, events: PoolEvents) {
    this.#options = options;
    this.#events = events;
    this.#slots = Array.from({ length: options.workers }, () => this.#openSlot());
  }

  /** Threads alive, threads wanted, and how often one had to be replaced. */
  get state(): { alive: number; workers: number; restarts: number } {
    const alive = this.#slots.filter((slot) => slot.thread.isAlive).length;
    return { alive, workers: this.#slots.length, restarts: this.#restarts };
  }

  /** Resolves when every thread listens. @throws SoukError `SERVING_WORKER_CRASHED` when one cannot start. */
  async ready(): Promise<void> {
    await Promise.all(this.#slots.map((slot) => slot.thread.ready));
  }

  /** Threads that hold `key` and have nothing to do. */
  idle(key: string): number {
    let count = 0;
    for (const slot of this.#slots) if (isFree(slot, key)) count++;
    return count;
  }

  /** Runs a batch on an idle thread. Only when one is `idle`. @throws SoukError as `InferenceThread.predict`. */
  async predict(key: string, batch: ColumnBatch): Promise<EncodedPredictions> {
    const slot = this.#slots.find((candidate) => isFree(candidate, key));
    if (!slot) throw new SoukError("SERVING_NOT_LOADED", `expected an idle thread with ${key}`);
    slot.isPredicting = true;
    try {
      const answers = await slot.thread.predict(key, batch);
      slot.restarts = 0;
      return answers;
    } finally {
      slot.isPredicting = false;
      this.#whenFree(slot);
    }
  }

  /**
   * Does work outside of batches on the living thread with the least of it, one that holds `key` when there is a key;
   * the thread takes it in its turn.
   * @throws SoukError `SERVING_NOT_LOADED` when no thread can; what `work` throws.
   */
  async ask<T>(key: string | undefined, work: (thread: InferenceThread) => Promise<T>): Promise<T> {
    const able = this.#slots.filter(
      (slot) => slot.thread.isAlive && (key === undefined || slot.keys.has(key)),
    );
    const [slot] = able.toSorted((a, b) => loadOf(a) - loadOf(b));
    if (!slot) throw new SoukError("SERVING_NOT_LOADED", `expected a thread with ${key ?? "time"}`);
    slot.asked++;
    try {
      return await work(slot.thread);
    } finally {
      slot.asked--;
    }
  }

  /**
   * Loads and warms a model in every thread, one thread after the other.
   * @throws SoukError `SERVING_LOAD_FAILED` when a thread could not; then no thread keeps it.
   */
  async load(key: string, directory: string): Promise<{ card: ModelCard; sizeBytes: number }> {
    const resident: Resident = { directory, isProven: false };
    this.#residents.set(key, resident);
    try {
      let loaded: { card: ModelCard; sizeBytes: number } | undefined;
      for (const slot of this.#slots) {
        loaded = await this.#control(slot, () => this.#loadInto(slot, key, directory));
        resident.isProven = true;
      }
      if (!loaded) throw new SoukError("SERVING_LOAD_FAILED", "expected at least one thread");
      return loaded;
    } catch (cause) {
      await this.unload(key);
      throw loadFailure(key, cause);
    }
  }

  /** Lets go of a model in every thread, each after what it does now. */
  async unload(key: string): Promise<void> {
    this.#residents.delete(key);
    await Promise.all(
      this.#slots.map((slot) =>
        this.#control(slot, async () => {
          slot.keys.delete(key);
          if (slot.thread.isAlive) await slot.thread.unload(key).catch(() => undefined);
        }),
      ),
    );
  }

  /** Ends every thread after what it does now. Threads still busy after `patienceMs` are left behind, unable to hold the process. */
  async close({ patienceMs = 30_000 } = {}): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#slots.map((slot) => endThread(slot.thread, patienceMs)));
  }

  #openSlot(): Slot {
    const slot: Slot = {
      thread: this.#startThread(),
      keys: new Set(),
      controls: 0,
      isPredicting: false,
      asked: 0,
      turn: Promise.resolve(),
      restarts: 0,
    };
    void this.#watch(slot);
    return slot;
  }

  #startThread(): InferenceThread {
    const { memoryMb, imagesDirectory } = this.#options;
    return new InferenceThread({
      ...(memoryMb !== undefined && { memoryMb }),
      ...(imagesDirectory !== undefined && { imagesDirectory }),
    });
  }

  async #watch(slot: Slot): Promise<void> {
    await slot.thread.ended;
    if (this.#closing.signal.aborted) return;
    slot.keys.clear();
    await this.#control(slot, () => this.#restart(slot));
  }

  async #restart(slot: Slot): Promise<void> {
    this.#restarts++;
    const waitMs = slot.restarts === 0 ? 0 : Math.min(LONGEST_PAUSE_MS, 50 * 2 ** slot.restarts);
    slot.restarts++;
    if (!(await this.#isOpenAfter(waitMs))) return;
    slot.thread = this.#startThread();
    void this.#watch(slot);
    for (const [key, { directory, isProven }] of this.#residents) {
      if (!isProven) continue;
      try {
        await this.#loadInto(slot, key, directory);
      } catch (cause) {
        if (!slot.thread.isAlive) return;
        this.#reportLost(key, cause);
      }
    }
  }

  async #isOpenAfter(ms: number): Promise<boolean> {
    const { signal } = this.#closing;
    if (ms > 0) await pause(ms, undefined, { signal }).catch(() => undefined);
    return !signal.aborted;
  }

  #reportLost(key: string, cause: unknown): void {
    if (this.#slots.some((slot) => slot.keys.has(key))) return;
    this.#residents.delete(key);
    this.#events.onLost(key, loadFailure(key, cause));
  }

  async #loadInto(
    slot: Slot,
    key: string,
    directory: string,
  ): Promise<{ card: ModelCard; sizeBytes: number }> {
    const { warmUpRows = 32 } = this.#options;
    const loaded = await slot.thread.load(key, directory, { warmUpRows });
    slot.keys.add(key);
    return loaded;
  }

  /** Runs control work when the slot's earlier control work is over; no new batch starts meanwhile. */
  async #control<T>(slot: Slot, work: () => Promise<T>): Promise<T> {
    slot.controls++;
    const mine = slot.turn.then(work);
    slot.turn = mine.catch(() => undefined);
    try {
      return await mine;
    } finally {
      slot.controls--;
      this.#whenFree(slot);
    }
  }

  #whenFree(slot: Slot): void {
    if (slot.controls === 0 && !slot.isPredicting && slot.thread.isAlive) this.#events.onIdle();
  }
}

function loadOf({ asked, isPredicting, controls }: Slot): number {
  return asked + Number(isPredicting) + controls;
}

function isFree(slot: Slot, key: string): boolean {
  return !slot.isPredicting && slot.controls === 0 && slot.thread.isAlive && slot.keys.has(key);
}

function loadFailure(key: string, cause: unknown): SoukError {
  if (cause instanceof SoukError && cause.code === "SERVING_LOAD_FAILED") return cause;
  const code = errorCode(cause);
  return new SoukError(
    "SERVING_LOAD_FAILED",
    `expected ${key} to load, got: ${errorMessage(cause)}`,
    {
      cause,
      ...(code && { details: { reason: code } }),
    },
  );
}

async function endThread(thread: InferenceThread, patienceMs: number): Promise<void> {
  const patience = Promise.withResolvers<void>();
  const timer = setTimeout(() => {
    thread.abandon();
    patience.resolve();
  }, patienceMs);
  await Promise.race([thread.close(), patience.promise]);
  clearTimeout(timer);
}
