import { SoukError } from "@souk/core";
import { expectedValue, indexOfMost, softmaxInto } from "../evaluation/class-metrics.ts";
import { leaveInputsOut } from "../explain/contributions.ts";
import type { Embeddings, Explanation, PartName, Predictor } from "../families/family.ts";
import type { ColumnBatch } from "../rows/batch.ts";
import { untransform } from "../rows/transform.ts";
import type { Labels } from "../rows/target.ts";
import type { ModelCard } from "./card.ts";
import type { Comparable, ComparableIndex } from "./comparables.ts";

/** What a model says of one row. */
export interface Prediction {
  /** The most probable label, or the number. */
  readonly label: string | number;
  /** By `card.labels`; sums to 1. */
  readonly probabilities?: Float32Array;
  /** The number, or for an ordinal target the expected value. */
  readonly value?: number;
  /** Bounds that hold the actual number with probability `card.interval.level`, where the task asks for them. */
  readonly low?: number;
  readonly high?: number;
  /** The `topK` most probable labels, when asked for. */
  readonly top?: readonly LabelProbability[];
  /** The same of each part alone, when asked for and the model has parts. */
  readonly parts?: Readonly<Record<PartName, readonly LabelProbability[]>>;
}

/** A label and how probable it is, in [0, 1]. */
export interface LabelProbability {
  readonly label: string | number;
  readonly probability: number;
}

/** Why a row got its answer. */
export interface PredictionExplanation extends Explanation {
  /** What is explained; `undefined` for a number. */
  readonly label: string | number | undefined;
  /** The score that the contributions move: a logit, or the number as it is learnt (ln(1 + number) under `log1p`). */
  readonly score: number;
}

/** A trained model, ready to answer. Used by one thread, one call at a time; its owner closes it. */
export interface Model {
  readonly card: ModelCard;
  /** Bytes of the weights. */
  readonly sizeBytes: number;
  /**
   * One prediction per row. A missing cell, or input column, counts as a missing value.
   * @throws SoukError `PREDICT_INPUT` when the batch has none of the inputs, or lacks a required one;
   * `MODEL_CLOSED` after `close`.
   */
  predict(
    batch: ColumnBatch,
    options?: { readonly topK?: number; readonly parts?: boolean },
  ): Promise<Prediction[]>;
  /** One vector per row, [rows, dim]. @throws SoukError as `predict`, `MODEL_NO_EMBEDDING` where the family has none. */
  embed(batch: ColumnBatch): Promise<Embeddings>;
  /**
   * Why the first row gets its most probable label, or `label`.
   * A family without explanations of its own is asked what it says without each input.
   * @throws SoukError as `predict`, `PREDICT_LABEL` for a label it does not know.
   */
  explain(
    batch: ColumnBatch,
    options?: { readonly label?: string | number },
  ): Promise<PredictionExplanation>;
  /**
   * For each row the `most` training rows most like it, best first.
   * @throws SoukError as `predict`, `MODEL_NO_COMPARABLES` where the task asked for none.
   */
  comparables(batch: ColumnBatch, most: number): Promise<Comparable[][]>;
  /** Logits [rows, labels] (temperature applied), or numbers [rows] in the target's unit: for evaluation. */
  score(batch: ColumnBatch): Promise<Float64Array>;
  close(): void;
}

/** A model of a card and a predictor. */
export function createModel(card: ModelCard, predictor: Predictor, sizeBytes: number): Model {
  const { labels, temperature, task } = card;
  const outputs = labels?.length ?? 1;
  const inputs = task.inputs.map(({ column }) => column);
  let open: Predictor | undefined = predictor;

  function ready(batch: ColumnBatch): Predictor {
    if (open === undefined)
      throw new SoukError("MODEL_CLOSED", "expected an open model, got a closed one");
    requireInputs(card, batch);
    return open;
  }

  /** What the family answers: logits, or numbers as they were learnt. */
  async function rawScores(batch: ColumnBatch): Promise<Float64Array> {
    const scores = new Float64Array(batch.length * outputs);
    await ready(batch).scoreInto(batch, scores);
    return scores;
  }

  /** Each row's most probable labels by each part; `undefined` for a model without parts. */
  async function partsOf(batch: ColumnBatch, topK: number): Promise<Prediction["parts"][]> {
    const parts = labels && (await open?.parts?.(batch));
    if (!labels || !parts) return [];
    const top = (logits: Float64Array, row: number): LabelProbability[] => {
      const probabilities = new Float32Array(outputs);
      softmaxInto(logits, row * outputs, probabilities);
      return most(probabilities, labels, topK);
    };
    return Array.from({ length: batch.length }, (_, row) => ({
      text: top(parts.text, row),
      image: top(parts.image, row),
    }));
  }

  async function score(batch: ColumnBatch): Promise<Float64Array> {
    const scores = await rawScores(batch);
    if (labels === undefined) return scores.map((one) => untransform(task, one));
    if (temperature !== 1) for (let i = 0; i < scores.length; i++) scores[i] /= temperature;
    return scores;
  }

  return {
    card,
    sizeBytes,
    score,
    async predict(batch, { topK = 0, parts = false } = {}) {
      if (labels === undefined)
        return Array.from(await rawScores(batch), (one) => predictNumber(card, one));
      const whole = predictLabels(await score(batch), labels, { rows: batch.length, topK });
      if (!parts) return whole;
      const each = await partsOf(batch, topK || labels.length);
      return whole.map((one, row) => (each[row] ? { ...one, parts: each[row] } : one));
    },
    comparables: () =>
      Promise.reject(
        new SoukError(
          "MODEL_NO_COMPARABLES",
          `the task ${task.name} keeps no comparable rows: give it "comparables" and train again`,
        ),
      ),
    async embed(batch) {
      const predictor = ready(batch);
      if (predictor.embed) return predictor.embed(batch);
      throw new SoukError("MODEL_NO_EMBEDDING", `the family ${card.family} has no embeddings`);
    },
    async explain(batch, { label } = {}) {
      const predictor = ready(batch);
      const scores = await rawScores(batch);
      const output = outputOf(labels, scores.subarray(0, outputs), label);
      const explanation = predictor.explain
        ? await predictor.explain(batch, output)
        : await leaveInputsOut(batch, { inputs, output, outputs }, (rows, into) =>
            predictor.scoreInto(rows, into),
          );
      return { ...explanation, label: labels?.[output], score: scores[output] };
    },
    close() {
      // What is being scored is finished first; nobody waits for the freeing.
      open?.close?.().catch(() => undefined);
      open = undefined;
    },
  };
}

/** The index of the label to explain. @throws SoukError `PREDICT_LABEL`. */
function outputOf(
  labels: Labels | undefined,
  scores: Float64Array,
  label: string | number | undefined,
): number {
  if (label === undefined) return indexOfMost(scores);
  const found = labels?.findIndex((one) => String(one) === String(label)) ?? -1;
  if (found >= 0) return found;
  const known = labels?.slice(0, 20).join(", ") ?? "none: the answer is a number";
  throw new SoukError("PREDICT_LABEL", `expected a label of ${known}, got ${label}`);
}

/** A model that also finds rows of an index. */
export function withComparables(model: Model, index: ComparableIndex): Model {
  return {
    ...model,
    async comparables(batch, most) {
      requireInputs(model.card, batch);
      return Array.from({ length: batch.length }, (_, row) => index.find(batch, row, most));
    },
  };
}

function predictNumber({ task, interval }: ModelCard, score: number): Prediction {
  const value = untransform(task, score);
  if (interval === undefined) return { label: value, value };
  return {
    label: value,
    value,
    low: untransform(task, score - interval.halfWidth),
    high: untransform(task, score + interval.halfWidth),
  };
}

function predictLabels(
  scores: Float64Array,
  labels: Labels,
  { rows, topK }: { rows: number; topK: number },
): Prediction[] {
  const k = labels.length;
  const all = new Float32Array(rows * k);
  const predictions: Prediction[] = [];
  for (let row = 0; row < rows; row++) {
    const probabilities = all.subarray(row * k, (row + 1) * k);
    softmaxInto(scores, row * k, probabilities);
    const value = expectedValue(probabilities, labels);
    predictions.push({
      label: labels[indexOfMost(probabilities)],
      probabilities,
      ...(value === undefined ? {} : { value }),
      ...(topK > 0 ? { top: most(probabilities, labels, topK) } : {}),
    });
  }
  return predictions;
}

function most(probabilities: Float32Array, labels: Labels, topK: number): LabelProbability[] {
  return labels
    .map((label, c) => ({ label, probability: probabilities[c] }))
    .toSorted((a, b) => b.probability - a.probability)
    .slice(0, topK);
}

function requireInputs(card: ModelCard, batch: ColumnBatch): void {
  const { inputs } = card.signature;
  const given = inputs.filter(({ name }) => batch.columns[name] !== undefined);
  if (given.length === 0 || inputs.some((input) => input.required && !given.includes(input)))
    throw new SoukError(
      "PREDICT_INPUT",
      `expected input ${inputs.map(({ name }) => name).join(" or ")}, got ${Object.keys(batch.columns).join(", ") || "none"}`,
    );
  for (const { name } of given)
    if (batch.columns[name].length !== batch.length)
      throw new SoukError(
        "PREDICT_INPUT",
        `expected ${batch.length} values of ${name}, got ${batch.columns[name].length}`,
      );
}
