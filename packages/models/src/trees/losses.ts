import { quantile } from "@souk/core";
import { softmaxInto } from "../evaluation/class-metrics.ts";
import type { Derivatives } from "./histogram.ts";

/** What boosting lowers. Scores are row-major, [rows, outputs]; derivatives one column per output, [outputs, rows]. */
export interface Loss {
  readonly outputs: number;
  /** The best constant score of each output, [outputs]. */
  base(): Float64Array;
  /** Writes the derivatives of the loss by the scores. */
  derivativesInto(scores: Float64Array, target: Derivatives): void;
  /** The best value of a leaf with these rows, where the second-order step is not it. */
  readonly leafValue?: (scores: Float64Array, rows: Int32Array) => number;
}

/** Half the squared error of numbers. */
export function squaredLoss(targets: Float64Array): Loss {
  return {
    outputs: 1,
    base: () => Float64Array.of(meanOf(targets)),
    derivativesInto(scores, { gradients, hessians }) {
      hessians.fill(1);
      for (let i = 0; i < targets.length; i++) gradients[i] = scores[i] - targets[i];
    },
  };
}

/** The absolute error of numbers; a leaf's value is the median of what is left to explain. */
export function absoluteLoss(targets: Float64Array): Loss {
  return {
    outputs: 1,
    base: () => Float64Array.of(quantile(targets, 0.5)),
    derivativesInto(scores, { gradients, hessians }) {
      hessians.fill(1);
      for (let i = 0; i < targets.length; i++) gradients[i] = Math.sign(scores[i] - targets[i]);
    },
    leafValue: (scores, rows) => medianLeft(targets, scores, rows),
  };
}

/** Share of the errors that Huber's loss counts as squares. Source: J. Friedman, Annals of Statistics 29 (2001), section 4.4. */
const HUBER_SHARE = 0.9;

/**
 * Huber's loss: squares up to the 0.9 quantile of the errors so far, straight beyond. A leaf's value is the median of
 * what is left plus the mean of the rest, cut off there. Source: J. Friedman, as above, algorithm 4.
 */
export function huberLoss(targets: Float64Array): Loss {
  let delta = 0;
  const cut = (value: number): number => Math.max(-delta, Math.min(delta, value));
  return {
    outputs: 1,
    base: () => Float64Array.of(quantile(targets, 0.5)),
    derivativesInto(scores, { gradients, hessians }) {
      hessians.fill(1);
      delta = quantile(
        targets.map((y, i) => Math.abs(scores[i] - y)),
        HUBER_SHARE,
      );
      for (let i = 0; i < targets.length; i++) gradients[i] = cut(scores[i] - targets[i]);
    },
    leafValue(scores, rows) {
      const median = medianLeft(targets, scores, rows);
      let mean = 0;
      for (const row of rows) mean += cut(targets[row] - scores[row] - median) / rows.length;
      return median + mean;
    },
  };
}

/** Log-loss of two classes; the score is the log odds of class 1. */
export function logisticLoss(targets: Float64Array, weights: Float32Array): Loss {
  return {
    outputs: 1,
    base() {
      const [none, one] = weightedShares(targets, weights);
      return Float64Array.of(Math.log(one / none));
    },
    derivativesInto(scores, { gradients, hessians }) {
      for (let i = 0; i < targets.length; i++) {
        const probability = 1 / (1 + Math.exp(-scores[i]));
        const weight = weights[targets[i]];
        gradients[i] = weight * (probability - targets[i]);
        hessians[i] = weight * probability * (1 - probability);
      }
    },
  };
}

/** Log-loss of several classes; scores are logits. */
export function softmaxLoss(targets: Float64Array, weights: Float32Array): Loss {
  const k = weights.length;
  return {
    outputs: k,
    base: () => weightedShares(targets, weights).map(Math.log),
    derivativesInto(scores, { gradients, hessians }) {
      const rows = targets.length;
      const probabilities = new Float64Array(k);
      for (let i = 0; i < rows; i++) {
        softmaxInto(scores, i * k, probabilities);
        const weight = weights[targets[i]];
        for (let c = 0; c < k; c++) {
          const p = probabilities[c];
          gradients[c * rows + i] = weight * (p - (c === targets[i] ? 1 : 0));
          hessians[c * rows + i] = weight * p * (1 - p);
        }
      }
    },
  };
}

/** Weighted share of each class; one that has no row counts as a thousandth of a row. */
function weightedShares(targets: Float64Array, weights: Float32Array): Float64Array {
  const shares = new Float64Array(weights.length).fill(1e-3 / targets.length);
  for (const target of targets) shares[target] += weights[target] / targets.length;
  return shares;
}

function medianLeft(targets: Float64Array, scores: Float64Array, rows: Int32Array): number {
  if (rows.length === 0) return 0;
  return quantile(
    Float64Array.from(rows, (row) => targets[row] - scores[row]),
    0.5,
  );
}

function meanOf(values: Float64Array): number {
  let mean = 0;
  for (const value of values) mean += value / values.length;
  return mean;
}
