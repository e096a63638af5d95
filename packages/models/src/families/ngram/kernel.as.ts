// The training step of the averaged-embedding softmax, in AssemblyScript with 128-bit SIMD.
// Source: A. Joulin et al., "Bag of Tricks for Efficient Text Classification", EACL 2017.
//
// A document is `segments` lists of feature rows (bias, one per text field, facts). With x_f the row of feature f:
//   h = sum over segments s of  scale_s * sum over f in s of x_f        [dim]
//   p = softmax(W h)                                                    [classes]
//   W_c += lr * w_y * (q_yc - p_c) h,   x_f += scale_s * lr * w_y * sum over c of (q_yc - p_c) W_c
// where y is the label, w its class weight and q its (possibly softened) target distribution.
// With a region of squares the kernel trains the plain linear model instead: W is the identity and stays it, so x_f
// holds the logits themselves, and each weight has its own step, which shrinks with the gradients it has seen:
//   G_f += g^2,   x_f += lr * g / (sqrt(G_f) + 1e-8)   with g = scale_s * w_y * (q_y - p)
// Source: J. Duchi, E. Hazan, Y. Singer, "Adaptive Subgradient Methods", JMLR 12 (2011).
// Every operation is a single-precision one in a fixed order, so that kernel-plain.ts gives the same bits.
// Memory is shared by threads that write without locks (Niu et al., "Hogwild!", NIPS 2011).

let dim: usize = 0; // bytes of one row: a multiple of 16
let classes: i32 = 0;
let segments: i32 = 0;
let input: usize = 0; // f32 [rows, dim]
let output: usize = 0; // f32 [classes, dim]; unused by the linear model
let squares: usize = 0; // f32 [rows, dim] of the linear model, 0 for embeddings
let ids: usize = 0; // i32 [features]
let starts: usize = 0; // i32 [documents * segments + 1]
let scales: usize = 0; // f32 [documents * segments]
let labels: usize = 0; // i32 [documents], or f32 for regression
let order: usize = 0; // i32 [documents]
let soft: usize = 0; // f32 [classes, classes]
let weights: usize = 0; // f32 [classes]
let hidden: usize = 0; // f32 [dim]
let gradient: usize = 0; // f32 [dim]
let scores: usize = 0; // f32 [classes]

export function setShape(dimension: i32, classCount: i32, segmentCount: i32): void {
  dim = (<usize>dimension) << 2;
  classes = classCount;
  segments = segmentCount;
}

export function setModel(
  inputAt: usize,
  outputAt: usize,
  squaresAt: usize,
  softAt: usize,
  weightsAt: usize,
): void {
  input = inputAt;
  output = outputAt;
  squares = squaresAt;
  soft = softAt;
  weights = weightsAt;
}

export function setCorpus(
  idsAt: usize,
  startsAt: usize,
  scalesAt: usize,
  labelsAt: usize,
  orderAt: usize,
): void {
  ids = idsAt;
  starts = startsAt;
  scales = scalesAt;
  labels = labelsAt;
  order = orderAt;
}

export function setScratch(at: usize): void {
  hidden = at;
  gradient = hidden + dim;
  scores = gradient + dim;
}

/** Trains on documents order[from..to); returns the sum of their cross-entropies. */
export function train(from: i32, to: i32, lr: f32): f64 {
  let loss: f64 = 0;
  for (let i = from; i < to; i++) {
    const document = load<i32>(order + ((<usize>i) << 2));
    gather(document);
    project();
    const label = load<i32>(labels + ((<usize>document) << 2));
    loss -= Math.log(<f64>softmax(label) + 1e-12);
    const step = rateBefore(lr) * load<f32>(weights + ((<usize>label) << 2));
    const target = soft + ((<usize>label * <usize>classes) << 2);
    for (let c = 0; c < classes; c++) {
      const at = (<usize>c) << 2;
      store<f32>(scores + at, step * (load<f32>(target + at) - load<f32>(scores + at)));
    }
    learn(document, lr);
  }
  return loss;
}

/** As `train`, for one output and squared loss; the error is clipped to [-4, 4] standard deviations. */
export function trainNumber(from: i32, to: i32, lr: f32): f64 {
  let loss: f64 = 0;
  for (let i = from; i < to; i++) {
    const document = load<i32>(order + ((<usize>i) << 2));
    gather(document);
    project();
    const error = load<f32>(labels + ((<usize>document) << 2)) - load<f32>(scores);
    loss += <f64>error * <f64>error;
    store<f32>(scores, rateBefore(lr) * max<f32>(-4, min<f32>(4, error)));
    learn(document, lr);
  }
  return loss;
}

/** The rate that belongs into the steps: the linear model applies it at the end, its squares must not know it. */
function rateBefore(lr: f32): f32 {
  return squares == 0 ? lr : 1;
}

/** Moves the weights by the step of each class in `scores`. */
function learn(document: i32, lr: f32): void {
  if (squares == 0) {
    updateOutput();
    scatter(document);
    return;
  }
  memory.fill(gradient, 0, dim);
  memory.copy(gradient, scores, (<usize>classes) << 2);
  scatterAdaptive(document, lr);
}

/** Writes the raw outputs of documents [from, to) to `target`, f32 [to - from, classes]. */
export function scoreInto(from: i32, to: i32, target: usize): void {
  const bytes = (<usize>classes) << 2;
  for (let document = from; document < to; document++) {
    gather(document);
    project();
    memory.copy(target + <usize>(document - from) * bytes, scores, bytes);
  }
}

/** hidden = scaled sum of the document's rows; sixteen columns (one cache line) at a time in registers. */
function gather(document: i32): void {
  let column: usize = 0;
  for (; column + 64 <= dim; column += 64) gatherLine(document, column);
  for (; column < dim; column += 16) gatherLanes(document, column);
}

function gatherLine(document: i32, column: usize): void {
  const rows = input + column;
  let t0 = f32x4.splat(0);
  let t1 = t0;
  let t2 = t0;
  let t3 = t0;
  const first = document * segments;
  for (let s = first; s < first + segments; s++) {
    let at = ids + ((<usize>load<i32>(starts + ((<usize>s) << 2))) << 2);
    const end = ids + ((<usize>load<i32>(starts + ((<usize>(s + 1)) << 2))) << 2);
    let a0 = f32x4.splat(0);
    let a1 = a0;
    let a2 = a0;
    let a3 = a0;
    for (; at < end; at += 4) {
      const row = rows + <usize>load<i32>(at) * dim;
      a0 = f32x4.add(a0, v128.load(row));
      a1 = f32x4.add(a1, v128.load(row, 16));
      a2 = f32x4.add(a2, v128.load(row, 32));
      a3 = f32x4.add(a3, v128.load(row, 48));
    }
    const scale = v128.load32_splat(scales + ((<usize>s) << 2));
    t0 = f32x4.add(t0, f32x4.mul(a0, scale));
    t1 = f32x4.add(t1, f32x4.mul(a1, scale));
    t2 = f32x4.add(t2, f32x4.mul(a2, scale));
    t3 = f32x4.add(t3, f32x4.mul(a3, scale));
  }
  v128.store(hidden + column, t0);
  v128.store(hidden + column, t1, 16);
  v128.store(hidden + column, t2, 32);
  v128.store(hidden + column, t3, 48);
}

function gatherLanes(document: i32, column: usize): void {
  const rows = input + column;
  let total = f32x4.splat(0);
  const first = document * segments;
  for (let s = first; s < first + segments; s++) {
    let at = ids + ((<usize>load<i32>(starts + ((<usize>s) << 2))) << 2);
    const end = ids + ((<usize>load<i32>(starts + ((<usize>(s + 1)) << 2))) << 2);
    let sum = f32x4.splat(0);
    for (; at < end; at += 4) sum = f32x4.add(sum, v128.load(rows + <usize>load<i32>(at) * dim));
    total = f32x4.add(total, f32x4.mul(sum, v128.load32_splat(scales + ((<usize>s) << 2))));
  }
  v128.store(hidden + column, total);
}

/** scores = output x hidden, or the hidden columns themselves. */
function project(): void {
  if (squares != 0) {
    memory.copy(scores, hidden, (<usize>classes) << 2);
    return;
  }
  for (let c = 0; c < classes; c++) {
    const row = output + <usize>c * dim;
    let sum = f32x4.splat(0);
    for (let j: usize = 0; j < dim; j += 16)
      sum = f32x4.add(sum, f32x4.mul(v128.load(hidden + j), v128.load(row + j)));
    const dot =
      f32x4.extract_lane(sum, 0) +
      f32x4.extract_lane(sum, 1) +
      f32x4.extract_lane(sum, 2) +
      f32x4.extract_lane(sum, 3);
    store<f32>(scores + ((<usize>c) << 2), dot);
  }
}

/** Turns scores into probabilities; returns that of `label`. */
function softmax(label: i32): f32 {
  let most: f32 = load<f32>(scores);
  for (let c = 1; c < classes; c++) most = max(most, load<f32>(scores + ((<usize>c) << 2)));
  let total: f32 = 0;
  for (let c = 0; c < classes; c++) {
    const at = scores + ((<usize>c) << 2);
    const e = exponential(load<f32>(at) - most);
    store<f32>(at, e);
    total += e;
  }
  for (let c = 0; c < classes; c++) {
    const at = scores + ((<usize>c) << 2);
    store<f32>(at, load<f32>(at) / total);
  }
  return load<f32>(scores + ((<usize>label) << 2));
}

/** e^x for x <= 0, within 2 units in the last place; 0 below -87. Cephes polynomial (S. Moshier, expf). */
function exponential(x: f32): f32 {
  if (!(x > -87)) return 0;
  const n = floor<f32>(x * <f32>1.44269504 + <f32>0.5);
  const r = x - n * <f32>0.693359375 + n * <f32>0.00021219444;
  let p: f32 = <f32>0.00019875691 * r + <f32>0.0013981999;
  p = p * r + <f32>0.0083334519;
  p = p * r + <f32>0.041665796;
  p = p * r + <f32>0.16666665;
  p = p * r + <f32>0.5;
  p = p * r * r + r + 1;
  return p * reinterpret<f32>((<i32>n + 127) << 23);
}

/** `scores` holds the step of each class: gradient = sum of step_c W_c, then W_c += step_c hidden. */
function updateOutput(): void {
  for (let j: usize = 0; j < dim; j += 16) {
    const h = v128.load(hidden + j);
    let sum = f32x4.splat(0);
    for (let c = 0; c < classes; c++) {
      const at = output + <usize>c * dim + j;
      const step = v128.load32_splat(scores + ((<usize>c) << 2));
      const w = v128.load(at);
      sum = f32x4.add(sum, f32x4.mul(step, w));
      v128.store(at, f32x4.add(w, f32x4.mul(step, h)));
    }
    v128.store(gradient + j, sum);
  }
}

/** Adds the scaled gradient to every row of the document. */
function scatter(document: i32): void {
  let column: usize = 0;
  for (; column + 64 <= dim; column += 64) scatterLine(document, column);
  for (; column < dim; column += 16) scatterLanes(document, column);
}

function scatterLine(document: i32, column: usize): void {
  const rows = input + column;
  const first = document * segments;
  for (let s = first; s < first + segments; s++) {
    let at = ids + ((<usize>load<i32>(starts + ((<usize>s) << 2))) << 2);
    const end = ids + ((<usize>load<i32>(starts + ((<usize>(s + 1)) << 2))) << 2);
    const scale = v128.load32_splat(scales + ((<usize>s) << 2));
    const g0 = f32x4.mul(v128.load(gradient + column), scale);
    const g1 = f32x4.mul(v128.load(gradient + column, 16), scale);
    const g2 = f32x4.mul(v128.load(gradient + column, 32), scale);
    const g3 = f32x4.mul(v128.load(gradient + column, 48), scale);
    for (; at < end; at += 4) {
      const row = rows + <usize>load<i32>(at) * dim;
      v128.store(row, f32x4.add(v128.load(row), g0));
      v128.store(row, f32x4.add(v128.load(row, 16), g1), 16);
      v128.store(row, f32x4.add(v128.load(row, 32), g2), 32);
      v128.store(row, f32x4.add(v128.load(row, 48), g3), 48);
    }
  }
}

function scatterLanes(document: i32, column: usize): void {
  const rows = input + column;
  const first = document * segments;
  for (let s = first; s < first + segments; s++) {
    let at = ids + ((<usize>load<i32>(starts + ((<usize>s) << 2))) << 2);
    const end = ids + ((<usize>load<i32>(starts + ((<usize>(s + 1)) << 2))) << 2);
    const scale = v128.load32_splat(scales + ((<usize>s) << 2));
    const step = f32x4.mul(v128.load(gradient + column), scale);
    for (; at < end; at += 4) {
      const row = rows + <usize>load<i32>(at) * dim;
      v128.store(row, f32x4.add(v128.load(row), step));
    }
  }
}

/** Moves every row of the document by its own steps. */
function scatterAdaptive(document: i32, lr: f32): void {
  const rate = f32x4.splat(lr);
  const epsilon = f32x4.splat(1e-8);
  const first = document * segments;
  for (let column: usize = 0; column < dim; column += 16)
    for (let s = first; s < first + segments; s++) {
      let at = ids + ((<usize>load<i32>(starts + ((<usize>s) << 2))) << 2);
      const end = ids + ((<usize>load<i32>(starts + ((<usize>(s + 1)) << 2))) << 2);
      const scale = v128.load32_splat(scales + ((<usize>s) << 2));
      const step = f32x4.mul(v128.load(gradient + column), scale);
      const square = f32x4.mul(step, step);
      const move = f32x4.mul(step, rate);
      for (; at < end; at += 4) {
        const row = <usize>load<i32>(at) * dim + column;
        const seen = f32x4.add(v128.load(squares + row), square);
        v128.store(squares + row, seen);
        const moved = f32x4.div(move, f32x4.add(f32x4.sqrt(seen), epsilon));
        v128.store(input + row, f32x4.add(v128.load(input + row), moved));
      }
    }
}
