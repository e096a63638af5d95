import type { Kernel } from "./kernel-interface.ts";
import { type Layout, type Shape, type Views, viewsOf } from "./layout.ts";

const f = Math.fround;
const CLIP = 4;
const EPSILON = f(1e-8);

/**
 * The kernel in plain JavaScript: the same single-precision operations in the same order as kernel.as.ts, hence the
 * same weights to the bit (the loss it returns may differ in the last digits, it does not feed back).
 */
export class PlainKernel implements Kernel {
  readonly #shape: Shape;
  readonly #views: Views;
  readonly #regression: boolean;
  readonly #hidden: Float32Array;
  readonly #sum: Float32Array;
  readonly #scores: Float32Array;

  constructor(buffer: ArrayBufferLike, layout: Layout, regression: boolean) {
    this.#shape = layout.shape;
    this.#views = viewsOf(buffer, layout);
    this.#regression = regression;
    this.#hidden = new Float32Array(layout.shape.dim);
    this.#sum = new Float32Array(layout.shape.dim);
    this.#scores = new Float32Array(layout.shape.classes);
  }

  train(from: number, to: number, lr: number): number {
    const { linear } = this.#shape;
    let loss = 0;
    for (let i = from; i < to; i++) {
      const document = this.#views.order[i];
      this.#project(document);
      loss += this.#regression
        ? this.#stepNumber(document, linear ? 1 : f(lr))
        : this.#stepClass(document, linear ? 1 : f(lr));
      if (linear) this.#scatterAdaptive(document, f(lr));
      else {
        this.#updateOutput();
        this.#scatter(document);
      }
    }
    return loss;
  }

  score(from: number, to: number): void {
    for (let document = from; document < to; document++) {
      this.#project(document);
      this.#views.scores.set(this.#scores, (document - from) * this.#shape.classes);
    }
  }

  /** hidden = scaled sum of the document's rows; scores = output x hidden, or the hidden columns themselves. */
  #project(document: number): void {
    const { dim, classes, segments, linear } = this.#shape;
    const { input, output, ids, starts, scales } = this.#views;
    const hidden = this.#hidden.fill(0);
    const sum = this.#sum;
    for (let s = document * segments; s < (document + 1) * segments; s++) {
      sum.fill(0);
      for (let i = starts[s]; i < starts[s + 1]; i++) {
        const row = ids[i] * dim;
        for (let j = 0; j < dim; j++) sum[j] = f(sum[j] + input[row + j]);
      }
      const scale = scales[s];
      for (let j = 0; j < dim; j++) hidden[j] = f(hidden[j] + f(sum[j] * scale));
    }
    for (let c = 0; c < classes; c++)
      this.#scores[c] = linear ? hidden[c] : dot4(hidden, output, c * dim);
  }

  /** Turns scores into the step of each class; returns the cross-entropy. */
  #stepClass(document: number, lr: number): number {
    const { labels, weights, soft } = this.#views;
    const { classes } = this.#shape;
    const scores = this.#scores;
    const label = labels[document];
    softmax(scores);
    const loss = -Math.log(scores[label] + 1e-12);
    const step = f(lr * weights[label]);
    for (let c = 0; c < classes; c++)
      scores[c] = f(step * f(soft[label * classes + c] - scores[c]));
    return loss;
  }

  /** Turns the one score into its step; returns the squared error. */
  #stepNumber(document: number, lr: number): number {
    const error = f(this.#views.numbers[document] - this.#scores[0]);
    this.#scores[0] = f(lr * Math.max(-CLIP, Math.min(CLIP, error)));
    return error * error;
  }

  /** sum = gradient by the hidden columns, then the output moves by the steps in scores. */
  #updateOutput(): void {
    const { dim, classes } = this.#shape;
    const { output } = this.#views;
    for (let j = 0; j < dim; j++) {
      let gradient = 0;
      for (let c = 0; c < classes; c++) {
        const w = output[c * dim + j];
        gradient = f(gradient + f(this.#scores[c] * w));
        output[c * dim + j] = f(w + f(this.#scores[c] * this.#hidden[j]));
      }
      this.#sum[j] = gradient;
    }
  }

  /** Adds the scaled gradient to every row of the document. */
  #scatter(document: number): void {
    const { dim, segments } = this.#shape;
    const { input, ids, starts, scales } = this.#views;
    for (let s = document * segments; s < (document + 1) * segments; s++)
      for (let i = starts[s]; i < starts[s + 1]; i++) {
        const row = ids[i] * dim;
        for (let j = 0; j < dim; j++)
          input[row + j] = f(input[row + j] + f(this.#sum[j] * scales[s]));
      }
  }

  /** Moves every row of the document by its own steps. */
  #scatterAdaptive(document: number, lr: number): void {
    const { dim, classes, segments } = this.#shape;
    const { input, squares, ids, starts, scales } = this.#views;
    for (let s = document * segments; s < (document + 1) * segments; s++)
      for (let i = starts[s]; i < starts[s + 1]; i++)
        for (let c = 0; c < classes; c++) {
          const at = ids[i] * dim + c;
          const step = f(this.#scores[c] * scales[s]);
          const seen = f(squares[at] + f(step * step));
          squares[at] = seen;
          input[at] = f(input[at] + f(f(step * lr) / f(f(Math.sqrt(seen)) + EPSILON)));
        }
  }
}

/** hidden . output[at..at + dim) in the order of four SIMD lanes. */
function dot4(hidden: Float32Array, output: Float32Array, at: number): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let j = 0; j < hidden.length; j += 4) {
    a = f(a + f(hidden[j] * output[at + j]));
    b = f(b + f(hidden[j + 1] * output[at + j + 1]));
    c = f(c + f(hidden[j + 2] * output[at + j + 2]));
    d = f(d + f(hidden[j + 3] * output[at + j + 3]));
  }
  return f(f(f(a + b) + c) + d);
}

function softmax(scores: Float32Array): void {
  let most = scores[0];
  for (let c = 1; c < scores.length; c++) most = Math.max(most, scores[c]);
  let total = 0;
  for (let c = 0; c < scores.length; c++) {
    scores[c] = exponential(f(scores[c] - most));
    total = f(total + scores[c]);
  }
  for (let c = 0; c < scores.length; c++) scores[c] = f(scores[c] / total);
}

const LOG2_E = f(1.44269504);
const LN2_HIGH = f(0.693359375);
const LN2_LOW = f(0.00021219444);
const POLYNOMIAL = [0.0013981999, 0.0083334519, 0.041665796, 0.16666665, 0.5].map(f);

/** e^x for x <= 0: the Cephes polynomial of kernel.as.ts, rounded after every operation as there. */
function exponential(x: number): number {
  if (!(x > -87)) return 0;
  const n = Math.floor(f(f(x * LOG2_E) + 0.5));
  const r = f(f(x - f(n * LN2_HIGH)) + f(n * LN2_LOW));
  let p = f(0.00019875691);
  for (const coefficient of POLYNOMIAL) p = f(f(p * r) + coefficient);
  p = f(f(f(f(p * r) * r) + r) + 1);
  return f(p * 2 ** n);
}
