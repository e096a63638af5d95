import type { Kernel } from "./kernel.ts";
import { type Layout, viewsOf } from "./layout.ts";

const f = Math.fround;
const CLIP = 4;

/**
 * The kernel in plain JavaScript: the same single-precision operations in the same order as kernel.as.ts, hence the
 * same weights to the bit (the loss it returns may differ in the last digits, it does not feed back).
 */
export function createPlainKernel(
  buffer: ArrayBufferLike,
  layout: Layout,
  regression: boolean,
): Kernel {
  const { dim, classes, segments } = layout.shape;
  const views = viewsOf(buffer, layout);
  const { input, output, ids, starts, scales } = views;
  const hidden = new Float32Array(dim);
  const sum = new Float32Array(dim);
  const scores = new Float32Array(classes);

  function gather(document: number): void {
    hidden.fill(0);
    for (let s = document * segments; s < (document + 1) * segments; s++) {
      sum.fill(0);
      for (let i = starts[s]; i < starts[s + 1]; i++) {
        const row = ids[i] * dim;
        for (let j = 0; j < dim; j++) sum[j] = f(sum[j] + input[row + j]);
      }
      const scale = scales[s];
      for (let j = 0; j < dim; j++) hidden[j] = f(hidden[j] + f(sum[j] * scale));
    }
  }

  function project(): void {
    for (let c = 0; c < classes; c++) scores[c] = dot4(hidden, output, c * dim);
  }

  /** Applies the step of each class in `scores` to the output and to the rows of the document. */
  function update(document: number): void {
    for (let j = 0; j < dim; j++) {
      let gradient = 0;
      for (let c = 0; c < classes; c++) {
        const w = output[c * dim + j];
        gradient = f(gradient + f(scores[c] * w));
        output[c * dim + j] = f(w + f(scores[c] * hidden[j]));
      }
      sum[j] = gradient;
    }
    for (let s = document * segments; s < (document + 1) * segments; s++) {
      const scale = scales[s];
      for (let i = starts[s]; i < starts[s + 1]; i++) {
        const row = ids[i] * dim;
        for (let j = 0; j < dim; j++) input[row + j] = f(input[row + j] + f(sum[j] * scale));
      }
    }
  }

  function trainClass(document: number, lr: number): number {
    gather(document);
    project();
    const label = views.labels[document];
    softmax(scores);
    const loss = -Math.log(scores[label] + 1e-12);
    const step = f(lr * views.weights[label]);
    for (let c = 0; c < classes; c++)
      scores[c] = f(step * f(views.soft[label * classes + c] - scores[c]));
    update(document);
    return loss;
  }

  function trainNumber(document: number, lr: number): number {
    gather(document);
    project();
    const error = f(views.numbers[document] - scores[0]);
    scores[0] = f(lr * Math.max(-CLIP, Math.min(CLIP, error)));
    update(document);
    return error * error;
  }

  return {
    train(from, to, lr) {
      const one = regression ? trainNumber : trainClass;
      let loss = 0;
      for (let i = from; i < to; i++) loss += one(views.order[i], f(lr));
      return loss;
    },
    score(from, to) {
      for (let document = from; document < to; document++) {
        gather(document);
        project();
        views.scores.set(scores, (document - from) * classes);
      }
    },
  };
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
