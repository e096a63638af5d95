import { openSession, type Session } from "@souk/tensor";
import { softmaxInto } from "../../evaluation/class-metrics.ts";
import type { ColumnBatch } from "../../rows/batch.ts";
import type { Embeddings, Predictor } from "../family.ts";
import { combine } from "./combine.ts";
import type { Fused } from "./fused-model.ts";
import { runJoint } from "./joint-network.ts";
import { askParts, type PartAnswers, type Parts } from "./part-answers.ts";
import { saveFused } from "./saved-fused.ts";

/**
 * Answers rows with both by their combination, rows with one by that part, rows with neither by the prior.
 * Owns its parts.
 */
export function createFusedPredictor(fused: Fused): Predictor {
  const { parts, combination, isClass } = fused;
  const outputs = parts.prior.length;
  let opened: Promise<Session> | undefined;

  async function combined(batch: ColumnBatch, answers: PartAnswers): Promise<Float64Array> {
    if (combination.kind !== "joint") return combine(answers, combination, isClass);
    const rows = rowsWithBoth(answers);
    const scores = new Float64Array(batch.length * outputs);
    if (rows.length === 0) return scores;
    const { bag, network, temperature, offset, scale } = combination.joint;
    opened ??= openSession(network, { threads: 1 });
    const { photoFeatures } = answers;
    const said = await runJoint(await opened, bag, { batch, rows, photoFeatures });
    rows.forEach((row, i) => {
      for (let c = 0; c < outputs; c++)
        scores[row * outputs + c] = (offset + scale * said[i * outputs + c]) / temperature;
    });
    return scores;
  }

  return {
    async scoreInto(batch, scores) {
      const answers = await askParts(parts, batch);
      const both = await combined(batch, answers);
      for (let row = 0; row < batch.length; row++) {
        const from = sourceOf(answers, row, both);
        scores.set(from.subarray(row * outputs, (row + 1) * outputs), row * outputs);
      }
    },
    async parts(batch) {
      const { text, image } = await askParts(parts, batch);
      return { text, image };
    },
    embed: (batch) => embedParts(parts, batch, isClass),
    async explain(batch, output) {
      const text = await parts.text.explain?.(batch, output);
      const image = await parts.image.explain(batch, output);
      return {
        tokens: text?.tokens ?? [],
        features: text?.features ?? [],
        images: image.images,
      };
    },
    async close() {
      await (await opened)?.close();
      await parts.text.close?.();
      await parts.image.close?.();
    },
    save: () => saveFused(fused),
  };
}

/** Rows that have text and photo. */
export function rowsWithBoth({ hasText, hasPhoto }: PartAnswers): readonly number[] {
  return hasText.flatMap((has, row) => (has && hasPhoto[row] ? [row] : []));
}

function sourceOf(answers: PartAnswers, row: number, both: Float64Array): Float64Array {
  if (answers.hasText[row] && answers.hasPhoto[row]) return both;
  return answers.hasPhoto[row] ? answers.image : answers.text;
}

/**
 * Text beside photo, each of length 1 (0 where a row has none), the whole of length 1. A text part without a space of its
 * own is placed by its probabilities: their square roots have length 1 (Hellinger).
 */
async function embedParts(parts: Parts, batch: ColumnBatch, isClass: boolean): Promise<Embeddings> {
  const answers = await askParts(parts, batch);
  const text = (await parts.text.embed?.(batch)) ?? opinionsAsVectors(answers, isClass);
  const width = answers.photoFeatures.length / Math.max(1, batch.length);
  const dim = text.dim + width;
  const rows = new Float32Array(batch.length * dim);
  for (let row = 0; row < batch.length; row++) {
    const whole = rows.subarray(row * dim, (row + 1) * dim);
    if (answers.hasText[row])
      whole.set(unit(text.rows.subarray(row * text.dim, (row + 1) * text.dim)));
    if (answers.hasPhoto[row])
      whole.set(unit(answers.photoFeatures.subarray(row * width, (row + 1) * width)), text.dim);
    whole.set(unit(whole));
  }
  return { rows, dim };
}

function opinionsAsVectors({ rows, outputs, text }: PartAnswers, isClass: boolean): Embeddings {
  if (!isClass) return { rows: new Float32Array(0), dim: 0 };
  const vectors = new Float32Array(rows * outputs);
  const probabilities = new Float64Array(outputs);
  for (let row = 0; row < rows; row++) {
    softmaxInto(text, row * outputs, probabilities);
    vectors.set(probabilities.map(Math.sqrt), row * outputs);
  }
  return { rows: vectors, dim: outputs };
}

function unit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return length === 0 ? vector : vector.map((value) => value / length);
}
