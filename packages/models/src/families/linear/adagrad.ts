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

const ROWS_PER_TURN = 8192;
const EPSILON = 1e-8;

/**
 * A linear model in training by stochastic gradient descent whose step for each weight shrinks with the gradients it
 * has seen. Source: J. Duchi, E. Hazan, Y. Singer, "Adaptive Subgradient Methods", JMLR 12 (2011).
 */
export class Adagrad {
  readonly model: LinearModel;
  /** Sums of squared gradients, in the shape of the model. */
  readonly squares: LinearModel;
  readonly #problem: LinearProblem;
  readonly #lr: number;
  readonly #l2: number;
  readonly #scores: Float64Array;
  readonly #probabilities: Float64Array;

  constructor(problem: LinearProblem, { lr, l2 }: { lr: number; l2: number }) {
    this.#problem = problem;
    this.#lr = lr;
    this.#l2 = l2;
    this.#scores = new Float64Array(problem.outputs);
    this.#probabilities = new Float64Array(problem.outputs);
    this.model = emptyModel(problem);
    this.squares = emptyModel(problem);
  }

  /** One pass in the given order; yields to the event loop between blocks. Resolves to the mean loss. */
  async runEpoch(
    order: readonly number[],
    { signal, onDone }: { signal?: AbortSignal; onDone: (done: number) => void },
  ): Promise<number> {
    let loss = 0;
    for (let i = 0; i < order.length; i++) {
      if (i % ROWS_PER_TURN === 0) {
        await setImmediate();
        signal?.throwIfAborted();
        onDone(i);
      }
      this.#predict(order[i]);
      loss += this.#differentiate(order[i]);
      this.#update(order[i]);
    }
    onDone(order.length);
    return loss / order.length;
  }

  /** Outputs of documents [from, to). */
  scoreInto(from: number, to: number, target: Float64Array): void {
    for (let document = from; document < to; document++) {
      this.#predict(document);
      target.set(this.#scores, (document - from) * this.#problem.outputs);
    }
  }

  /** The weights as they are now. */
  copy(): LinearModel {
    return { table: this.model.table.slice(), dense: this.model.dense.slice() };
  }

  #predict(document: number): void {
    const { corpus, denseSize, outputs } = this.#problem;
    const { ids, starts, scales, segments, dense } = corpus;
    const { model } = this;
    const scores = this.#scores.fill(0);
    for (let s = document * segments; s < (document + 1) * segments; s++)
      for (let i = starts[s]; i < starts[s + 1]; i++)
        for (let c = 0; c < outputs; c++)
          scores[c] += scales[s] * model.table[ids[i] * outputs + c];
    for (let i = 0; i < denseSize; i++)
      for (let c = 0; c < outputs; c++)
        scores[c] += dense[document * denseSize + i] * model.dense[i * outputs + c];
  }

  /** Turns scores into the gradient of the loss by them; returns the loss. */
  #differentiate(document: number): number {
    const { targets, regression, weights, outputs } = this.#problem;
    const scores = this.#scores;
    const target = targets[document];
    if (regression) {
      const error = scores[0] - target;
      scores[0] = error;
      return error * error;
    }
    softmaxInto(scores, 0, this.#probabilities);
    for (let c = 0; c < outputs; c++)
      scores[c] = weights[target] * (this.#probabilities[c] - (c === target ? 1 : 0));
    return -Math.log(this.#probabilities[target] + 1e-12);
  }

  #update(document: number): void {
    const { corpus, denseSize, outputs } = this.#problem;
    const { ids, starts, scales, segments, dense } = corpus;
    const { model, squares } = this;
    const scores = this.#scores;
    for (let s = document * segments; s < (document + 1) * segments; s++)
      for (let i = starts[s]; i < starts[s + 1]; i++)
        for (let c = 0; c < outputs; c++)
          this.#step(model.table, squares.table, {
            at: ids[i] * outputs + c,
            gradient: scales[s] * scores[c],
          });
    for (let i = 0; i < denseSize; i++) {
      const value = dense[document * denseSize + i];
      for (let c = 0; c < outputs; c++)
        this.#step(model.dense, squares.dense, {
          at: i * outputs + c,
          gradient: value * scores[c],
        });
    }
  }

  #step(
    values: Float32Array,
    squares: Float32Array,
    { at, gradient }: { at: number; gradient: number },
  ): void {
    const full = gradient + this.#l2 * values[at];
    const square = (squares[at] += full * full);
    values[at] -= (this.#lr * full) / (Math.sqrt(square) + EPSILON);
  }
}

function emptyModel({ corpus, denseSize, outputs }: LinearProblem): LinearModel {
  return {
    table: new Float32Array(corpus.vocabulary.size * outputs),
    dense: new Float32Array(denseSize * outputs),
  };
}
