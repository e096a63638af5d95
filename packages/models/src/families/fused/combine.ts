/** Two opinions into one: by a weight of each, or by weights of each label. */
import { indexOfMost, softmaxInto } from "../../evaluation/class-metrics.ts";
import type { Opinions } from "./opinions.ts";
import type { PartAnswers } from "./part-answers.ts";
import { fitStacking, type Stacking, stackInto } from "./stacking.ts";

/** How opinions are combined; JSON. */
export type Combination =
  /** Probabilities (or numbers): `weight` of the photo's, the rest of the text's. */
  | { readonly kind: "weights"; readonly weight: number }
  | ({ readonly kind: "stacking" } & Stacking);

const STEPS = 100;
/** Probability below which a logarithm is not taken. */
const LEAST = 1e-12;

/** Combined scores, [rows, outputs]: logarithms of probabilities up to a constant, or numbers. */
export function combine(
  answers: PartAnswers,
  combination: Combination,
  isClass: boolean,
): Float64Array {
  const { rows, outputs } = answers;
  const scores = new Float64Array(rows * outputs);
  const opinions = opinionsOf(answers, isClass);
  for (let row = 0; row < rows; row++) {
    if (combination.kind === "stacking")
      stackInto(opinions, row, { scores, stacking: combination });
    else weighInto(opinions, row, { scores, weight: combination.weight, isClass });
  }
  return scores;
}

/** The parts' logits as logarithms of probabilities; numbers as they are. */
function opinionsOf(answers: PartAnswers, isClass: boolean): Opinions {
  const { rows, outputs } = answers;
  if (!isClass) return answers;
  const logarithms = (logits: Float64Array): Float64Array => {
    const all = new Float64Array(logits.length);
    const probabilities = new Float64Array(outputs);
    for (let row = 0; row < rows; row++) {
      softmaxInto(logits, row * outputs, probabilities);
      for (let c = 0; c < outputs; c++)
        all[row * outputs + c] = Math.log(Math.max(LEAST, probabilities[c]));
    }
    return all;
  };
  return { rows, outputs, text: logarithms(answers.text), image: logarithms(answers.image) };
}

function weighInto(
  { outputs, text, image }: Opinions,
  row: number,
  { scores, weight, isClass }: { scores: Float64Array; weight: number; isClass: boolean },
): void {
  for (let at = row * outputs; at < (row + 1) * outputs; at++)
    scores[at] = isClass
      ? Math.log(weight * Math.exp(image[at]) + (1 - weight) * Math.exp(text[at]))
      : weight * image[at] + (1 - weight) * text[at];
}

/**
 * The weight of the photo in 0, 0.01, … 1 with the least loss: log-loss of classes, mean squared error of numbers; of equal
 * ones that nearest to the middle.
 */
export function searchWeight(
  answers: PartAnswers,
  targets: Float64Array,
  isClass: boolean,
): Combination {
  let best = { weight: 0.5, loss: Infinity };
  for (let step = 0; step <= STEPS; step++) {
    const weight = step / STEPS;
    const loss = lossOf(combine(answers, { kind: "weights", weight }, isClass), targets, isClass);
    const nearer = Math.abs(weight - 0.5) < Math.abs(best.weight - 0.5);
    if (loss < best.loss || (loss === best.loss && nearer)) best = { weight, loss };
  }
  return { kind: "weights", weight: best.weight };
}

/** Learns weights of each label. */
export function searchStacking(
  answers: PartAnswers,
  targets: Float64Array,
  isClass: boolean,
): Combination {
  return { kind: "stacking", ...fitStacking(opinionsOf(answers, isClass), targets, isClass) };
}

/** Mean log-loss of scores as logits, or mean squared error. */
export function lossOf(scores: Float64Array, targets: Float64Array, isClass: boolean): number {
  const k = scores.length / targets.length;
  let sum = 0;
  if (!isClass) {
    for (let row = 0; row < targets.length; row++) sum += (scores[row] - targets[row]) ** 2;
    return sum / targets.length;
  }
  const probabilities = new Float64Array(k);
  for (let row = 0; row < targets.length; row++) {
    softmaxInto(scores, row * k, probabilities);
    sum -= Math.log(Math.max(LEAST, probabilities[targets[row]]));
  }
  return sum / targets.length;
}

/** Share of rows whose most probable label is theirs. */
export function accuracyOf(scores: Float64Array, targets: Float64Array): number {
  const k = scores.length / targets.length;
  let hits = 0;
  for (let row = 0; row < targets.length; row++)
    hits += Number(indexOfMost(scores.subarray(row * k, (row + 1) * k)) === targets[row]);
  return hits / targets.length;
}
