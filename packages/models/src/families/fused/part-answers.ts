import type { ColumnBatch } from "../../rows/batch.ts";
import type { Task } from "../../task/task.ts";
import type { Predictor } from "../family.ts";
import type { ImagePredictor } from "../image/image-predictor.ts";

/** What both parts say of rows: logits at their temperatures [rows, outputs], or numbers [rows, 1]. */
export interface PartAnswers {
  readonly rows: number;
  readonly outputs: number;
  readonly text: Float64Array;
  readonly image: Float64Array;
  /** Which parts have something to go by. */
  readonly hasText: readonly boolean[];
  readonly hasPhoto: readonly boolean[];
  /** Of the photos, [rows, width]. */
  readonly photoFeatures: Float32Array;
}

/** The two parts and what their logits are divided by. */
export interface Parts {
  readonly text: Predictor;
  readonly image: ImagePredictor;
  readonly temperatures: { readonly text: number; readonly image: number };
  /** What a row with neither gets, [outputs]. */
  readonly prior: readonly number[];
  /** Inputs of the text part. */
  readonly textColumns: readonly string[];
}

/** The columns of a task that are no photos. */
export function columnsBesidePhotos({ inputs }: Task): readonly string[] {
  return inputs.filter(({ kind }) => kind !== "image").map(({ column }) => column);
}

/** Asks both parts; a part that has nothing of a row says the prior. */
export async function askParts(parts: Parts, batch: ColumnBatch): Promise<PartAnswers> {
  const { text, image, temperatures, prior, textColumns } = parts;
  const outputs = prior.length;
  const said = await image.answer(batch);
  const hasText = Array.from({ length: batch.length }, (_, row) =>
    textColumns.some((column) => isGiven(batch.columns[column]?.[row])),
  );
  const textScores = new Float64Array(batch.length * outputs);
  await text.scoreInto(batch, textScores);
  return {
    rows: batch.length,
    outputs,
    text: tempered(textScores, { has: hasText, temperature: temperatures.text, prior }),
    image: tempered(said.scores, { has: said.hasPhoto, temperature: temperatures.image, prior }),
    hasText,
    hasPhoto: said.hasPhoto,
    photoFeatures: said.features,
  };
}

function isGiven(cell: ColumnBatch["columns"][string][number] | undefined): boolean {
  return cell !== undefined && cell !== null && !(typeof cell === "string" && cell.trim() === "");
}

function tempered(
  scores: Float64Array,
  {
    has,
    temperature,
    prior,
  }: { has: readonly boolean[]; temperature: number; prior: readonly number[] },
): Float64Array {
  const outputs = prior.length;
  return scores.map((score, at) =>
    has[Math.floor(at / outputs)] ? score / temperature : prior[at % outputs],
  );
}

/** The rows at `rows` of what the parts say. */
export function selectAnswers(answers: PartAnswers, rows: readonly number[]): PartAnswers {
  const { outputs } = answers;
  const width = answers.photoFeatures.length / Math.max(1, answers.rows);
  const scores = (all: Float64Array): Float64Array => {
    const some = new Float64Array(rows.length * outputs);
    rows.forEach((row, i) =>
      some.set(all.subarray(row * outputs, (row + 1) * outputs), i * outputs),
    );
    return some;
  };
  const photoFeatures = new Float32Array(rows.length * width);
  rows.forEach((row, i) =>
    photoFeatures.set(answers.photoFeatures.subarray(row * width, (row + 1) * width), i * width),
  );
  return {
    rows: rows.length,
    outputs,
    text: scores(answers.text),
    image: scores(answers.image),
    hasText: rows.map((row) => answers.hasText[row]),
    hasPhoto: rows.map((row) => answers.hasPhoto[row]),
    photoFeatures,
  };
}
