import { routes } from "@souk/api";
import { errorCode, SoukError } from "@souk/core";
import type { EmbedAnswer } from "../../souk-values.ts";
import type { Call } from "../call.ts";
import { isEmptyRow, type LooseRow, looseRow, rowOf } from "../photo-inputs.ts";
import { batchOfRows, defaultModel, predictBatch, reads, servedCards } from "../predicting.ts";
import { type PredictionForm, withForm } from "../prediction-form.ts";
import type { ServerState } from "../state.ts";

const DEFAULT_TOP = 5;
const MOST_TOP = 100;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

interface Wanted {
  readonly row: LooseRow;
  readonly model?: string;
  readonly topK?: number;
}

/** `/api/predict`: a text, a photo or both, as JSON or as a form. */
export function predictText(state: ServerState, call: Call<"predictText">): Promise<object> {
  const { body, request } = call;
  // The body of a form is read below.
  if (typeof body === "object") {
    const { model, top_k: topK, ...row } = body;
    return predict(state, call, { row, ...(model && { model }), ...(topK && { topK }) });
  }
  const reading = { request, contract: routes.predictText, budget: state.photos };
  return withForm(reading, (form) => predict(state, call, wantedOf(form)));
}

async function predict(
  state: ServerState,
  { principal }: Pick<Call<"predictText">, "principal">,
  { row, model: named, topK = DEFAULT_TOP }: Wanted,
): Promise<object> {
  if (isEmptyRow(row)) throw nothingGiven();
  const model = named ?? (await modelFor(state, row));
  const card = await state.souk.serving.card(model);
  const batch = batchOfRows(card, [rowOf(card, row)]);
  const parts = reads(card, "image") && reads(card, "text");
  const answer = await predictBatch(state, principal, { model, batch, topK, parts });
  const [prediction] = answer.predictions;
  if (!prediction) throw new SoukError("SERVING_MODEL_ANSWER", "expected one prediction, got none");
  const { label, value, low, high, top = [], parts: each } = prediction;
  return {
    id: answer.ids[0],
    model: answer.model,
    version: answer.version,
    label,
    ...(value !== undefined && { value }),
    ...(low !== undefined && { low, high }),
    probabilities: top,
    ...each,
  };
}

/** `/predict/feature_embedding`: where a text, a photo or both lie in the space of a model. */
export function featureEmbedding(
  state: ServerState,
  call: Call<"featureEmbedding">,
): Promise<object> {
  const { body, request, signal } = call;
  if (typeof body === "object") {
    const { model, ...row } = body;
    return embed(state, { row, ...(model && { model }) }, signal);
  }
  const reading = { request, contract: routes.featureEmbedding, budget: state.photos };
  return withForm(reading, (form) => embed(state, wantedOf(form), signal));
}

async function embed(
  state: ServerState,
  { row, model }: Wanted,
  signal: AbortSignal,
): Promise<object> {
  if (isEmptyRow(row)) throw nothingGiven();
  const names = model ? [model] : await embeddingModels(state, row);
  const { embeddings, dim, ...answer } = await firstEmbedding(state, { row, names, signal });
  return { embedding: Array.from(embeddings[0] ?? []), dim, ...answer };
}

/** The first of the models that has a space. @throws SoukError `MODEL_NO_EMBEDDING` when none has. */
async function firstEmbedding(
  { souk }: ServerState,
  { row, names, signal }: { row: LooseRow; names: readonly string[]; signal: AbortSignal },
): Promise<EmbedAnswer> {
  let refusal: unknown = new SoukError(
    "MODEL_NO_EMBEDDING",
    "No model with embeddings serves yet: train one of family image, fused or transformer",
  );
  for (const model of names) {
    try {
      const card = await souk.serving.card(model);
      const batch = batchOfRows(card, [rowOf(card, row)]);
      return await souk.serving.embed({ model, batch, signal });
    } catch (thrown) {
      if (errorCode(thrown) !== "MODEL_NO_EMBEDDING") throw thrown;
      refusal = thrown;
    }
  }
  throw refusal;
}

/** Models of photos and text before those of text alone, so that a photo and a text are asked in one space. */
async function embeddingModels(state: ServerState, { text, image }: LooseRow): Promise<string[]> {
  const able = (await servedCards(state)).filter(
    ({ card }) =>
      (image === undefined || reads(card, "image")) && (text === undefined || reads(card, "text")),
  );
  const rank = (one: (typeof able)[number]): number => Number(!reads(one.card, "image"));
  return able.sort((a, b) => rank(a) - rank(b)).map(({ name }) => name);
}

/** With a photo the first model, by name, that takes one, and the text if there is one; else the default model. */
async function modelFor(state: ServerState, { text, image }: LooseRow): Promise<string> {
  if (image === undefined || state.souk.config.defaultModel) return defaultModel(state);
  const seeing = (await servedCards(state)).filter(({ card }) => reads(card, "image"));
  const chosen =
    seeing.find(({ card }) => reads(card, "text") === (text !== undefined)) ?? seeing[0];
  if (chosen) return chosen.name;
  throw new SoukError("PREDICT_MODEL_UNKNOWN", "No model that takes photos serves yet: train one");
}

/** @throws SoukError `HTTP_MULTIPART`. */
function wantedOf(form: PredictionForm): Wanted {
  const model = form.fields.get("model");
  const top = form.fields.get("top_k");
  if (model !== undefined && !NAME.test(model))
    throw new SoukError("HTTP_MULTIPART", "model must be the name of a model");
  if (top !== undefined && !(/^\d{1,3}$/.test(top) && Number(top) >= 1 && Number(top) <= MOST_TOP))
    throw new SoukError("HTTP_MULTIPART", `top_k must be a number from 1 to ${MOST_TOP}`);
  return {
    row: looseRow(form),
    ...(model !== undefined && { model }),
    ...(top !== undefined && { topK: Number(top) }),
  };
}

function nothingGiven(): SoukError {
  return new SoukError("PREDICT_NO_TEXT", "No text and no photo provided");
}
