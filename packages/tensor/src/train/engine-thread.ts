/**
 * An engine in a thread of its own. Calls are posted at once and done in order, so that the next batches are there
 * before the last ones are computed.
 */
import { errorMessage, SoukError } from "@souk/core";
import { type Transferable, Worker } from "node:worker_threads";
import type { Tensors } from "../run/signature.ts";
import { clearMark, createMarks, guardExit, unguardExit } from "../run/thread.ts";
import type { Engine } from "./engine.ts";

/** What can be asked of an engine: its methods, answered by promises. */
export type EngineCalls = {
  [Name in keyof Engine]: (
    ...parameters: Parameters<Engine[Name]>
  ) => Promise<Awaited<ReturnType<Engine[Name]>>>;
};

/** What an engine's thread starts with. */
export interface EngineWorkerData {
  readonly threads: number;
  readonly spinning: boolean;
  readonly marks: Int32Array;
}

/** A message to the thread. */
export interface EngineOrder {
  readonly id: number;
  readonly call: keyof Engine;
  readonly argument: never;
}

/** A message from the thread. */
export type EngineAnswer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly code: string; readonly message: string };

/**
 * Starts an engine. The memory of the `feeds` of a call moves to the thread. `close` waits for what is under way.
 *
 * @throws SoukError from every call: what the engine threw, or `TRAIN_ENGINE` when its thread has died.
 */
export function openEngine({
  threads,
  spinning = false,
}: {
  threads: number;
  spinning?: boolean;
}): EngineCalls {
  const marks = createMarks(1);
  guardExit(marks);
  const worker = new Worker(new URL("./engine-worker.ts", import.meta.url), {
    execArgv: [], // flags of the process, such as --input-type, are not for this file
    workerData: { threads, spinning, marks } satisfies EngineWorkerData,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  });
  const line = new Line(worker, () => {
    clearMark(marks, 0);
    unguardExit(marks);
  });
  return {
    load: (program) => line.ask("load", program),
    adopt: (state) => line.ask("adopt", state),
    adoptMissing: (tensors) => line.ask("adoptMissing", tensors),
    train: (call) => line.ask("train", call, buffersOf(call.feeds)),
    forward: (call) => line.ask("forward", call),
    keepBest: () => line.ask("keepBest"),
    restoreBest: () => line.ask("restoreBest"),
    read: (names) => line.ask("read", names),
    save: (call) => line.ask("save", call),
    blame: (call) => line.ask("blame", call),
    close: () => line.close(),
  };
}

/** An engine makes few and short-lived objects: more room for them would only be filled before it is cleared. */
const YOUNG_MB = 4;

/** Pairs answers with questions. */
class Line {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, PromiseWithResolvers<never>>();
  readonly #ended = Promise.withResolvers<void>();
  #next = 0;
  #death: SoukError | undefined;
  #crash: unknown;

  constructor(worker: Worker, onEnd: () => void) {
    this.#worker = worker;
    worker.on("message", (answer: EngineAnswer) => this.#hear(answer));
    worker.on("error", (cause) => (this.#crash = cause));
    worker.on("exit", (code) => {
      this.#die(code);
      onEnd();
      this.#ended.resolve();
    });
  }

  ask<Answer>(
    call: keyof Engine,
    argument?: unknown,
    transfer: Transferable[] = [],
  ): Promise<Answer> {
    if (this.#death) return Promise.reject(this.#death);
    const outcome = Promise.withResolvers<never>();
    const id = this.#next++;
    this.#waiting.set(id, outcome);
    this.#worker.postMessage({ id, call, argument }, transfer);
    return outcome.promise;
  }

  async close(): Promise<void> {
    if (!this.#death) await this.ask("close").catch(() => undefined);
    await this.#ended.promise;
  }

  #hear(answer: EngineAnswer): void {
    const outcome = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    // The type of an answer is that of the engine's method, which the worker calls by name.
    if ("code" in answer) outcome?.reject(new SoukError(answer.code, answer.message));
    else outcome?.resolve(answer.value as never);
  }

  #die(code: number): void {
    const reason = this.#crash === undefined ? `exit code ${code}` : errorMessage(this.#crash);
    this.#death = new SoukError("TRAIN_ENGINE", `the engine's thread has ended: ${reason}`, {
      cause: this.#crash,
    });
    for (const { reject } of this.#waiting.values()) reject(this.#death);
    this.#waiting.clear();
  }
}

function buffersOf(tensors: Tensors): Transferable[] {
  return [...new Set(Object.values(tensors).map(({ data }) => data.buffer))].filter(
    (buffer) => buffer instanceof ArrayBuffer,
  );
}
