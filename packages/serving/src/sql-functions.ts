import { SoukError } from "@souk/core";
import type { ColumnBatch, ModelCard } from "@souk/models";
import { batchOfRows } from "./inputs.ts";
import { SyncModels } from "./sql/sync-models.ts";

/** A scalar function for SQL, in the shape the lake's SQL runner takes: called once per chunk of rows. */
export interface PredictFunction {
  readonly name: string;
  readonly parameters: "VARCHAR"[];
  readonly returns: "VARCHAR";
  readonly volatile: boolean;
  call(columns: unknown[][], rows: number): (string | null)[];
}

/** The inputs of one row by name, `undefined` where the answer is NULL. */
type RowInputs = Readonly<Record<string, unknown>> | undefined;

/**
 * The functions `predict` and `predict_json` for SQL:
 *
 *     predict('star-rating', review_body)                       one text for the model's main text input, other inputs missing
 *     predict_json('star-rating', json_object('review_headline', review_headline, 'review_body', review_body))
 *
 * Both give the label as text, and NULL where the second argument is NULL. The main text input is the only required one,
 * else the last one. A model is loaded when the first row asks for it. Each call ends with the SoukError
 * `SERVING_MODEL_UNKNOWN`, `SERVING_INPUT`, `SERVING_LOAD_FAILED` or `SERVING_PREDICT_FAILED` when it cannot answer.
 *
 * @param options `{ models: { name: artefact folder }, images?: folder of the photo store }`. @throws SoukError `SERVING_SQL_OPTIONS` for another shape.
 */
export function createSqlFunctions(options: unknown): PredictFunction[] {
  const { directories, images } = parseOptions(options);
  const models = new SyncModels(images);
  const define = (
    name: string,
    inputsOf: (value: unknown, card: ModelCard) => RowInputs,
  ): PredictFunction => ({
    name,
    parameters: ["VARCHAR", "VARCHAR"],
    returns: "VARCHAR",
    volatile: false,
    call: ([names = [], values = []], rows) =>
      predictChunk({ models, directories, inputsOf }, names.slice(0, rows), values),
  });
  return [define("predict", textInputs), define("predict_json", jsonInputs)];
}

interface Prediction {
  readonly models: SyncModels;
  readonly directories: ReadonlyMap<string, string>;
  readonly inputsOf: (value: unknown, card: ModelCard) => RowInputs;
}

function predictChunk(
  { models, directories, inputsOf }: Prediction,
  names: readonly unknown[],
  values: readonly unknown[],
): (string | null)[] {
  const answers: (string | null)[] = names.map(() => null);
  for (const name of new Set(names)) {
    if (typeof name !== "string") continue;
    const card = loadByName(models, directories, name);
    const rows: number[] = [];
    const inputs: Readonly<Record<string, unknown>>[] = [];
    names.forEach((other, row) => {
      const input = other === name ? inputsOf(values[row] ?? null, card) : undefined;
      if (!input) return;
      rows.push(row);
      inputs.push(input);
    });
    if (rows.length === 0) continue;
    const batch: ColumnBatch = batchOfRows(inputs, card.signature);
    const { labels } = models.predict(name, batch);
    rows.forEach((row, i) => (answers[row] = String(labels[i])));
  }
  return answers;
}

function loadByName(
  models: SyncModels,
  directories: ReadonlyMap<string, string>,
  name: string,
): ModelCard {
  const directory = directories.get(name);
  if (directory !== undefined) return models.load(name, directory);
  const known = [...directories.keys()].toSorted().join(", ") || "none";
  throw new SoukError(
    "SERVING_MODEL_UNKNOWN",
    `expected the name of a served model (${known}), got "${name.slice(0, 64)}"`,
  );
}

function textInputs(value: unknown, card: ModelCard): RowInputs {
  if (value === null) return undefined;
  const texts = card.signature.inputs.filter((input) => input.kind === "text");
  const required = texts.filter((input) => input.required);
  const main = required.length === 1 ? required[0] : texts.at(-1);
  if (!main) {
    const names = card.signature.inputs.map((input) => input.name).join(", ");
    throw new SoukError(
      "SERVING_INPUT",
      `expected a model with a text input, got inputs ${names}: use predict_json`,
    );
  }
  return { [main.name]: value };
}

function jsonInputs(value: unknown, card: ModelCard): RowInputs {
  if (value === null) return undefined;
  const inputs = parseObject(value);
  const known = card.signature.inputs.map((input) => input.name);
  const missing = card.signature.inputs.find(
    (input) => input.required && !Object.hasOwn(inputs, input.name),
  );
  const strange = Object.keys(inputs).find((name) => !known.includes(name));
  if (!missing && strange === undefined) return inputs;
  throw new SoukError(
    "SERVING_INPUT",
    `expected the inputs ${known.join(", ")}, ${missing ? `"${missing.name}" is missing` : `got "${strange}"`}`,
  );
}

function parseObject(value: unknown): Record<string, unknown> {
  try {
    const parsed: unknown = typeof value === "string" ? JSON.parse(value) : value;
    if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) {
      return Object.fromEntries(Object.entries(parsed));
    }
  } catch (cause) {
    throw new SoukError("SERVING_INPUT", "expected a JSON object of inputs, got broken JSON", {
      cause,
    });
  }
  throw new SoukError("SERVING_INPUT", "expected a JSON object of inputs, got another JSON value");
}

function parseOptions(options: unknown): { directories: Map<string, string>; images?: string } {
  const models =
    typeof options === "object" && options !== null && "models" in options
      ? options.models
      : undefined;
  if (typeof models === "object" && models !== null) {
    const entries = Object.entries(models);
    if (entries.every((entry): entry is [string, string] => typeof entry[1] === "string")) {
      const images =
        typeof options === "object" && options !== null && "images" in options
          ? options.images
          : undefined;
      return { directories: new Map(entries), ...(typeof images === "string" && { images }) };
    }
  }
  throw new SoukError(
    "SERVING_SQL_OPTIONS",
    "expected { models: { name: artefact folder } }, got another shape",
  );
}
