import type { LabelProbability, PartName, Prediction } from "@souk/models";
import type { EncodedPredictions } from "./protocol.ts";

/** One prediction as plain JSON. */
export interface PlainPrediction {
  /** The predicted class, or the predicted number of a numeric target. */
  readonly label: string | number;
  /** By `card.labels` order, each in [0, 1], to six decimals; absent when the model gives none. */
  readonly probabilities?: readonly number[];
  /** Numeric target: the prediction. Ordinal target: the expected value. */
  readonly value?: number;
  /** Bounds that hold the actual number with the probability of `card.interval.level`; absent when the task asks for none. */
  readonly low?: number;
  readonly high?: number;
  /** The likeliest classes, best first, when `topK` was asked. */
  readonly top?: readonly LabelProbability[];
  /** The same of the text alone and of the photo alone, when `parts` was asked and the model has them. */
  readonly parts?: Readonly<Record<PartName, readonly LabelProbability[]>>;
}

/** Predictions as columns, ready to leave the thread. */
export function encodePredictions(predictions: readonly Prediction[]): EncodedPredictions {
  const classes = predictions[0]?.probabilities?.length ?? 0;
  const probabilities = classes === 0 ? undefined : new Float32Array(predictions.length * classes);
  const hasValues = predictions.some((prediction) => prediction.value !== undefined);
  const values = hasValues ? new Float64Array(predictions.length).fill(NaN) : undefined;
  const hasBounds = predictions.some((prediction) => prediction.low !== undefined);
  const bounds = hasBounds ? new Float64Array(2 * predictions.length).fill(NaN) : undefined;
  const labels = predictions.map((prediction, row) => {
    if (prediction.probabilities) probabilities?.set(prediction.probabilities, row * classes);
    if (values && prediction.value !== undefined) values[row] = prediction.value;
    bounds?.set([prediction.low ?? NaN, prediction.high ?? NaN], 2 * row);
    return prediction.label;
  });
  const parts = predictions.some((prediction) => prediction.parts)
    ? predictions.map((prediction) => prediction.parts)
    : undefined;
  return { labels, classes, probabilities, values, bounds, parts };
}

/** Every row of some blocks as plain JSON, in order. @param options as `decodePredictions`. */
export function decodeBlocks(
  blocks: readonly EncodedPredictions[],
  options: DecodeOptions,
): PlainPrediction[] {
  return blocks.flatMap((block) =>
    decodePredictions(block, { from: 0, rows: block.labels.length }, options),
  );
}

interface DecodeOptions {
  readonly topK?: number | undefined;
  readonly classLabels?: readonly (string | number)[] | undefined;
}

/**
 * Rows [`from`, `from + rows`) as plain JSON.
 *
 * @param options `topK` > 0 adds the likeliest classes, ties by label order; `classLabels` is `card.labels`.
 */
export function decodePredictions(
  encoded: EncodedPredictions,
  range: { from: number; rows: number },
  options: DecodeOptions = {},
): PlainPrediction[] {
  const predictions: PlainPrediction[] = [];
  for (let row = range.from; row < range.from + range.rows; row++) {
    predictions.push(decodeRow(encoded, row, options));
  }
  return predictions;
}

function decodeRow(
  encoded: EncodedPredictions,
  row: number,
  options: DecodeOptions,
): PlainPrediction {
  const label = encoded.labels[row]!;
  const value = encoded.values?.[row];
  const [low, high] = encoded.bounds?.subarray(2 * row, 2 * row + 2) ?? [];
  const probabilities =
    encoded.probabilities === undefined
      ? undefined
      : Array.from(
          encoded.probabilities.subarray(row * encoded.classes, (row + 1) * encoded.classes),
          sixDecimals,
        );
  const top =
    probabilities && options.topK && options.classLabels
      ? likeliest(probabilities, options.classLabels, options.topK)
      : undefined;
  return {
    label,
    ...(value !== undefined && !Number.isNaN(value) && { value }),
    ...(low !== undefined && !Number.isNaN(low) && { low, high }),
    ...(probabilities && { probabilities }),
    ...(top && { top }),
    ...(encoded.parts?.[row] && { parts: roundedParts(encoded.parts[row]) }),
  };
}

function roundedParts(
  parts: NonNullable<Prediction["parts"]>,
): NonNullable<PlainPrediction["parts"]> {
  const rounded = (top: readonly LabelProbability[]): LabelProbability[] =>
    top.map(({ label, probability }) => ({ label, probability: sixDecimals(probability) }));
  return { text: rounded(parts.text), image: rounded(parts.image) };
}

/** A 32-bit float knows no more, and written in full it takes 20 characters of every answer and every log row. */
function sixDecimals(probability: number): number {
  return Math.round(probability * 1e6) / 1e6;
}

function likeliest(
  probabilities: readonly number[],
  labels: readonly (string | number)[],
  k: number,
): LabelProbability[] {
  return probabilities
    .map((probability, i) => ({ label: labels[i] ?? i, probability }))
    .toSorted((a, b) => b.probability - a.probability)
    .slice(0, k);
}
