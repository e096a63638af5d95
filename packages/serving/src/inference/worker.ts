/**
 * The inference thread: holds models, answers one request at a time, ends itself when asked.
 *
 *     ready ─► load* ─► predict* ─► unload* ─► close (the models are closed, the port is closed, the thread runs out)
 */
import { errorCode, errorMessage, SoukError } from "@souk/core";
import {
  type ColumnBatch,
  type ImageStore,
  imageStore,
  loadModel,
  type Model,
  type ModelCard,
} from "@souk/models";
import { drawnPhoto } from "./drawn-photo.ts";
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
  const folder = isObject && "imagesDirectory" in data ? data.imagesDirectory : undefined;
  const images = typeof folder === "string" ? imageStore(folder) : undefined;
  serveRequests(port, { models: new Map(), images }, signal);
}

/** What a thread holds: models by key, and the photo store. */
interface Holdings {
  readonly models: Map<string, Model>;
  readonly images: ImageStore | undefined;
}

function serveRequests(
  port: MessagePort,
  holdings: Holdings,
  signal: Int32Array | undefined,
): void {
  const { models } = holdings;
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
    if (request.kind === "load" || request.kind === "keep") {
      void reply(request, () => free(holdings, request)).then(send);
    } else if (request.kind === "close") inTurn(() => close(models, port));
    else inTurn(async () => send(await reply(request, () => answer(models, request))));
  });
  send({ kind: "ready" });
}

/** What `work` gives, or its failure as an answer. */
async function reply(
  request: WorkerRequest,
  work: () => Promise<WorkerReply>,
): Promise<WorkerReply> {
  try {
    return await work();
  } catch (cause) {
    return { kind: "failed", id: request.id, code: errorCode(cause), message: errorMessage(cause) };
  }
}

/** Work that takes no model's turn. */
function free(
  { models, images }: Holdings,
  request: Extract<WorkerRequest, { kind: "load" | "keep" }>,
): Promise<WorkerReply> {
  return request.kind === "load" ? load({ models, images }, request) : keep(images, request);
}

/** Work in its turn: a model answers one call at a time. */
async function answer(
  models: Map<string, Model>,
  request: Extract<WorkerRequest, { kind: "predict" | "embed" | "compare" | "explain" | "unload" }>,
): Promise<WorkerReply> {
  const { id, key } = request;
  if (request.kind === "unload") {
    models.get(key)?.close();
    models.delete(key);
    return { kind: "done", id };
  }
  const model = held(models, key);
  if (request.kind === "embed")
    return { kind: "embedded", id, ...(await model.embed(request.batch)) };
  if (request.kind === "compare") {
    const comparables = await model.comparables(request.batch, request.most);
    return { kind: "compared", id, comparables };
  }
  if (request.kind === "explain") {
    const { label } = request;
    const options = label === undefined ? {} : { label };
    return { kind: "explained", id, explanation: await model.explain(request.batch, options) };
  }
  return predict(model, request);
}

async function predict(
  model: Model,
  { id, batch, partsTopK }: Extract<WorkerRequest, { kind: "predict" }>,
): Promise<WorkerReply> {
  const parts = partsTopK === undefined ? {} : { parts: true, topK: partsTopK };
  const predictions = await model.predict(batch, parts);
  if (predictions.length !== batch.length) {
    throw new SoukError(
      "SERVING_MODEL_ANSWER",
      `expected ${batch.length} predictions from the model, got ${predictions.length}`,
    );
  }
  return { kind: "predicted", id, answers: encodePredictions(predictions) };
}

async function keep(
  images: ImageStore | undefined,
  { id, photos }: Extract<WorkerRequest, { kind: "keep" }>,
): Promise<WorkerReply> {
  if (!images) throw new SoukError("SERVING_OPTIONS", "expected a photo store, got none");
  const hashes: string[] = [];
  for (const photo of photos) hashes.push(await images.put(photo));
  return { kind: "kept", id, hashes };
}

async function load(
  { models, images }: Holdings,
  request: Extract<WorkerRequest, { kind: "load" }>,
): Promise<WorkerReply> {
  let model = models.get(request.key);
  if (!model) {
    model = await loadModel(request.directory, images ? { images } : {});
    await warmUp(model, request.warmUpRows);
    models.set(request.key, model);
  }
  return { kind: "loaded", id: request.id, card: model.card, sizeBytes: model.sizeBytes };
}

/** Runs the path on invented rows: compiling is over, and a broken model is found, before the first customer. */
async function warmUp(model: Model, rows: number): Promise<void> {
  const readsPhotos = model.card.signature.inputs.some((input) => input.kind === "image");
  // Photos take native code, which needs no compiling, and a hundred times as long.
  const plan = readsPhotos
    ? { alone: 3, together: 1, rows: Math.min(rows, 4) }
    : { alone: 20, together: 3, rows };
  for (let i = 0; i < plan.alone; i++)
    encodePredictions(await model.predict(warmUpBatch(model.card, 1)));
  for (let i = 0; i < plan.together; i++)
    encodePredictions(await model.predict(warmUpBatch(model.card, plan.rows)));
}

function warmUpBatch(card: ModelCard, rows: number): ColumnBatch {
  const columns: Record<string, (string | number | Uint8Array)[]> = {};
  for (const input of card.signature.inputs) {
    columns[input.name] = Array.from({ length: rows }, () => warmUpValue(input.kind));
  }
  return { length: rows, columns };
}

function warmUpValue(kind: string): string | number | Uint8Array {
  if (kind === "image") return drawnPhoto();
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

function transferList(reply: WorkerReply): ArrayBuffer[] {
  const columns =
    reply.kind === "predicted"
      ? [reply.answers.probabilities, reply.answers.values]
      : reply.kind === "embedded"
        ? [reply.rows]
        : [];
  const large: ArrayBuffer[] = [];
  for (const column of columns) {
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
