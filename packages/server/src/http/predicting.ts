import { SoukError } from "@souk/core";
import { readPhotoCell } from "@souk/serving";
import type { Principal } from "../accounts/account-values.ts";
import type { ColumnBatch, ModelCardView, ModelRef, PredictAnswer } from "../souk-values.ts";
import type { ServerState } from "./state.ts";

/** An input as it comes from outside; a photo also as bytes, or as base64 in TensorFlow Serving's clothes. */
export type InputCell = string | number | boolean | null | Uint8Array | { readonly b64: string };
/** One row by input name. */
export type InputRow = Readonly<Record<string, InputCell>>;
type Cell = ColumnBatch["columns"][string][number];

/** Predicts `batch`, counts it, and lets the prediction log know who asked. */
export async function predictBatch(
  state: ServerState,
  principal: Principal,
  request: ModelRef & { batch: ColumnBatch; topK?: number; parts?: boolean },
): Promise<PredictAnswer> {
  const answer = await state.souk.serving.predict({ ...request, principal: principal.username });
  const labels = { model: answer.model, version: String(answer.version) };
  state.metrics.predictions.inc(labels, answer.predictions.length);
  return answer;
}

/**
 * Rows as columns in the order of the model's signature; an input a row leaves out is null.
 * @throws SoukError `SERVING_PHOTO` for a photo that is none, `PREDICT_INPUT` for a name that is no input: a misspelt column must not pass for an empty one.
 */
export function batchOfRows(card: ModelCardView, rows: readonly InputRow[]): ColumnBatch {
  const names = card.signature.inputs.map((input) => input.name);
  const known = new Set(names);
  for (const row of rows)
    for (const name of Object.keys(row)) if (!known.has(name)) throw unknownInput(name, names);
  const columns = card.signature.inputs.map((input) => [
    input.name,
    rows.map((row, i) =>
      Object.hasOwn(row, input.name) ? readCell(row[input.name] ?? null, input, i) : null,
    ),
  ]);
  return { length: rows.length, columns: Object.fromEntries(columns) };
}

function readCell(
  cell: InputCell,
  { name, kind }: { name: string; kind: string },
  row: number,
): Cell {
  if (cell === null) return null;
  if (kind === "image") return readPhotoCell(cell, `"${name}" of row ${row + 1}`);
  if (typeof cell !== "object") return cell;
  throw new SoukError("PREDICT_INPUT", `"${name}" of this model is a ${kind}, no photo`);
}

function unknownInput(name: string, names: readonly string[]): SoukError {
  return new SoukError(
    "PREDICT_INPUT",
    `"${name.slice(0, 100)}" is no input of this model; its inputs: ${names.join(", ")}`,
  );
}

/**
 * The input that takes a lone value: the only input, or for text the one required text, else the last text
 * (a review's body comes after its headline). @throws SoukError `PREDICT_INPUT` when there is none.
 */
export function loneInput(card: ModelCardView, kind?: "text"): string {
  const { inputs } = card.signature;
  if (inputs.length === 1 && inputs[0] && (!kind || inputs[0].kind === kind)) return inputs[0].name;
  const texts = inputs.filter((input) => input.kind === "text");
  const required = texts.filter((input) => input.required);
  const chosen = required.length === 1 ? required[0] : texts.at(-1);
  if (chosen) return chosen.name;
  throw new SoukError(
    "PREDICT_INPUT",
    `This model has no single text input; name each input: ${inputs.map((input) => input.name).join(", ")}`,
  );
}

/** Texts as a batch for a model that reads text. */
export function batchOfTexts(card: ModelCardView, texts: readonly string[]): ColumnBatch {
  const name = loneInput(card, "text");
  return batchOfRows(
    card,
    texts.map((text) => ({ [name]: text })),
  );
}

/**
 * The model of the routes that name none: the configured one, else that of task "engagement", else the first that
 * answers with a number (numbers before stars), by name; `text` models only.
 * @throws SoukError `PREDICT_MODEL_UNKNOWN` when no model serves.
 */
export async function defaultModel(state: ServerState): Promise<string> {
  const { config } = state.souk;
  if (config.defaultModel) return config.defaultModel;
  const cards = await servedCards(state);
  const numeric = cards.filter(({ card }) => card.signature.output.kind !== "class");
  const order = (kind: string): number => Number(kind !== "number");
  numeric.sort((a, b) => order(a.card.signature.output.kind) - order(b.card.signature.output.kind));
  const engagement = cards.find(
    ({ name, card }) => name === "engagement" || card.task.name === "engagement",
  );
  const chosen = engagement ?? numeric[0];
  if (!chosen)
    throw new SoukError(
      "PREDICT_MODEL_UNKNOWN",
      "No model with a number as its answer serves yet: train one",
    );
  return chosen.name;
}

/** Every model with a champion that answers, by name. */
export async function servedCards(
  state: ServerState,
): Promise<{ name: string; card: ModelCardView }[]> {
  const { serving } = state.souk;
  const served = serving.models().filter(isServed);
  const names = [...new Set(served.map(({ model }) => model))].sort();
  return Promise.all(names.map(async (name) => ({ name, card: await serving.card(name) })));
}

/** Whether a model has an input of this kind. */
export function reads(card: ModelCardView, kind: string): boolean {
  return card.signature.inputs.some((input) => input.kind === kind);
}

function isServed(served: { state: string; aliases: readonly string[] }): boolean {
  return served.state === "AVAILABLE" && served.aliases.includes("champion");
}
