import { setImmediate } from "node:timers/promises";
import { softmaxInto } from "../../evaluation/class-metrics.ts";
import type { Corpus } from "../../features/corpus.ts";

/** What is to be learnt: documents as feature rows and numbers, the first `targets.length` of them with targets. */
export interface LinearProblem {
  readonly corpus: Corpus;
  readonly denseSize: number;
  readonly outputs: number;
  readonly regression: boolean;
  /** Label indexes, or standardised numbers. */
  readonly targets: Float64Array;
  /** Weight of each label. */
  readonly weights: Float32Array;
}

/** Weights: one row per feature, one per number. */
export interface LinearModel {
  readonly table: Float32Array;
  readonly dense: Float32Array;
}

/** A linear model in training. */
export interface Adagrad {
  readonly model: LinearModel;
  /** Sums of squared gradients, in the shape of the model. */
  readonly squares: LinearModel;
  /** One pass in the given order; yields to the event loop between blocks. Resolves to the mean loss. */
  runEpoch(
    order: readonly number[],
    options: { signal?: AbortSignal; onDone: (done: number) => void },
  ): Promise<number>;
  /** Outputs of documents [from, to). */
  scoreInto(from: number, to: number, target: Float64Array): void;
  copy(): LinearModel;
}

const ROWS_PER_TURN = 8192;
const EPSILON = 1e-8;

/**
 * Stochastic gradient descent whose step for each weight shrinks with the gradients it has seen.
 * Source: J. Duchi, E. Hazan, Y. Singer, "Adaptive Subgradient Methods", JMLR 12 (2011).
 */
export function createAdagrad(
  problem: LinearProblem,
  { lr, l2 }: { lr: number; l2: number },
): Adagrad {
  const { corpus, denseSize, outputs, regression, targets, weights } = problem;
  const { ids, starts, scales, segments, dense } = corpus;
  const empty = (): LinearModel => ({
    table: new Float32Array(corpus.vocabulary.size * outputs),
    dense: new Float32Array(denseSize * outputs),
  });
  const model = empty();
  const squares = empty();
  const scores = new Float64Array(outputs);
  const probabilities = new Float64Array(outputs);

  function predict(document: number): void {
    scores.fill(0);
    for (let s = document * segments; s < (document + 1) * segments; s++)
      for (let i = starts[s]; i < starts[s + 1]; i++)
        for (let c = 0; c < outputs; c++)
          scores[c] += scales[s] * model.table[ids[i] * outputs + c];
    for (let i = 0; i < denseSize; i++)
      for (let c = 0; c < outputs; c++)
        scores[c] += dense[document * denseSize + i] * model.dense[i * outputs + c];
  }

  /** Turns scores into the gradient of the loss by them; returns the loss. */
  function differentiate(document: number): number {
    const target = targets[document];
    if (regression) {
      const error = scores[0] - target;
      scores[0] = error;
      return error * error;
    }
    softmaxInto(scores, 0, probabilities);
    const weight = weights[target];
    for (let c = 0; c < outputs; c++)
      scores[c] = weight * (probabilities[c] - (c === target ? 1 : 0));
    return -Math.log(probabilities[target] + 1e-12);
  }

  function step(part: "table" | "dense", at: number, gradient: number): void {
    const values = model[part];
    const full = gradient + l2 * values[at];
    const square = (squares[part][at] += full * full);
    values[at] -= (lr * full) / (Math.sqrt(square) + EPSILON);
  }

  function update(document: number): void {
    for (let s = document * segments; s < (document + 1) * segments; s++)
      for (let i = starts[s]; i < starts[s + 1]; i++)
        for (let c = 0; c < outputs; c++)
          step("table", ids[i] * outputs + c, scales[s] * scores[c]);
    for (let i = 0; i < denseSize; i++)
      for (let c = 0; c < outputs; c++)
        step("dense", i * outputs + c, dense[document * denseSize + i] * scores[c]);
  }

  return {
    model,
    squares,
    async runEpoch(order, { signal, onDone }) {
      let loss = 0;
      for (let i = 0; i < order.length; i++) {
        if (i % ROWS_PER_TURN === 0) {
          await setImmediate();
          signal?.throwIfAborted();
          onDone(i);
        }
        predict(order[i]);
        loss += differentiate(order[i]);
        update(order[i]);
      }
      onDone(order.length);
      return loss / order.length;
    },
    scoreInto(from, to, target) {
      for (let document = from; document < to; document++) {
        predict(document);
        target.set(scores, (document - from) * outputs);
      }
    },
    copy: () => ({ table: model.table.slice(), dense: model.dense.slice() }),
  };
}
