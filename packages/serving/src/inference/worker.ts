/**
 * The inference thread: holds models, answers one request at a time, ends itself when asked.
 *
 *     ready ─► load* ─► predict* ─► unload* ─► close (the models are closed, the port is closed, the thread runs out)
 */
import { errorCode, errorMessage, SoukError } from "@souk/core";
import { type ColumnBatch, loadModel, type Model, type ModelCard } from "@souk/models";
import { MessagePort, parentPort, workerData } from "node:worker_threads";
import { encodePredictions } from "./encoding.ts";
import type { WorkerReply, WorkerRequest } from "./protocol.ts";

/** Larger columns are handed over instead of copied; a small one is not worth the bookkeeping. */
const TRANSFER_FROM_BYTES = 16_384;

if (parentPort) start(parentPort, workerData);

/** Serves the parent, or a port of its own whose user sleeps on a shared counter instead of listening. */
function start(parent: MessagePort, data: unknown): void {
  const isObject = typeof data === "object" && data !== null;
  const port = isObject && "port" in data && data.port instanceof MessagePort ? data.port : parent;
  const signal =
    isObject && "signal" in data && data.signal instanceof Int32Array ? data.signal : undefined;
  serveRequests(port, signal);
}

function serveRequests(port: MessagePort, signal: Int32Array | undefined): void {
  const models = new Map<string, Model>();
  const send = (reply: WorkerReply): void => {
    port.postMessage(reply, transferList(reply));
    if (signal) {
      Atomics.add(signal, 0, 1);
      Atomics.notify(signal, 0);
    }
  };
  // A model answers one call at a time and is never closed while it answers; loading another goes on beside that.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = (work: () => unknown): void => {
    last = last.then(work);
  };
  port.on("message", (request: WorkerRequest) => {
    if (request.kind === "load") void control(models, request).then(send);
    else if (request.kind === "close") inTurn(() => close(models, port));
    else if (request.kind === "predict") inTurn(async () => send(await predict(models, request)));
    else inTurn(async () => send(await control(models, request)));
  });
  send({ kind: "ready" });
}

async function predict(
  models: ReadonlyMap<string, Model>,
  request: Extract<WorkerRequest, { kind: "predict" }>,
): Promise<WorkerReply> {
  try {
    const predictions = await held(models, request.key).predict(request.batch);
    if (predictions.length !== request.batch.length) {
      throw new SoukError(
        "SERVING_MODEL_ANSWER",
        `expected ${request.batch.length} predictions from the model, got ${predictions.length}`,
      );
    }
    return { kind: "predicted", id: request.id, answers: encodePredictions(predictions) };
  } catch (cause) {
    return failure(request.id, cause);
  }
}

async function control(
  models: Map<string, Model>,
  request: Exclude<WorkerRequest, { kind: "predict" | "close" }>,
): Promise<WorkerReply> {
  try {
    if (request.kind === "load") return await load(models, request);
    models.get(request.key)?.close();
    models.delete(request.key);
    return { kind: "done", id: request.id };
  } catch (cause) {
    return failure(request.id, cause);
  }
}

async function load(
  models: Map<string, Model>,
  request: Extract<WorkerRequest, { kind: "load" }>,
): Promise<WorkerReply> {
  let model = models.get(request.key);
  if (!model) {
    model = await loadModel(request.directory);
    await warmUp(model, request.warmUpRows);
    models.set(request.key, model);
  }
  return { kind: "loaded", id: request.id, card: model.card, sizeBytes: model.sizeBytes };
}

/** Runs the path on invented rows: compiling is over, and a broken model is found, before the first customer. */
async function warmUp(model: Model, rows: number): Promise<void> {
  for (let i = 0; i < 20; i++) encodePredictions(await model.predict(warmUpBatch(model.card, 1)));
  for (let i = 0; i < 3; i++) encodePredictions(await model.predict(warmUpBatch(model.card, rows)));
}

function warmUpBatch(card: ModelCard, rows: number): ColumnBatch {
  const columns: Record<string, (string | number)[]> = {};
  for (const input of card.signature.inputs) {
    columns[input.name] = Array.from({ length: rows }, () => warmUpValue(input.kind));
  }
  return { length: rows, columns };
}

function warmUpValue(kind: string): string | number {
  if (kind === "number") return 1;
  if (kind === "date") return "2020-01-01";
  return kind === "text" ? "It works, and it arrived two days early." : "unknown";
}

function close(models: ReadonlyMap<string, Model>, port: MessagePort): void {
  for (const model of models.values()) model.close();
  port.close();
}

function held(models: ReadonlyMap<string, Model>, key: string): Model {
  const model = models.get(key);
  if (!model) {
    throw new SoukError("SERVING_NOT_LOADED", `expected ${key} to be loaded in this thread`);
  }
  return model;
}

function failure(id: number, cause: unknown): WorkerReply {
  return { kind: "failed", id, code: errorCode(cause), message: errorMessage(cause) };
}

function transferList(reply: WorkerReply): ArrayBuffer[] {
  if (reply.kind !== "predicted") return [];
  const { probabilities, values } = reply.answers;
  const large: ArrayBuffer[] = [];
  for (const column of [probabilities, values]) {
    if (
      column &&
      column.byteLength >= TRANSFER_FROM_BYTES &&
      column.buffer instanceof ArrayBuffer
    ) {
      large.push(column.buffer);
    }
  }
  return large;
}
