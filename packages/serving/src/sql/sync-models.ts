import { SoukError } from "@souk/core";
import type { ColumnBatch, ModelCard } from "@souk/models";
import {
  MessageChannel,
  type MessagePort,
  receiveMessageOnPort,
  Worker,
} from "node:worker_threads";
import { workerModule } from "../inference/inference-thread.ts";
import type { EncodedPredictions, WorkerReply, WorkerRequest } from "../inference/protocol.ts";

/** Longest wait for one answer. The SQL runner's own time limit comes first; this ends a wait for a dead thread. */
const PATIENCE_MS = 120_000;

/**
 * Models for a caller that cannot wait for a promise, such as a SQL function: an inference thread loads and predicts
 * while this thread sleeps on a shared counter. The thread starts at the first question.
 */
export class SyncModels {
  readonly #cards = new Map<string, ModelCard>();
  #port: MessagePort | undefined;
  readonly #signal = new Int32Array(new SharedArrayBuffer(4));
  #nextId = 1;
  readonly #imagesDirectory: string | undefined;

  /** @param imagesDirectory the photo store of rows that name photos by hash. */
  constructor(imagesDirectory?: string) {
    this.#imagesDirectory = imagesDirectory;
  }

  /** The card of the model in an artefact folder, loaded at the first call. @throws SoukError `SERVING_LOAD_FAILED`. */
  load(key: string, directory: string): ModelCard {
    const known = this.#cards.get(key);
    if (known) return known;
    const reply = this.#ask({
      kind: "load",
      id: this.#nextId++,
      key,
      directory,
      warmUpRows: 1,
    });
    if (reply.kind !== "loaded") throw refused("SERVING_LOAD_FAILED", `${key} did not load`, reply);
    this.#cards.set(key, reply.card);
    return reply.card;
  }

  /** Predictions of every row of a loaded model, in order. @throws SoukError `SERVING_PREDICT_FAILED`. */
  predict(key: string, batch: ColumnBatch): EncodedPredictions {
    const reply = this.#ask({ kind: "predict", id: this.#nextId++, key, batch });
    if (reply.kind === "predicted") return reply.answers;
    throw refused("SERVING_PREDICT_FAILED", `${key} refused the rows`, reply);
  }

  /** Ends the thread; a later question starts another. */
  close(): void {
    this.#port?.postMessage({ kind: "close", id: 0 } satisfies WorkerRequest, []);
    this.#port = undefined;
    this.#cards.clear();
  }

  #ask(request: WorkerRequest): WorkerReply {
    this.#port ??= this.#start();
    this.#port.postMessage(request, []);
    return this.#receive(this.#port);
  }

  /** The counter is read before the port is looked at, so an answer in between cannot be slept through. */
  #receive(port: MessagePort): WorkerReply {
    for (;;) {
      const seen = Atomics.load(this.#signal, 0);
      const received: { message: WorkerReply } | undefined = receiveMessageOnPort(port);
      if (received && received.message.kind !== "ready") return received.message;
      if (received) continue;
      if (Atomics.wait(this.#signal, 0, seen, PATIENCE_MS) === "timed-out") {
        throw new SoukError(
          "SERVING_WORKER_CRASHED",
          `expected an answer of the inference thread within ${PATIENCE_MS} ms, got none`,
        );
      }
    }
  }

  #start(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    const worker = new Worker(workerModule, {
      execArgv: [],
      workerData: { port: port2, signal: this.#signal, imagesDirectory: this.#imagesDirectory },
      transferList: [port2],
    });
    worker.unref();
    port1.unref();
    return port1;
  }
}

function refused(code: string, what: string, reply: WorkerReply): SoukError {
  return new SoukError(code, `${what}: ${reply.kind === "failed" ? reply.message : reply.kind}`);
}
