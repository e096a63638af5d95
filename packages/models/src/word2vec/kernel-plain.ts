import { mix } from "../text/tokenizer.ts";
import type { Kernel } from "./kernel-interface.ts";
import { CELLS, type Layout, REACH, type Shape, type Views, viewsOf } from "./layout.ts";

const f = Math.fround;
const CELLS_PER_UNIT = CELLS / (2 * REACH);
const UNIT_32 = 2 ** -32;

/**
 * Word2Vec in plain JavaScript: the same single-precision operations in the same order as kernel.as.ts, hence the
 * same vectors to the bit. Nothing is allocated in the loop.
 */
export class PlainKernel implements Kernel {
  readonly #shape: Shape;
  readonly #views: Views;
  #state = 0;
  #lr = 0;
  #loss = 0;
  #pairs = 0;

  constructor(buffer: ArrayBufferLike, layout: Layout) {
    this.#shape = layout.shape;
    this.#views = viewsOf(buffer, layout);
  }

  train(from: number, to: number, lr: number, seed: number): number {
    this.#state = seed | 0;
    this.#lr = f(lr);
    this.#loss = 0;
    for (let s = from; s < to; s++) this.#trainSentence(this.#thin(s));
    return this.#loss;
  }

  pairs(): number {
    return this.#pairs;
  }

  /** Copies what is left of a sentence without its dropped frequent words to `sentence`; returns its length. */
  #thin(s: number): number {
    const { ids, starts, keep, sentence } = this.#views;
    let length = 0;
    for (let i = starts[s]; i < starts[s + 1]; i++)
      if (this.#draw() <= keep[ids[i]]) sentence[length++] = ids[i];
    return length;
  }

  #trainSentence(length: number): void {
    const { window, method } = this.#shape;
    const { sentence, input } = this.#views;
    for (let center = 0; center < length; center++) {
      const reach = window - Math.floor(this.#draw() * window * UNIT_32);
      const first = Math.max(0, center - reach);
      const last = Math.min(length - 1, center + reach);
      if (method === "cbow") this.#trainBag(center, first, last);
      else
        for (let at = first; at <= last; at++)
          if (at !== center) this.#trainPair(input, sentence[at], sentence[center]);
    }
  }

  /** A neighbour's row learns to tell the word from drawn ones. */
  #trainPair(source: Float32Array, row: number, target: number): void {
    const { stride } = this.#shape;
    const { gradient } = this.#views;
    const at = row * stride;
    this.#learn(source, at, target);
    for (let j = 0; j < stride; j++) source[at + j] = f(source[at + j] + gradient[j]);
  }

  /** The mean of the neighbours' rows learns to tell the word; each row gets its share of the gradient. */
  #trainBag(center: number, first: number, last: number): void {
    if (first === last) return;
    const { stride } = this.#shape;
    const { input, sentence, hidden, gradient } = this.#views;
    const share = f(1 / (last - first));
    hidden.fill(0);
    for (let at = first; at <= last; at++)
      if (at !== center) {
        const row = sentence[at] * stride;
        for (let j = 0; j < stride; j++) hidden[j] = f(hidden[j] + input[row + j]);
      }
    for (let j = 0; j < stride; j++) hidden[j] = f(hidden[j] * share);
    this.#learn(hidden, 0, sentence[center]);
    for (let j = 0; j < stride; j++) gradient[j] = f(gradient[j] * share);
    for (let at = first; at <= last; at++)
      if (at !== center) {
        const row = sentence[at] * stride;
        for (let j = 0; j < stride; j++) input[row + j] = f(input[row + j] + gradient[j]);
      }
  }

  /** Moves the output rows of `target` and of the drawn words; `gradient` is the step of source[at..]. */
  #learn(source: Float32Array, at: number, target: number): void {
    const { negatives } = this.#shape;
    this.#views.gradient.fill(0);
    this.#pairs++;
    this.#step(source, at, target, 1);
    for (let k = 0; k < negatives; k++) {
      const word = this.#drawWord();
      if (word !== target) this.#step(source, at, word, 0);
    }
  }

  #step(source: Float32Array, at: number, word: number, label: number): void {
    const { stride } = this.#shape;
    const { output, gradient, sigmoid, logLoss } = this.#views;
    const row = word * stride;
    const cell = cellOf(dot8(source, at, output, row, stride));
    this.#loss += logLoss[label === 1 ? cell : CELLS - 1 - cell];
    const step = f(f(label - sigmoid[cell]) * this.#lr);
    for (let j = 0; j < stride; j++) {
      const w = output[row + j];
      gradient[j] = f(gradient[j] + f(step * w));
      output[row + j] = f(w + f(step * source[at + j]));
    }
  }

  #drawWord(): number {
    const { limits, aliases } = this.#views;
    const product = this.#draw() * limits.length;
    const index = Math.floor(product * UNIT_32);
    return product - index * 4294967296 < limits[index] ? index : aliases[index];
  }

  /** 32 uniform bits: splitmix32 with the finaliser of MurmurHash3. */
  #draw(): number {
    this.#state = (this.#state + 0x9e3779b9) | 0;
    return mix(this.#state);
  }
}

/** The sigmoid's cell of a product; NaN has the first. */
function cellOf(product: number): number {
  const place = f(f(product + REACH) * CELLS_PER_UNIT);
  if (!(place > 0)) return 0;
  return place >= CELLS - 1 ? CELLS - 1 : Math.trunc(place);
}

/** a[at..] . b[row..] over `stride` columns in the order of two vectors of four SIMD lanes. */
function dot8(a: Float32Array, at: number, b: Float32Array, row: number, stride: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let s4 = 0;
  let s5 = 0;
  let s6 = 0;
  let s7 = 0;
  for (let j = 0; j < stride; j += 8) {
    const x = at + j;
    const y = row + j;
    s0 = f(s0 + f(a[x] * b[y]));
    s1 = f(s1 + f(a[x + 1] * b[y + 1]));
    s2 = f(s2 + f(a[x + 2] * b[y + 2]));
    s3 = f(s3 + f(a[x + 3] * b[y + 3]));
    s4 = f(s4 + f(a[x + 4] * b[y + 4]));
    s5 = f(s5 + f(a[x + 5] * b[y + 5]));
    s6 = f(s6 + f(a[x + 6] * b[y + 6]));
    s7 = f(s7 + f(a[x + 7] * b[y + 7]));
  }
  return f(f(f(f(s0 + s4) + f(s1 + s5)) + f(s2 + s6)) + f(s3 + s7));
}
