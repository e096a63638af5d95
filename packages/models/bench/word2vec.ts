import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { mean, quantile, SoukError } from "@souk/core";
import { resolveSettings } from "../src/families/settings.ts";
import { loadWordVectors, nearestWords, type WordVectors } from "../src/index.ts";
import { readSentences, type Sentences } from "../src/word2vec/corpus.ts";
import { wordVectorSettings } from "../src/word2vec/settings.ts";
import { trainOnSentences } from "../src/word2vec/train.ts";

// Words per processor second of one thread of Word2Vec against gensim (Cython and BLAS), and how good the vectors are.
//
// Same sentences (rare words already left out), dim, window, negatives, epochs, rate and thinning; one thread each. A
// word is a token of a sentence before thinning, once per epoch. Seconds are processor time of the whole process, so
// that other work on the machine does not count. Ours is timed with allocation and first weights; gensim's is `train`
// alone, in its fastest way to read (`corpus_file`).
// Good: of a word's ten nearest, how many are among its ten nearest of GloVe (50 columns, trained by others on
// Wikipedia and Gigaword), over the words that both have and the reviews have 50 times. Reviews are other texts than
// an encyclopaedia, so it is far from 1; drawn at random it would be 10 / (words - 1).

/** What a benchmark hands to the runner. */
export interface BenchResult {
  readonly name: string;
  readonly ratio: number;
  readonly goal: number;
  readonly peer: string;
  readonly figures: Readonly<Record<string, unknown>>;
}

const ROUNDS = 2;
const EPOCHS = 5;
const NEIGHBOURS = 10;
const MIN_SEEN = 50;
/** Plain JavaScript is some five times slower than the kernel: a part shows it. */
const PLAIN_SENTENCES = 2_000;
const MOST_OVERLAP_APART = 0.01;
/** Ours divides a bag's gradient among its words, gensim's does not: the same rate is three times less for ours. */
const RATES = {
  "skip-gram": { ours: 0.025, gensim: 0.025 },
  cbow: { ours: 0.075, gensim: 0.025 },
} as const;
const SHOWN = "excellent terrible refund install virus camera book actor kitchen cheap".split(" ");

const root = join(import.meta.dirname, "../../..");
const shared = process.env["SOUK_SHARED_DATA"] ?? join(root, "../shared/data");
const python = join(root, ".souk-peers/gensim/bin/python");

const PROGRAM = `
import json, sys, time
from gensim.models.word2vec import Word2Vec, FAST_VERSION
o = json.loads(sys.argv[1])
assert FAST_VERSION >= 0
m = Word2Vec(vector_size=o["dim"], window=o["window"], negative=o["negatives"], sample=o["sample"], min_count=1,
    alpha=o["lr"], min_alpha=o["lr"] / 1000, sg=o["sg"], hs=0, workers=1, seed=o["seed"], epochs=o["epochs"])
m.build_vocab(corpus_file=o["corpus"])
start = time.process_time()
m.train(corpus_file=o["corpus"], total_words=m.corpus_total_words, total_examples=m.corpus_count, epochs=o["epochs"])
print(time.process_time() - start)
m.wv.save_word2vec_format(o["target"])
`;

/** @throws SoukError `BENCH_PEER_MISSING` without gensim, `BENCH_ANSWERS_DIFFER` when ours are worse vectors. */
export async function run(): Promise<BenchResult> {
  if (!existsSync(python))
    throw new SoukError("BENCH_PEER_MISSING", "skipped: run scripts/peers/gensim.sh first");
  const sentences = await readSentences(await readReviews(), { minCount: 5 });
  const glove = await readGlove();
  const folder = await mkdtemp(join(tmpdir(), "souk-bench-"));
  try {
    await writeFile(join(folder, "corpus.txt"), lines(sentences));
    const skipGram = await compare("skip-gram", sentences, { folder, glove });
    const cbow = await compare("cbow", sentences, { folder, glove });
    return {
      name: "word2vec",
      ratio: skipGram.ratio,
      goal: 1,
      peer: "gensim 4.4.0, one thread",
      figures: {
        corpus: {
          words: sentences.ids.length,
          distinct: sentences.words.length,
          sentences: sentences.starts.length - 1,
        },
        settings: { ...settingsOf("skip-gram").values, rounds: ROUNDS },
        skipGram,
        cbow,
      },
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Method = keyof typeof RATES;

interface Round {
  readonly wordsPerSecond: number;
  readonly overlap: number;
  readonly vectors: WordVectors;
}

async function compare(
  method: Method,
  sentences: Sentences,
  { folder, glove }: { folder: string; glove: WordVectors },
) {
  const ours: Round[] = [];
  const theirs: Round[] = [];
  for (let seed = 1; seed <= ROUNDS; seed++) {
    ours.push(await trainOurs(method, sentences, { seed, glove, engine: "wasm" }));
    theirs.push(await trainGensim(method, sentences, { seed, glove, folder }));
  }
  const part = firstOf(sentences, PLAIN_SENTENCES);
  const plain = await trainOurs(method, part, { seed: 1, glove, engine: "plain" });
  const ratios = ours.map((round, i) => round.wordsPerSecond / theirs[i].wordsPerSecond);
  const overlap = mean(ours.map((round) => round.overlap));
  const gensimOverlap = mean(theirs.map((round) => round.overlap));
  if (gensimOverlap - overlap > MOST_OVERLAP_APART)
    throw new SoukError(
      "BENCH_ANSWERS_DIFFER",
      `${method}: expected an overlap within ${MOST_OVERLAP_APART} of ${gensimOverlap}, got ${overlap}`,
    );
  return {
    ratio: middle(ratios),
    ratioSpread: [Math.min(...ratios), Math.max(...ratios)],
    ourWordsPerSecond: middle(ours.map((round) => round.wordsPerSecond)),
    gensimWordsPerSecond: middle(theirs.map((round) => round.wordsPerSecond)),
    plainWordsPerSecond: plain.wordsPerSecond,
    overlap,
    gensimOverlap,
    randomOverlap: NEIGHBOURS / (commonWords(ours[0].vectors, glove).length - 1),
    comparedWords: commonWords(ours[0].vectors, glove).length,
    nearest: neighbourTable(ours[0].vectors),
  };
}

function settingsOf(method: Method, engine = "wasm") {
  return resolveSettings(wordVectorSettings, {
    method,
    engine,
    epochs: EPOCHS,
    lr: RATES[method].ours,
  });
}

async function trainOurs(
  method: Method,
  sentences: Sentences,
  { seed, glove, engine }: { seed: number; glove: WordVectors; engine: string },
): Promise<Round> {
  const before = process.cpuUsage();
  const vectors = await trainOnSentences(sentences, settingsOf(method, engine), { seed });
  const { user, system } = process.cpuUsage(before);
  const seconds = (user + system) / 1e6;
  return judge(vectors, { glove, sentences, seconds });
}

async function trainGensim(
  method: Method,
  sentences: Sentences,
  { seed, glove, folder }: { seed: number; glove: WordVectors; folder: string },
): Promise<Round> {
  const target = join(folder, "gensim.txt");
  const options = {
    ...settingsOf(method).values,
    lr: RATES[method].gensim,
    sg: Number(method === "skip-gram"),
    corpus: join(folder, "corpus.txt"),
    target,
    seed,
  };
  const env = { ...process.env, OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1" };
  const { stdout } = await promisify(execFile)(python, ["-c", PROGRAM, JSON.stringify(options)], {
    env,
  });
  const { words, ...rest } = await loadWordVectors(target);
  if (words.length !== sentences.words.length)
    throw new SoukError(
      "BENCH_ANSWERS_DIFFER",
      `expected ${sentences.words.length} words, got ${words.length}`,
    );
  const seen = new Map(sentences.words.map((word, i) => [word, sentences.counts[i]]));
  const counts = Float64Array.from(words, (word) => seen.get(word) ?? 0);
  return judge({ ...rest, words, counts }, { glove, sentences, seconds: Number(stdout) });
}

function judge(
  vectors: WordVectors,
  { glove, sentences, seconds }: { glove: WordVectors; sentences: Sentences; seconds: number },
): Round {
  return {
    wordsPerSecond: (sentences.ids.length * EPOCHS) / seconds,
    overlap: overlapWith(vectors, glove),
    vectors,
  };
}

/** Mean share of a word's nearest words that are its nearest in `glove` too, over `commonWords`. */
function overlapWith(vectors: WordVectors, glove: WordVectors): number {
  const words = commonWords(vectors, glove);
  const [ours, theirs] = [only(vectors, words), only(glove, words)];
  const shares = words.map((word) => {
    const found = new Set(nearestWords(ours, word, NEIGHBOURS).map((near) => near.word));
    return nearestWords(theirs, word, NEIGHBOURS).filter((near) => found.has(near.word)).length;
  });
  return mean(shares) / NEIGHBOURS;
}

function commonWords({ words, counts }: WordVectors, glove: WordVectors): string[] {
  const known = new Set(glove.words);
  return words.filter((word, i) => counts[i] >= MIN_SEEN && known.has(word)).toSorted();
}

function only({ words, dim, vectors }: WordVectors, kept: readonly string[]): WordVectors {
  const rows = new Map(words.map((word, row) => [word, row]));
  const picked = new Float32Array(kept.length * dim);
  kept.forEach((word, i) => {
    const row = rows.get(word) ?? 0;
    picked.set(vectors.subarray(row * dim, (row + 1) * dim), i * dim);
  });
  return { words: kept, counts: new Float64Array(kept.length), dim, vectors: picked };
}

/** Nearest words of ten, among those seen `MIN_SEEN` times. */
function neighbourTable(vectors: WordVectors): Record<string, string> {
  const often = only(
    vectors,
    vectors.words.filter((_, i) => vectors.counts[i] >= MIN_SEEN),
  );
  const known = new Set(often.words);
  return Object.fromEntries(
    SHOWN.filter((word) => known.has(word)).map((word) => [
      word,
      nearestWords(often, word, 6)
        .map((near) => near.word)
        .join(" "),
    ]),
  );
}

function middle(values: readonly number[]): number {
  return quantile(values, 0.5);
}

function firstOf({ ids, starts, ...rest }: Sentences, count: number): Sentences {
  const kept = starts.slice(0, count + 1);
  return { ...rest, ids: ids.slice(0, kept[kept.length - 1]), starts: kept };
}

function lines({ words, ids, starts }: Sentences): string {
  const sentences = Array.from({ length: starts.length - 1 }, (_, s) =>
    Array.from(ids.subarray(starts[s], starts[s + 1]), (id) => words[id]).join(" "),
  );
  return `${sentences.join("\n")}\n`;
}

async function readGlove(): Promise<WordVectors> {
  const bytes = gunzipSync(await readFile(join(shared, "glove-50d-5k/glove-50d-5k.json.gz")));
  const rows: Record<string, number[]> = JSON.parse(bytes.toString("utf8"));
  const words = Object.keys(rows);
  const vectors = Float32Array.from(Object.values(rows).flat());
  return { words, counts: new Float64Array(words.length), dim: 50, vectors };
}

/** Headlines and bodies of reviews of books, films, electronics and kitchenware. */
async function readReviews(): Promise<string[]> {
  const text = gunzipSync(
    await readFile(join(shared, "amazon-multidomain-2007/reviews.tsv.gz")),
  ).toString("utf8");
  const [header, ...rows] = text
    .trimEnd()
    .split("\n")
    .map((line) => line.split("\t"));
  const [headline, body] = ["review_headline", "review_body"].map((name) => header.indexOf(name));
  return rows.map((row) => `${row[headline]}. ${row[body]}`);
}
