/**
 * A small model over what the parts say. Of label c, with the parts' opinions t and i (logarithms of probabilities):
 *
 *   score_c = text_c t_c + image_c i_c + bias_c
 *
 * The weights of labels are pulled towards common ones, and the biases to 0: with few validation rows it is the product
 * of both opinions, each to a power. For numbers the same with one output, by ridge regression towards half of each.
 *
 * Source: Wolpert, "Stacked Generalization", Neural Networks 5, 1992.
 */
import { softmaxInto } from "../../evaluation/class-metrics.ts";
import type { Opinions } from "./opinions.ts";

/** The learnt weights, [outputs] each; JSON. */
export interface Stacking {
  readonly text: readonly number[];
  readonly image: readonly number[];
  readonly bias: readonly number[];
}

/** Pull of a label's weights and bias, in rows: like so many rows that say nothing. */
const PULL = 10;
const STEPS = 300;
const RATE = 0.05;

/** Writes the scores of one row. */
export function stackInto(
  { outputs, text, image }: Opinions,
  row: number,
  { scores, stacking }: { scores: Float64Array; stacking: Stacking },
): void {
  for (let c = 0; c < outputs; c++) {
    const at = row * outputs + c;
    scores[at] = stacking.text[c] * text[at] + stacking.image[c] * image[at] + stacking.bias[c];
  }
}

/** Learns the weights from rows with targets (label indexes, or numbers). */
export function fitStacking(opinions: Opinions, targets: Float64Array, isClass: boolean): Stacking {
  return isClass ? fitLabels(opinions, targets) : fitNumber(opinions, targets);
}

/** Full-batch Adam on the log-loss. Parameters: two common weights, then text, image and bias of each label. */
function fitLabels(opinions: Opinions, targets: Float64Array): Stacking {
  const { rows, outputs: k } = opinions;
  const values = new Float64Array(2 + 3 * k);
  values.fill(0.7, 0, 2);
  const gradient = new Float64Array(values.length);
  const mean = new Float64Array(values.length);
  const square = new Float64Array(values.length);
  for (let step = 1; step <= STEPS; step++) {
    gradientInto(opinions, targets, { values, gradient });
    const rate = RATE * (1 - (step - 1) / STEPS);
    for (let i = 0; i < values.length; i++) {
      const pull = i < 2 ? 0 : (PULL * values[i]) / rows;
      const slope = gradient[i] + pull;
      mean[i] = 0.9 * mean[i] + 0.1 * slope;
      square[i] = 0.999 * square[i] + 0.001 * slope * slope;
      const corrected = square[i] / (1 - 0.999 ** step);
      values[i] -= (rate * mean[i]) / (1 - 0.9 ** step) / (Math.sqrt(corrected) + 1e-8);
    }
  }
  return stackingOf(values, k);
}

function stackingOf(values: Float64Array, k: number): Stacking {
  const part = (from: number, common: number): number[] =>
    Array.from(values.subarray(from, from + k), (value) => common + value);
  return {
    text: part(2, values[0]),
    image: part(2 + k, values[1]),
    bias: part(2 + 2 * k, 0),
  };
}

function gradientInto(
  opinions: Opinions,
  targets: Float64Array,
  { values, gradient }: { values: Float64Array; gradient: Float64Array },
): void {
  const { rows, outputs: k, text, image } = opinions;
  const stacking = stackingOf(values, k);
  const scores = new Float64Array(rows * k);
  const probabilities = new Float64Array(k);
  gradient.fill(0);
  for (let row = 0; row < rows; row++) {
    stackInto(opinions, row, { scores, stacking });
    softmaxInto(scores, row * k, probabilities);
    for (let c = 0; c < k; c++) {
      const error = (probabilities[c] - Number(targets[row] === c)) / rows;
      const at = row * k + c;
      gradient[0] += error * text[at];
      gradient[1] += error * image[at];
      gradient[2 + c] += error * text[at];
      gradient[2 + k + c] += error * image[at];
      gradient[2 + 2 * k + c] += error;
    }
  }
}

/** Least squares of y - (t + i) / 2 on the centred opinions, pulled to 0. */
function fitNumber({ rows, text, image }: Opinions, targets: Float64Array): Stacking {
  const average = (values: Float64Array): number =>
    values.reduce((sum, value) => sum + value / rows, 0);
  const [t0, i0, y0] = [average(text), average(image), average(targets)];
  let [tt, ti, ii, tr, ir] = [0, 0, 0, 0, 0];
  for (let row = 0; row < rows; row++) {
    const [t, i] = [text[row] - t0, image[row] - i0];
    const rest = targets[row] - y0 - (t + i) / 2;
    tt += t * t;
    ti += t * i;
    ii += i * i;
    tr += t * rest;
    ir += i * rest;
  }
  const pull = (PULL * (tt + ii)) / (2 * Math.max(1, rows)) + 1e-12;
  const determinant = (tt + pull) * (ii + pull) - ti * ti;
  const textWeight = 0.5 + ((ii + pull) * tr - ti * ir) / determinant;
  const imageWeight = 0.5 + ((tt + pull) * ir - ti * tr) / determinant;
  return {
    text: [textWeight],
    image: [imageWeight],
    bias: [y0 - textWeight * t0 - imageWeight * i0],
  };
}
