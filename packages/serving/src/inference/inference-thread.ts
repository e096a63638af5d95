import { SoukError } from "@souk/core";
import type {
  ColumnBatch,
  Comparable,
  Embeddings,
  ModelCard,
  PredictionExplanation,
} from "@souk/models";
import { Worker } from "node:worker_threads";
import type { EncodedPredictions, WorkerReply, WorkerRequest } from "./protocol.ts";

type WithoutId<R> = R extends unknown ? Omit<R, "id"> : never;

interface Waiting {
  readonly resolve: (reply: WorkerReply) => void;
  readonly reject: (error: Error) => void;
}

/** File URL of the thread's program. */
export const workerModule = new URL("./worker.ts", import.meta.url);

/** One inference thread: a request in, an answer out, and the truth when it dies. */
export class InferenceThread {
  /** Resolves when the thread listens; rejects when it could not start. */
  readonly ready: Promise<void>;
  /** Resolves when the thread has ended, for whatever reason. */
  readonly ended: Promise<void>;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;
  #death: SoukError | undefined;
  #cause: unknown;

  /**
   * @param options `memoryMb` caps the thread's own JavaScript heap: passing it ends the thread, not the process;
   * `imagesDirectory` is the photo store of rows that name photos by hash.
   */
  constructor(options: { memoryMb?: number; imagesDirectory?: string } = {}) {
    this.#worker = new Worker(workerModule, {
      execArgv: [],
      workerData: { imagesDirectory: options.imagesDirectory },
      ...(options.memoryMb && { resourceLimits: { maxOldGenerationSizeMb: options.memoryMb } }),
    });
    const ready = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    this.ready = ready.promise;
    this.ended = ended.promise;
    ready.promise.catch(() => undefined);
    this.#worker.on("message", (reply: WorkerReply) => {
      if (reply.kind === "ready") ready.resolve();
      else this.#answer(reply);
    });
    this.#worker.on("error", (cause) => (this.#cause = cause));
    this.#worker.on("exit", (exitCode) => {
      const death = this.#die(exitCode);
      ready.reject(death);
      ended.resolve();
    });
  }

  /** False once the thread has ended. */
  get isAlive(): boolean {
    return this.#death === undefined;
  }

  /**
   * Loads and warms the model of an artefact folder under `key`; nothing happens when it is there already.
   * @throws SoukError `SERVING_LOAD_FAILED` with the model's own reason, `SERVING_WORKER_CRASHED` when the thread died of it.
   */
  async load(
    key: string,
    directory: string,
    { warmUpRows = 32 } = {},
  ): Promise<{ card: ModelCard; sizeBytes: number }> {
    const reply = await this.#ask({ kind: "load", key, directory, warmUpRows });
    if (reply.kind === "loaded") return { card: reply.card, sizeBytes: reply.sizeBytes };
    const reason = reply.kind === "failed" ? reply.message : reply.kind;
    const cause = reply.kind === "failed" ? reply.code : undefined;
    throw new SoukError("SERVING_LOAD_FAILED", `expected ${key} to load, got: ${reason}`, {
      details: { reason: cause },
    });
  }

  /** Lets go of a model. */
  async unload(key: string): Promise<void> {
    await this.#ask({ kind: "unload", key });
  }

  /**
   * Predictions of every row, in order; with `partsTopK` also what each part of the model says alone.
   * @throws SoukError `SERVING_PREDICT_FAILED` when the model refused, `IMAGE_*` and `PREDICT_*` when the row is to blame,
   * `SERVING_WORKER_CRASHED` when the thread died.
   */
  async predict(
    key: string,
    batch: ColumnBatch,
    options: { partsTopK?: number } = {},
  ): Promise<EncodedPredictions> {
    const reply = await this.#ask({ kind: "predict", key, batch, ...options });
    if (reply.kind === "predicted") return reply.answers;
    throw refusal(reply);
  }

  /** One vector per row. @throws SoukError as `predict`, and `MODEL_NO_EMBEDDING`. */
  async embed(key: string, batch: ColumnBatch): Promise<Embeddings> {
    const reply = await this.#ask({ kind: "embed", key, batch });
    if (reply.kind === "embedded") return { rows: reply.rows, dim: reply.dim };
    throw refusal(reply);
  }

  /** For each row the training rows most like it. @throws SoukError as `predict`, and `MODEL_NO_COMPARABLES`. */
  async compare(
    key: string,
    batch: ColumnBatch,
    most: number,
  ): Promise<readonly (readonly Comparable[])[]> {
    const reply = await this.#ask({ kind: "compare", key, batch, most });
    if (reply.kind === "compared") return reply.comparables;
    throw refusal(reply);
  }

  /** Why the first row gets its label, or `label`. @throws SoukError as `predict`, and `PREDICT_LABEL`. */
  async explain(
    key: string,
    batch: ColumnBatch,
    options: { label?: string | number } = {},
  ): Promise<PredictionExplanation> {
    const reply = await this.#ask({ kind: "explain", key, batch, ...options });
    if (reply.kind === "explained") return reply.explanation;
    throw refusal(reply);
  }

  /** Decodes photos whole and keeps them. @returns their hashes. @throws SoukError `IMAGE_*`. */
  async keep(photos: readonly Uint8Array[]): Promise<readonly string[]> {
    const reply = await this.#ask({ kind: "keep", photos });
    if (reply.kind === "kept") return reply.hashes;
    throw refusal(reply);
  }

  /**
   * Asks the thread to end after what it does now. It is never terminated from outside: ending a thread inside a
   * native inference call aborts the whole process.
   */
  async close(): Promise<void> {
    if (this.#death === undefined) this.#worker.postMessage({ kind: "close", id: 0 }, []);
    await this.ended;
  }

  /** Stops the thread from keeping the process alive: the last resort for one that never answers. */
  abandon(): void {
    this.#worker.unref();
  }

  #ask(request: WithoutId<WorkerRequest>): Promise<WorkerReply> {
    if (this.#death) return Promise.reject(this.#death);
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      try {
        this.#worker.postMessage({ ...request, id }, []);
      } catch (cause) {
        this.#waiting.delete(id);
        reject(
          new SoukError("SERVING_INPUT", "expected plain values that can be sent to a thread", {
            cause,
          }),
        );
      }
    });
  }

  #answer(reply: Exclude<WorkerReply, { kind: "ready" }>): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    waiting?.resolve(reply);
  }

  #die(exitCode: number): SoukError {
    const death = new SoukError(
      "SERVING_WORKER_CRASHED",
      `the inference thread ended unexpectedly (exit code ${exitCode})`,
      { cause: this.#cause },
    );
    this.#death = death;
    for (const waiting of this.#waiting.values()) waiting.reject(death);
    this.#waiting.clear();
    return death;
  }
}

/** Codes that say what is wrong with the row or the question; they reach the caller as they are. */
const callersFault = /^(IMAGE_|PREDICT_|MODEL_NO_)/;

function refusal(reply: WorkerReply): SoukError {
  const { code, message } =
    reply.kind === "failed" ? reply : { code: undefined, message: reply.kind };
  if (code !== undefined && callersFault.test(code)) return new SoukError(code, message);
  return new SoukError("SERVING_PREDICT_FAILED", `the model refused the rows: ${message}`, {
    details: { reason: code },
  });
}
