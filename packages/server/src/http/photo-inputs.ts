import { SoukError } from "@souk/core";
import type { ModelCardView } from "../souk-values.ts";
import { type InputCell, type InputRow, loneInput } from "./predicting.ts";
import type { PredictionForm } from "./prediction-form.ts";

/** What somebody gives of one row without knowing the model: a text, a photo, inputs by name. */
export interface LooseRow {
  readonly text?: string;
  readonly image?: InputCell;
  readonly inputs?: InputRow;
}

/** The fields that are no inputs of a model, unless the model has an input of that name. */
const reserved = new Set(["text", "model", "top_k", "label", "version", "alias"]);

/** A form as a loose row: its own words apart, every field is an input. */
export function looseRow({ fields, photo }: PredictionForm): LooseRow {
  const text = fields.get("text");
  const others = [...fields].filter(([name]) => !reserved.has(name));
  const named = photo && photo.field !== "image" ? [[photo.field, photo.bytes] as const] : [];
  const inputs = Object.fromEntries([...others, ...named]);
  return {
    ...(text !== undefined && { text }),
    ...(photo?.field === "image" && { image: photo.bytes }),
    ...(Object.keys(inputs).length > 0 && { inputs }),
  };
}

/** Whether there is nothing in it that a model could answer for. */
export function isEmptyRow({ text, image, inputs }: LooseRow): boolean {
  const blank = text === undefined || text.trim() === "";
  const noPhoto = image === undefined || image === null || isEmpty(image);
  return blank && noPhoto && Object.values(inputs ?? {}).every(isEmpty);
}

/**
 * A loose row as a row of the model's inputs: the text for its text input, the photo for its photo input, numbers read
 * from text where the input is one. @throws SoukError `PREDICT_INPUT`, `PREDICT_NO_TEXT` when nothing is given.
 */
export function rowOf(card: ModelCardView, loose: LooseRow): InputRow {
  if (isEmptyRow(loose)) throw new SoukError("PREDICT_NO_TEXT", "No text and no photo provided");
  const row: Record<string, InputCell> = {};
  for (const [name, value] of Object.entries(loose.inputs ?? {}))
    row[name] = typedCell(card, name, value);
  if (loose.text !== undefined && loose.text !== "") row[loneInput(card, "text")] = loose.text;
  if (loose.image !== undefined && loose.image !== null) row[photoInput(card)] = loose.image;
  return row;
}

/** The model's photo input. @throws SoukError `PREDICT_INPUT` when it has none. */
function photoInput(card: ModelCardView): string {
  const found = card.signature.inputs.find((input) => input.kind === "image");
  if (found) return found.name;
  const names = card.signature.inputs.map((input) => input.name).join(", ");
  throw new SoukError("PREDICT_INPUT", `This model takes no photo; its inputs: ${names}`);
}

/** Forms know only text. */
function typedCell(card: ModelCardView, name: string, value: InputCell): InputCell {
  const kind = card.signature.inputs.find((input) => input.name === name)?.kind;
  if (typeof value !== "string" || kind !== "number") return value;
  if (value.trim() === "") return null;
  const number = Number(value);
  if (Number.isFinite(number)) return number;
  throw new SoukError("PREDICT_INPUT", `"${name}" of this model is a number`);
}

function isEmpty(value: InputCell): boolean {
  if (value === null) return true;
  if (typeof value === "string") return value.trim() === "";
  return value instanceof Uint8Array && value.byteLength === 0;
}
