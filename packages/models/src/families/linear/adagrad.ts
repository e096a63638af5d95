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
    const { table } = model;
    const scores = this.#scores.fill(0);
    for (let s = document * segments; s < (document + 1) * segments; s++) {
      const scale = scales[s];
      for (let i = starts[s]; i < starts[s + 1]; i++) {
        const row = ids[i] * outputs;
        for (let c = 0; c < outputs; c++) scores[c] += scale * table[row + c];
      }
    }
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
    const { corpus, denseSize } = this.#problem;
    const { ids, starts, scales, segments, dense } = corpus;
    const { table, dense: weights } = this.model;
    for (let s = document * segments; s < (document + 1) * segments; s++)
      for (let i = starts[s]; i < starts[s + 1]; i++)
        this.#step(table, this.squares.table, ids[i], scales[s]);
    for (let i = 0; i < denseSize; i++)
      this.#step(weights, this.squares.dense, i, dense[document * denseSize + i]);
  }

  /** Moves one row of `weights` whose feature has `value`; four bare arguments because this runs for every token. */
  #step(weights: Float32Array, squares: Float32Array, row: number, value: number): void {
    const scores = this.#scores;
    const outputs = scores.length;
    const first = row * outputs;
    const lr = this.#lr;
    const l2 = this.#l2;
    for (let c = 0; c < outputs; c++) {
      const at = first + c;
      const gradient = value * scores[c] + l2 * weights[at];
      const square = squares[at] + gradient * gradient;
      squares[at] = square;
      weights[at] -= (lr * gradient) / (Math.sqrt(square) + EPSILON);
    }
  }
}

function emptyModel({ corpus, denseSize, outputs }: LinearProblem): LinearModel {
  return {
    table: new Float32Array(corpus.vocabulary.size * outputs),
    dense: new Float32Array(denseSize * outputs),
  };
}
