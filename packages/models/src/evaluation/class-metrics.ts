import type { Labels } from "../rows/target.ts";

/** Precision, recall and F1 of one label, and its number of rows. */
export interface ClassReport {
  readonly label: string;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly support: number;
}

/** How well classes were told apart. */
export interface ClassMetrics {
  /**
   * accuracy, macroF1, weightedF1, logLoss; above 3 labels top3Accuracy; for ordered labels quadraticKappa, mae (of the
   * label) and maeOfValue (of the expected value).
   */
  readonly metrics: Record<string, number>;
  readonly perClass: ClassReport[];
  /** [actual][predicted], in label order. */
  readonly confusion: number[][];
}

/** Smallest probability that enters the log-loss: one certain error must not make it infinite. */
const FLOOR = 1e-15;

/**
 * Metrics of logits [rows, labels] against label indexes. A target of -1 (a label the model does not know) counts as
 * an error of the smallest probability and appears in no row of the confusion matrix.
 * Macro-F1 is the mean over labels that occur or were predicted; a label without either is left out.
 */
export function classMetrics(
  scores: Float64Array,
  targets: ArrayLike<number>,
  labels: Labels,
): ClassMetrics {
  const k = labels.length;
  const confusion = labels.map(() => Array.from<number>({ length: k }).fill(0));
  const probabilities = new Float64Array(k);
  let correct = 0;
  let logLoss = 0;
  for (let row = 0; row < targets.length; row++) {
    softmaxInto(scores, row * k, probabilities);
    const target = targets[row];
    const predicted = indexOfMost(probabilities);
    logLoss -= Math.log(Math.max(FLOOR, target < 0 ? 0 : probabilities[target]));
    if (target < 0) continue;
    if (target === predicted) correct++;
    confusion[target][predicted]++;
  }
  const perClass = reportClasses(confusion, labels);
  const seen = perClass.filter((one, c) => one.support > 0 || confusion.some((row) => row[c] > 0));
  const known = perClass.reduce((sum, one) => sum + one.support, 0);
  const metrics: Record<string, number> = {
    accuracy: correct / targets.length,
    macroF1: seen.reduce((sum, one) => sum + one.f1, 0) / Math.max(1, seen.length),
    weightedF1: perClass.reduce((sum, one) => sum + (one.f1 * one.support) / Math.max(1, known), 0),
    logLoss: logLoss / targets.length,
    ...(k > 3 ? { top3Accuracy: topAccuracy(scores, targets, k) } : {}),
    ...ordinalErrors(scores, targets, labels),
    ...(labels.every((label) => typeof label === "number")
      ? { quadraticKappa: quadraticKappa(confusion) }
      : {}),
  };
  return { metrics, perClass, confusion };
}

/** Probabilities of the labels from logits[at..at + k). */
export function softmaxInto(
  logits: Float64Array,
  at: number,
  target: Float64Array | Float32Array,
): void {
  let most = -Infinity;
  for (let c = 0; c < target.length; c++) most = Math.max(most, logits[at + c]);
  let total = 0;
  for (let c = 0; c < target.length; c++) total += target[c] = Math.exp(logits[at + c] - most);
  for (let c = 0; c < target.length; c++) target[c] /= total;
}

/** Index of the largest value; the first of equals. */
export function indexOfMost(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}

/** Probability-weighted mean of numeric labels, `undefined` for names. */
export function expectedValue(
  probabilities: ArrayLike<number>,
  labels: Labels,
): number | undefined {
  let sum = 0;
  for (let c = 0; c < labels.length; c++) {
    const label = labels[c];
    if (typeof label !== "number") return undefined;
    sum += label * probabilities[c];
  }
  return sum;
}

function reportClasses(confusion: readonly number[][], labels: Labels): ClassReport[] {
  return labels.map((label, c) => {
    const hits = confusion[c][c];
    const support = confusion[c].reduce((sum, n) => sum + n, 0);
    const predicted = confusion.reduce((sum, row) => sum + row[c], 0);
    const precision = predicted === 0 ? 0 : hits / predicted;
    const recall = support === 0 ? 0 : hits / support;
    const f1 = hits === 0 ? 0 : (2 * precision * recall) / (precision + recall);
    return { label: String(label), precision, recall, f1, support };
  });
}

/** Share of rows whose label is among the three most probable; of equals the first by label order comes first. */
function topAccuracy(scores: Float64Array, targets: ArrayLike<number>, k: number): number {
  let hits = 0;
  for (let row = 0; row < targets.length; row++) {
    const target = targets[row];
    if (target < 0) continue;
    const own = scores[row * k + target];
    let before = 0;
    for (let c = 0; c < k; c++) {
      const other = scores[row * k + c];
      if (other > own || (other === own && c < target)) before++;
    }
    if (before < 3) hits++;
  }
  return hits / targets.length;
}

/**
 * Agreement beyond chance, where a miss by two places counts four times a miss by one: 1 for perfect, 0 for chance and
 * where all rows are in one place. Source: J. Cohen, "Weighted kappa", Psychological Bulletin 70 (1968).
 */
function quadraticKappa(confusion: readonly number[][]): number {
  const actual = confusion.map((row) => row.reduce((sum, n) => sum + n, 0));
  const predicted = confusion.map((_, c) => confusion.reduce((sum, row) => sum + row[c], 0));
  const rows = actual.reduce((sum, n) => sum + n, 0);
  let observed = 0;
  let expected = 0;
  confusion.forEach((row, a) =>
    row.forEach((count, p) => {
      observed += (a - p) ** 2 * count;
      expected += ((a - p) ** 2 * actual[a] * predicted[p]) / Math.max(1, rows);
    }),
  );
  return expected === 0 ? 0 : 1 - observed / expected;
}

function ordinalErrors(
  scores: Float64Array,
  targets: ArrayLike<number>,
  labels: Labels,
): { mae: number; maeOfValue: number } | undefined {
  const values = labels.filter((label) => typeof label === "number");
  if (values.length !== labels.length) return undefined;
  const probabilities = new Float64Array(values.length);
  let mae = 0;
  let maeOfValue = 0;
  let known = 0;
  for (let row = 0; row < targets.length; row++) {
    if (targets[row] < 0) continue;
    softmaxInto(scores, row * values.length, probabilities);
    const actual = values[targets[row]];
    mae += Math.abs(values[indexOfMost(probabilities)] - actual);
    maeOfValue += Math.abs((expectedValue(probabilities, labels) ?? 0) - actual);
    known++;
  }
  return { mae: mae / Math.max(1, known), maeOfValue: maeOfValue / Math.max(1, known) };
}
