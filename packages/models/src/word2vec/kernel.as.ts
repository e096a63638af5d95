// Word2Vec with negative sampling, in AssemblyScript with 128-bit SIMD.
// Source: T. Mikolov, I. Sutskever, K. Chen, G. Corrado, J. Dean, "Distributed Representations of Words and Phrases
// and their Compositionality", NIPS 2013; T. Mikolov et al., "Efficient Estimation of Word Representations in Vector
// Space", 2013.
//
// For a true pair (label 1) and each of the drawn words (label 0), with x the neighbour's row (skip-gram) or the mean
// of the neighbours' rows (CBOW) and w the output row of the word:
//   g = lr (label - sigmoid(x . w)),   gradient += g w,   w += g x,   at the end x += gradient
// In CBOW each of the m neighbours gets gradient / m: word2vec.c leaves the division out, which is not the gradient of
// its mean (O. Irsoy, A. Benton, K. Stratos, "Corrected CBOW Performs as well as Skip-gram", 2021).
// Every operation is a single-precision one in a fixed order, so that kernel-plain.ts gives the same bits.

const CELLS: i32 = 2048;

let words: u32 = 0;
let stride: usize = 0; // bytes of one row: a multiple of 32
let window: u32 = 0;
let negatives: i32 = 0;
let isBag: bool = false;
let input: usize = 0; // f32 [words, stride]
let output: usize = 0; // f32 [words, stride]
let keep: usize = 0; // u32 [words]
let limits: usize = 0; // u32 [words]
let aliases: usize = 0; // i32 [words]
let sigmoid: usize = 0; // f32 [CELLS]
let logLoss: usize = 0; // f32 [CELLS]
let ids: usize = 0; // i32 [tokens]
let starts: usize = 0; // i32 [sentences + 1]
let sentence: usize = 0; // i32 [longest sentence]
let hidden: usize = 0; // f32 [stride]
let gradient: usize = 0; // f32 [stride]
let state: u32 = 0;
let lr: f32 = 0;
let loss: f64 = 0;
let pairCount: f64 = 0;

export function setShape(
  wordCount: i32,
  columns: i32,
  windowWords: i32,
  negativeCount: i32,
  bag: i32,
): void {
  words = wordCount;
  stride = (<usize>columns) << 2;
  window = windowWords;
  negatives = negativeCount;
  isBag = bag != 0;
}

export function setWeights(
  inputAt: usize,
  outputAt: usize,
  hiddenAt: usize,
  gradientAt: usize,
): void {
  input = inputAt;
  output = outputAt;
  hidden = hiddenAt;
  gradient = gradientAt;
}

export function setTables(
  keepAt: usize,
  limitsAt: usize,
  aliasesAt: usize,
  sigmoidAt: usize,
  logLossAt: usize,
): void {
  keep = keepAt;
  limits = limitsAt;
  aliases = aliasesAt;
  sigmoid = sigmoidAt;
  logLoss = logLossAt;
}

export function setCorpus(idsAt: usize, startsAt: usize, sentenceAt: usize): void {
  ids = idsAt;
  starts = startsAt;
  sentence = sentenceAt;
}

/** Trains on sentences [from, to); returns the sum of the pairs' losses. */
export function train(from: i32, to: i32, rate: f32, seed: i32): f64 {
  state = seed;
  lr = rate;
  loss = 0;
  for (let s = from; s < to; s++) trainSentence(thin(s));
  return loss;
}

export function pairs(): f64 {
  return pairCount;
}

/** Copies what is left of a sentence without its dropped frequent words to `sentence`; returns its length. */
function thin(s: i32): i32 {
  let at = ids + ((<usize>load<i32>(starts + ((<usize>s) << 2))) << 2);
  const end = ids + ((<usize>load<i32>(starts + ((<usize>(s + 1)) << 2))) << 2);
  let length = 0;
  for (; at < end; at += 4) {
    const word = load<i32>(at);
    if (draw() <= load<u32>(keep + ((<usize>word) << 2))) {
      store<i32>(sentence + ((<usize>length) << 2), word);
      length++;
    }
  }
  return length;
}

function trainSentence(length: i32): void {
  for (let center = 0; center < length; center++) {
    const reach = <i32>(window - <u32>((<u64>draw() * <u64>window) >> 32));
    const first = max<i32>(0, center - reach);
    const last = min<i32>(length - 1, center + reach);
    if (isBag) {
      trainBag(center, first, last);
      continue;
    }
    const target = wordAt(center);
    for (let at = first; at <= last; at++) if (at != center) trainPair(rowOf(input, at), target);
  }
}

function wordAt(place: i32): i32 {
  return load<i32>(sentence + ((<usize>place) << 2));
}

function rowOf(weights: usize, place: i32): usize {
  return weights + <usize>wordAt(place) * stride;
}

/** A neighbour's row learns to tell the word from drawn ones. */
function trainPair(row: usize, target: i32): void {
  learn(row, target);
  addTo(row, gradient);
}

/** The mean of the neighbours' rows learns to tell the word; each row gets its share of the gradient. */
function trainBag(center: i32, first: i32, last: i32): void {
  if (first == last) return;
  const share = f32x4.splat(<f32>1 / <f32>(last - first));
  memory.fill(hidden, 0, stride);
  for (let at = first; at <= last; at++) if (at != center) addTo(hidden, rowOf(input, at));
  scale(hidden, share);
  learn(hidden, wordAt(center));
  scale(gradient, share);
  for (let at = first; at <= last; at++) if (at != center) addTo(rowOf(input, at), gradient);
}

function addTo(row: usize, added: usize): void {
  for (let j: usize = 0; j < stride; j += 16)
    v128.store(row + j, f32x4.add(v128.load(row + j), v128.load(added + j)));
}

function scale(row: usize, factor: v128): void {
  for (let j: usize = 0; j < stride; j += 16)
    v128.store(row + j, f32x4.mul(v128.load(row + j), factor));
}

/** Moves the output rows of `target` and of the drawn words; `gradient` is the step of the row at `source`. */
function learn(source: usize, target: i32): void {
  memory.fill(gradient, 0, stride);
  pairCount += 1;
  step(source, target, 1);
  for (let k = 0; k < negatives; k++) {
    const word = drawWord();
    if (word != target) step(source, word, 0);
  }
}

function step(source: usize, word: i32, label: i32): void {
  const row = output + <usize>word * stride;
  const cell = cellOf(dot(source, row));
  const lossCell = label == 1 ? cell : CELLS - 1 - cell;
  loss += <f64>load<f32>(logLoss + ((<usize>lossCell) << 2));
  const g = f32x4.splat((<f32>label - load<f32>(sigmoid + ((<usize>cell) << 2))) * lr);
  for (let j: usize = 0; j < stride; j += 32) {
    const w0 = v128.load(row + j);
    const w1 = v128.load(row + j, 16);
    const at = gradient + j;
    v128.store(at, f32x4.add(v128.load(at), f32x4.mul(g, w0)));
    v128.store(at, f32x4.add(v128.load(at, 16), f32x4.mul(g, w1)), 16);
    v128.store(row + j, f32x4.add(w0, f32x4.mul(g, v128.load(source + j))));
    v128.store(row + j, f32x4.add(w1, f32x4.mul(g, v128.load(source + j, 16))), 16);
  }
}

function dot(a: usize, b: usize): f32 {
  let s0 = f32x4.splat(0);
  let s1 = s0;
  for (let j: usize = 0; j < stride; j += 32) {
    s0 = f32x4.add(s0, f32x4.mul(v128.load(a + j), v128.load(b + j)));
    s1 = f32x4.add(s1, f32x4.mul(v128.load(a + j, 16), v128.load(b + j, 16)));
  }
  const s = f32x4.add(s0, s1);
  return (
    f32x4.extract_lane(s, 0) +
    f32x4.extract_lane(s, 1) +
    f32x4.extract_lane(s, 2) +
    f32x4.extract_lane(s, 3)
  );
}

/** The sigmoid's cell of a product; NaN has the first. */
function cellOf(product: f32): i32 {
  const place = (product + <f32>8) * <f32>128;
  if (!(place > 0)) return 0;
  return place >= <f32>(CELLS - 1) ? CELLS - 1 : <i32>place;
}

function drawWord(): i32 {
  const product = <u64>draw() * <u64>words;
  const index = <usize>(product >> 32);
  return <u32>product < load<u32>(limits + (index << 2))
    ? <i32>index
    : load<i32>(aliases + (index << 2));
}

/** 32 uniform bits: splitmix32 with the finaliser of MurmurHash3. */
function draw(): u32 {
  state += 0x9e3779b9;
  let hash = state;
  hash = (hash ^ (hash >> 16)) * 0x85ebca6b;
  hash = (hash ^ (hash >> 13)) * 0xc2b2ae35;
  return hash ^ (hash >> 16);
}
