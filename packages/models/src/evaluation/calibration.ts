import { softmaxInto } from "./class-metrics.ts";

/** Reliability of the stated confidence in ten bins. */
export interface Calibration {
  /** Rows whose confidence is in (from, to]: how many, their mean confidence and their accuracy. */
  readonly bins: readonly {
    readonly from: number;
    readonly to: number;
    readonly count: number;
    readonly confidence: number;
    readonly accuracy: number;
  }[];
  /** Expected calibration error: mean gap of confidence and accuracy, weighted by rows. */
  readonly ece: number;
}

const BINS = 10;

/** Calibration of logits [rows, k] against label indexes. Source: M. P. Naeini et al., AAAI 2015. */
export function calibration(
  scores: Float64Array,
  targets: ArrayLike<number>,
  k: number,
): Calibration {
  const counts = new Float64Array(BINS);
  const confidences = new Float64Array(BINS);
  const hits = new Float64Array(BINS);
  const probabilities = new Float64Array(k);
  for (let row = 0; row < targets.length; row++) {
    softmaxInto(scores, row * k, probabilities);
    const confidence = Math.max(...probabilities);
    const bin = Math.max(0, Math.min(BINS - 1, Math.ceil(confidence * BINS) - 1));
    counts[bin]++;
    confidences[bin] += confidence;
    if (probabilities[targets[row]] === confidence) hits[bin]++;
  }
  let ece = 0;
  const bins = Array.from({ length: BINS }, (_, bin) => {
    const count = counts[bin];
    ece += Math.abs(confidences[bin] - hits[bin]) / Math.max(1, targets.length);
    const mean = (sum: number): number => (count === 0 ? 0 : sum / count);
    const edges = { from: bin / BINS, to: (bin + 1) / BINS };
    return { ...edges, count, confidence: mean(confidences[bin]), accuracy: mean(hits[bin]) };
  });
  return { bins, ece };
}

/**
 * The temperature T that minimises the log-loss of logits / T, by golden-section search over [0.2, 5].
 * Source: C. Guo et al., "On Calibration of Modern Neural Networks", ICML 2017.
 */
export function fitTemperature(
  scores: Float64Array,
  targets: ArrayLike<number>,
  k: number,
): number {
  const loss = (logT: number): number => scaledLogLoss(scores, targets, { k, t: Math.exp(logT) });
  const ratio = (Math.sqrt(5) - 1) / 2;
  let low = Math.log(0.2);
  let high = Math.log(5);
  for (let i = 0; i < 20; i++) {
    const a = high - ratio * (high - low);
    const b = low + ratio * (high - low);
    if (loss(a) < loss(b)) high = b;
    else low = a;
  }
  return Math.exp((low + high) / 2);
}

/** Mean -log probability of the target under logits / t. */
export function scaledLogLoss(
  scores: Float64Array,
  targets: ArrayLike<number>,
  { k, t }: { k: number; t: number },
): number {
  let sum = 0;
  for (let row = 0; row < targets.length; row++) {
    if (targets[row] < 0) continue;
    let most = -Infinity;
    for (let c = 0; c < k; c++) most = Math.max(most, scores[row * k + c] / t);
    let total = 0;
    for (let c = 0; c < k; c++) total += Math.exp(scores[row * k + c] / t - most);
    sum += most + Math.log(total) - scores[row * k + targets[row]] / t;
  }
  return sum / Math.max(1, targets.length);
}
