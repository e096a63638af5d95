import { setImmediate } from "node:timers/promises";
import { createRng, type Rng, SoukError } from "@souk/core";
import type { TrainEvent } from "../families/family.ts";
import { createProgress } from "../families/progress.ts";
import { resolveSettings, type Settings } from "../families/settings.ts";
import { readSentences, type Sentences } from "./corpus.ts";
import { openKernel } from "./kernel.ts";
import type { Kernel } from "./kernel-interface.ts";
import { CELLS, layOut, REACH, type Shape, type Views } from "./layout.ts";
import { createAliasTable, keepProbability } from "./sampling.ts";
import { type WordVectorSettings, wordVectorSettings } from "./settings.ts";
import type { WordVectors } from "./word-vectors.ts";

/** The exponent that makes rare words likelier negatives. Source: Mikolov et al., NIPS 2013, section 2.2. */
const NEGATIVE_POWER = 0.75;
/** The rate ends at this share of the first one, as in word2vec.c with its default rates. */
const LAST_RATE = 1e-3;
/** Words trained between two looks at the signal and two changes of the rate: some 20 ms. */
const WORDS_PER_TURN = 10_000;

/** The surroundings of a training of word vectors. */
export interface WordVectorOptions {
  /** Same seed, same settings, same texts in the same order: the same bytes, on every machine. */
  readonly seed: number;
  readonly signal?: AbortSignal;
  /** `progress` counts words over all epochs; `metrics` after each epoch has `train.loss`, nats per pair. */
  readonly onEvent?: (event: TrainEvent) => void;
}

/**
 * Learns a vector for each word of a shop's own texts from the words around it: skip-gram or CBOW with negative
 * sampling, frequent words thinned out, a window of random reach, a rate that falls in a line. One thread; lets other
 * work of the process in every 10,000 words.
 *
 * @throws SoukError `SETTING_UNKNOWN` or `SETTING_INVALID`; `WORD2VEC_TEXT`, `WORD2VEC_EMPTY`, `WORD2VEC_TOO_LARGE` for
 * the texts; `TRAIN_DIVERGED`; the signal's reason when aborted.
 * Source: T. Mikolov, I. Sutskever, K. Chen, G. Corrado, J. Dean, "Distributed Representations of Words and Phrases and
 * their Compositionality", NIPS 2013; for what each choice is worth: O. Levy, Y. Goldberg, I. Dagan, "Improving
 * Distributional Similarity with Lessons Learned from Word Embeddings", TACL 3 (2015).
 */
export async function trainWordVectors(
  texts: Iterable<string> | AsyncIterable<string>,
  given: WordVectorSettings,
  { seed, signal, onEvent = () => undefined }: WordVectorOptions,
): Promise<WordVectors> {
  const settings = resolveSettings(wordVectorSettings, { ...given });
  onEvent({ kind: "phase", phase: "prepare" });
  const limits = {
    minCount: settings.number("minCount"),
    maxWords: settings.number("maxWords"),
  };
  const sentences = await readSentences(texts, { ...limits, signal });
  onEvent({ kind: "phase", phase: "train" });
  return await trainOnSentences(sentences, settings, { seed, signal, onEvent });
}

/** As `trainWordVectors`, on texts already read. */
export async function trainOnSentences(
  sentences: Sentences,
  settings: Settings,
  { seed, signal, onEvent = () => undefined }: WordVectorOptions,
): Promise<WordVectors> {
  const { words, counts } = sentences;
  const dim = settings.number("dim");
  const shape = shapeOf(sentences, settings);
  const { kernel, views } = await openKernel(layOut(shape), { engine: settings.choice("engine") });
  const rng = createRng(seed);
  fillViews(views, sentences, {
    rng,
    dim,
    stride: shape.stride,
    sample: settings.number("sample"),
  });
  const epochs = settings.number("epochs");
  const tokens = sentences.ids.length;
  const progress = createProgress(onEvent, { total: epochs * tokens });
  for (let epoch = 0; epoch < epochs; epoch++) {
    const loss = await runEpoch(kernel, sentences.starts, {
      rateAt: (done) => rate(settings.number("lr"), (epoch * tokens + done) / (epochs * tokens)),
      rng: rng.fork(`epoch ${epoch}`),
      signal,
      onProgress: (done) => progress(epoch * tokens + done),
    });
    if (!views.input.every(Number.isFinite)) throw diverged(epoch);
    const step = (epoch + 1) * tokens;
    onEvent({ kind: "metrics", step, epoch: epoch + 1, values: { "train.loss": loss } });
  }
  return {
    words,
    counts,
    dim,
    vectors: withoutPadding(views.input, { stride: shape.stride, dim }),
  };
}

function shapeOf({ words, ids, starts }: Sentences, settings: Settings): Shape {
  return {
    words: words.length,
    stride: Math.ceil(settings.number("dim") / 8) * 8,
    window: settings.number("window"),
    negatives: settings.number("negatives"),
    method: settings.choice("method") === "cbow" ? "cbow" : "skip-gram",
    tokens: ids.length,
    sentences: starts.length - 1,
  };
}

/** Input rows uniform in [-1/2, 1/2) / dim, output rows 0: word2vec.c's start. */
function fillViews(
  views: Views,
  { counts, ids, starts }: Sentences,
  { rng, dim, stride, sample }: { rng: Rng; dim: number; stride: number; sample: number },
): void {
  for (let word = 0; word < counts.length; word++)
    for (let j = 0; j < dim; j++) views.input[word * stride + j] = (rng.next() - 0.5) / dim;
  const total = counts.reduce((sum, count) => sum + count, 0);
  counts.forEach((count, word) => {
    const kept = Math.round(keepProbability(count, { total, sample }) * 2 ** 32);
    views.keep[word] = Math.min(0xffffffff, kept);
  });
  const negatives = createAliasTable(counts, NEGATIVE_POWER);
  views.limits.set(negatives.limits);
  views.aliases.set(negatives.aliases);
  for (let cell = 0; cell < CELLS; cell++) {
    const middle = ((cell + 0.5) * 2 * REACH) / CELLS - REACH;
    views.sigmoid[cell] = 1 / (1 + Math.exp(-middle));
    views.logLoss[cell] = Math.log1p(Math.exp(-middle));
  }
  views.ids.set(ids);
  views.starts.set(starts);
}

interface Epoch {
  rateAt(done: number): number;
  readonly rng: Rng;
  readonly signal: AbortSignal | undefined;
  onProgress(done: number): void;
}

/** One pass over all sentences; returns the mean loss of a pair. */
async function runEpoch(kernel: Kernel, starts: Int32Array, epoch: Epoch): Promise<number> {
  const sentences = starts.length - 1;
  const pairsBefore = kernel.pairs();
  let loss = 0;
  for (let from = 0; from < sentences;) {
    epoch.signal?.throwIfAborted();
    let to = from + 1;
    while (to < sentences && starts[to + 1] - starts[from] <= WORDS_PER_TURN) to++;
    loss += kernel.train(from, to, epoch.rateAt(starts[from]), epoch.rng.integer(2 ** 32));
    epoch.onProgress(starts[to]);
    from = to;
    await setImmediate();
  }
  return loss / Math.max(1, kernel.pairs() - pairsBefore);
}

function rate(first: number, share: number): number {
  return first * Math.max(LAST_RATE, 1 - share);
}

function withoutPadding(
  rows: Float32Array,
  { stride, dim }: { stride: number; dim: number },
): Float32Array {
  const count = rows.length / stride;
  const vectors = new Float32Array(count * dim);
  for (let row = 0; row < count; row++)
    vectors.set(rows.subarray(row * stride, row * stride + dim), row * dim);
  return vectors;
}

function diverged(epoch: number): SoukError {
  return new SoukError(
    "TRAIN_DIVERGED",
    `expected finite vectors after epoch ${epoch + 1}, got others: lower the setting lr`,
  );
}
