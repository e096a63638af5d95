import { Readable } from "node:stream";
import { SoukError } from "@souk/core";
import type { FastifyRequest } from "fastify";
import { mediaType } from "../bodies.ts";
import type { Call, HandlersOf } from "../call.ts";
import { batchOfRows, predictBatch, servedCards } from "../predicting.ts";
import { correctionHandlers } from "./corrections.ts";
import { explainRow } from "./explain.ts";
import type { ServerState } from "../state.ts";
import type { FamilyListing } from "../../training-values.ts";
import type { ModelCardView } from "../../souk-values.ts";
import { uploadStream } from "../uploads.ts";

/** Comparable rows of each row, unless asked otherwise. */
const COMPARABLES = 5;

export function predictionHandlers(state: ServerState): HandlersOf<"predictions"> {
  const { serving } = state.souk;
  return {
    listServed: () => listServed(state),
    predictRows: (call) => predictRows(state, call),
    predictFile: (call) => predictFile(state, call),
    listPredictions: ({ query }) => serving.predictionsOf(query),
    getPrediction: ({ params }) => serving.prediction(params.id),
    embedRows: (call) => embedRows(state, call),
    comparableRows: (call) => comparableRows(state, call),
    explainRow: (call) => explainRow(state, call),
    ...correctionHandlers(state),
    recordOutcome: ({ params, body, principal }) =>
      serving.outcome(params.id, { ...body, by: principal.username }),
  };
}

/** The champions that answer, with what a form for their inputs needs. */
async function listServed(state: ServerState): Promise<object> {
  const versions = state.souk.serving.models();
  const cards = await servedCards(state);
  const families = state.souk.tasks.families();
  const items = cards.map(({ name, card }) => ({
    model: name,
    version:
      versions.find(({ model, aliases }) => model === name && aliases.includes("champion"))
        ?.version ?? 0,
    family: card.family,
    task: card.task.name,
    ...(card.task.title !== undefined && { title: card.task.title }),
    ...(card.task.dataset !== undefined && { dataset: card.task.dataset }),
    inputs: inputsRead(card, families),
    output: card.signature.output,
    ...(card.labels && { labels: card.labels }),
    ...(card.task.interval !== undefined && { level: card.task.interval }),
    comparables: card.task.comparables !== undefined,
  }));
  return { items };
}

/** The inputs that the family looks at: a form must not ask for a photo that a model of words leaves aside. */
function inputsRead(
  { family, signature: { inputs } }: ModelCardView,
  families: readonly FamilyListing[],
): ModelCardView["signature"]["inputs"] {
  const kinds = families.find(({ name }) => name === family)?.inputKinds;
  return kinds ? inputs.filter(({ kind }) => kinds.some((one) => one === kind)) : inputs;
}

async function predictRows(
  state: ServerState,
  { params, body, principal }: Call<"predictRows">,
): Promise<object> {
  const { rows, topK, parts, ...ref } = body;
  const model = params.name;
  const card = await state.souk.serving.card(model, ref);
  const batch = batchOfRows(card, rows);
  return predictBatch(state, principal, {
    model,
    ...ref,
    batch,
    ...(topK && { topK }),
    ...(parts && { parts }),
  });
}

async function embedRows(
  state: ServerState,
  { params, body, signal }: Call<"embedRows">,
): Promise<object> {
  const { rows, ...ref } = body;
  const card = await state.souk.serving.card(params.name, ref);
  const request = { model: params.name, ...ref, batch: batchOfRows(card, rows), signal };
  const { embeddings, ...answer } = await state.souk.serving.embed(request);
  return { ...answer, embeddings: embeddings.map((one) => Array.from(one)) };
}

async function comparableRows(
  state: ServerState,
  { params, body, signal }: Call<"comparableRows">,
): Promise<object> {
  const { rows, most = COMPARABLES, ...ref } = body;
  const { serving } = state.souk;
  const batch = batchOfRows(await serving.card(params.name, ref), rows);
  return serving.comparables({ model: params.name, ...ref, batch, most, signal });
}

/**
 * Lines leave while the file still comes in. The first line is awaited, so that a wrong model or format is an
 * answer of its own and not a torn stream.
 */
async function predictFile(state: ServerState, call: Call<"predictFile">): Promise<Readable> {
  const { params, query, principal, request, signal, reply } = call;
  const { format = formatOf(request), ...rest } = query;
  const lines = state.souk.serving.predictFile({
    ...rest,
    model: params.name,
    source: uploadStream(state, request),
    format,
    principal: principal.username,
    signal,
  });
  const iterator = lines[Symbol.asyncIterator]();
  const first = await iterator.next();
  void reply.type("application/x-ndjson");
  return Readable.from(continued(first, iterator), { objectMode: false });
}

async function* continued(
  first: IteratorResult<Uint8Array>,
  iterator: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    for (let step = first; !step.done; step = await iterator.next()) yield step.value;
  } finally {
    await iterator.return?.();
  }
}

function formatOf(request: FastifyRequest): "jsonl" | "csv" | "tsv" {
  const type = mediaType(request);
  if (type === "text/csv") return "csv";
  if (type === "text/tab-separated-values") return "tsv";
  if (type === "application/x-ndjson" || type === "application/jsonlines") return "jsonl";
  throw new SoukError("HTTP_INVALID", "Name the format of the file: ?format=jsonl, csv or tsv");
}
