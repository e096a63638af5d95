import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { createRng, quantile, SoukError, unitHash } from "@souk/core";
import { type NgramProblem, openNgramSession } from "../src/families/ngram/session.ts";
import { createTokenizer } from "../src/text/tokenizer.ts";

// Words per second and thread of the n-gram training loop against Debian's fastText.
//
// Same tokenised texts, labels, dim, epochs, lr, word n-grams and buckets; one thread each. A word is a token of a
// training text (fastText's label and end-of-line tokens are not counted, though both sides train the latter), once
// per epoch. Loop time: ours is the wall time of the epochs; fastText's is the wall time of a run of `EPOCHS` minus
// that of a run of one epoch, which leaves out its start, its dictionary and its file writing. What differs by design:
// we look words and pairs up once before the loop, fastText reads its file again in every epoch; so `whole` in the
// figures also compares everything from tokenised text to trained model.

/** What a benchmark hands to the runner. */
export interface BenchResult {
  readonly name: string;
  readonly ratio: number;
  readonly goal: number;
  readonly peer: string;
  readonly figures: Readonly<Record<string, unknown>>;
}

const FASTTEXT = "/usr/bin/fasttext";
const ROUNDS = 3;
const EPOCHS = 6;
const LR = 0.2;
const BUCKETS = 1_000_000;
const WORD_NGRAMS = 2;
const TRAIN_TEXTS = 20_000;
const TEST_TEXTS = 10_000;
const MOST_POINTS_APART = 0.005;

interface LabelledText {
  readonly label: string;
  readonly tokens: readonly string[];
}

interface Round {
  readonly wordsPerSecond: number;
  readonly wholeSeconds: number;
  readonly accuracy: number;
}

/** @throws SoukError `BENCH_PEER_MISSING` without fastText, `BENCH_ANSWERS_DIFFER` when accuracies are not equal. */
export async function run(): Promise<BenchResult> {
  if (!existsSync(FASTTEXT))
    throw new SoukError(
      "BENCH_PEER_MISSING",
      `skipped: expected ${FASTTEXT}, install Debian's fasttext`,
    );
  const { texts, source } = await readTexts();
  const train = texts.slice(0, TRAIN_TEXTS);
  const test = texts.slice(TRAIN_TEXTS, TRAIN_TEXTS + TEST_TEXTS);
  const folder = await mkdtemp(join(tmpdir(), "souk-bench-"));
  try {
    await writeFile(join(folder, "train.txt"), lines(train));
    await writeFile(join(folder, "test.txt"), lines(test));
    const dim16 = await compare(train, test, { folder, dim: 16 });
    const dim100 = await compare(train, test, { folder, dim: 100 });
    return {
      name: "ngram",
      ratio: dim16.ratio,
      goal: 1.3,
      peer: "Debian fasttext 0.9.2, one thread",
      figures: {
        texts: `${train.length} train, ${test.length} test: ${source}`,
        settings: {
          epochs: EPOCHS,
          lr: LR,
          wordNgrams: WORD_NGRAMS,
          buckets: BUCKETS,
          rounds: ROUNDS,
        },
        machine: `${cpus().length} x ${cpus()[0]?.model ?? "unknown"}, Node ${process.version}`,
        dim16,
        dim100,
      },
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Comparison {
  readonly ratio: number;
  readonly ratioSpread: readonly [number, number];
  readonly ourWordsPerSecond: number;
  readonly fastTextWordsPerSecond: number;
  readonly ourAccuracy: number;
  readonly fastTextAccuracy: number;
  /** From tokenised text to trained model: fastText's seconds over ours. */
  readonly whole: number;
}

async function compare(
  train: readonly LabelledText[],
  test: readonly LabelledText[],
  { folder, dim }: { folder: string; dim: number },
): Promise<Comparison> {
  const words = train.reduce((sum, { tokens }) => sum + tokens.length, 0);
  const ours: Round[] = [];
  const theirs: Round[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(await trainOurs(train, test, { dim, words, seed: round }));
    theirs.push(await trainFastText(folder, { dim, words }));
  }
  const middle = (values: number[]): number => quantile(values, 0.5);
  const ratios = ours.map((round, i) => round.wordsPerSecond / theirs[i].wordsPerSecond);
  const ourAccuracy = middle(ours.map((round) => round.accuracy));
  const fastTextAccuracy = middle(theirs.map((round) => round.accuracy));
  if (fastTextAccuracy - ourAccuracy > MOST_POINTS_APART)
    throw new SoukError(
      "BENCH_ANSWERS_DIFFER",
      `expected accuracy within ${MOST_POINTS_APART} of ${fastTextAccuracy}, got ${ourAccuracy}`,
    );
  return {
    ratio: middle(ratios),
    ratioSpread: [Math.min(...ratios), Math.max(...ratios)],
    ourWordsPerSecond: middle(ours.map((round) => round.wordsPerSecond)),
    fastTextWordsPerSecond: middle(theirs.map((round) => round.wordsPerSecond)),
    ourAccuracy,
    fastTextAccuracy,
    whole:
      middle(theirs.map((round) => round.wholeSeconds)) /
      middle(ours.map((round) => round.wholeSeconds)),
  };
}

async function trainOurs(
  train: readonly LabelledText[],
  test: readonly LabelledText[],
  { dim, words, seed }: { dim: number; words: number; seed: number },
): Promise<Round> {
  const startedMs = performance.now();
  const { problem, testTargets } = encodeAsFastText(train, test);
  const session = await openNgramSession(problem, { dim, seed, threads: 1, engine: "wasm" });
  try {
    const loopMs = performance.now();
    for (let epoch = 0; epoch < EPOCHS; epoch++)
      await session.runEpoch({ epoch, epochs: EPOCHS, lr: LR, warmUp: 0, decay: "linear" });
    const endedMs = performance.now();
    const k = problem.classes;
    const scores = new Float64Array(test.length * k);
    session.scoreInto(train.length, train.length + test.length, scores);
    const hits = testTargets.filter((target, i) => {
      const row = scores.subarray(i * k, (i + 1) * k);
      return row.indexOf(Math.max(...row)) === target;
    });
    return {
      wordsPerSecond: (1000 * words * EPOCHS) / (endedMs - loopMs),
      wholeSeconds: (endedMs - startedMs) / 1000,
      accuracy: hits.length / test.length,
    };
  } finally {
    await session.close();
  }
}

async function trainFastText(
  folder: string,
  { dim, words }: { dim: number; words: number },
): Promise<Round> {
  const model = join(folder, "model");
  const call = async (epochs: number): Promise<number> => {
    const startedMs = performance.now();
    const settings = `-dim ${dim} -epoch ${epochs} -lr ${LR} -wordNgrams ${WORD_NGRAMS} -bucket ${BUCKETS}`;
    const fixed = "-minCount 1 -loss softmax -thread 1 -verbose 0";
    const files = ["-input", join(folder, "train.txt"), "-output", model];
    const options = `${settings} ${fixed}`.split(" ");
    await promisify(execFile)(FASTTEXT, ["supervised", ...files, ...options]);
    return (performance.now() - startedMs) / 1000;
  };
  const one = await call(1);
  const all = await call(EPOCHS);
  const { stdout } = await promisify(execFile)(FASTTEXT, [
    "test",
    `${model}.bin`,
    join(folder, "test.txt"),
  ]);
  const accuracy = Number(/P@1\s+([\d.]+)/.exec(stdout)?.[1]);
  const wordsPerSecond = (words * (EPOCHS - 1)) / (all - one);
  return { wordsPerSecond, wholeSeconds: all, accuracy };
}

/** Word rows by first sight, the end-of-line token, then buckets of word pairs: fastText's features. */
function encodeAsFastText(
  train: readonly LabelledText[],
  test: readonly LabelledText[],
): { problem: NgramProblem; testTargets: number[] } {
  const dictionary = new Map<string, number>([["</s>", 0]]);
  const labels = new Map<string, number>();
  for (const { tokens, label } of train) {
    if (!labels.has(label)) labels.set(label, labels.size);
    for (const token of tokens) if (!dictionary.has(token)) dictionary.set(token, dictionary.size);
  }
  const documents = [...train, ...test];
  const size = documents.reduce((sum, { tokens }) => sum + 2 * tokens.length + 2, 0);
  const ids = new Int32Array(size);
  const starts = Int32Array.of(0, ...documents.map(() => 0));
  const scales = new Float32Array(documents.length);
  let end = 0;
  documents.forEach(({ tokens }, d) => {
    const first = end;
    for (const token of [...tokens, "</s>"]) {
      const row = dictionary.get(token);
      if (row !== undefined) ids[end++] = row;
    }
    const unigrams = end;
    for (let i = first; i + 1 < unigrams; i++) {
      const pair = (Math.imul(ids[i], 116_049_371) + Math.imul(ids[i + 1], 0x9e3779b1)) >>> 0;
      ids[end++] = dictionary.size + (pair % BUCKETS);
    }
    starts[d + 1] = end;
    scales[d] = 1 / (end - first);
  });
  const target = ({ label }: LabelledText): number => labels.get(label) ?? -1;
  const corpus = {
    documents: documents.length,
    segments: 1,
    ids: ids.subarray(0, end),
    starts,
    scales,
  };
  const problem = {
    corpus,
    rows: dictionary.size + BUCKETS,
    trainDocuments: train.length,
    targets: Float64Array.from(train, target),
    classes: labels.size,
    regression: false,
  };
  return { problem, testTargets: test.map(target) };
}

function lines(texts: readonly LabelledText[]): string {
  return texts.map(({ label, tokens }) => `__label__${label} ${tokens.join(" ")}\n`).join("");
}

/** Real reviews (headline and body) where they are, in an order drawn by hash; else made-up texts. */
async function readTexts(): Promise<{ texts: LabelledText[]; source: string }> {
  const shared =
    process.env["SOUK_SHARED_DATA"] ??
    fileURLToPath(new URL("../../../../shared/data", import.meta.url));
  const path = join(
    shared,
    "amazon-digital-software-2015/amazon_reviews_us_Digital_Software_v1_00.dev.tsv.gz",
  );
  if (!existsSync(path)) return { texts: madeUpTexts(), source: "made-up texts" };
  const tokenizer = createTokenizer();
  const found: { place: number; text: LabelledText }[] = [];
  const file = gunzipSync(await readFile(path))
    .toString("utf8")
    .trimEnd();
  for (const line of file.split("\n").slice(1)) {
    const fields = line.split("\t");
    const place = unitHash(fields[1]);
    const wanted = (1.1 * (TRAIN_TEXTS + TEST_TEXTS)) / 80_000;
    if (place > wanted) continue;
    const tokens = tokenizer.tokens(`${fields[12]} ${fields[13]}`);
    found.push({ place, text: { label: fields[7], tokens } });
  }
  const texts = found.toSorted((a, b) => a.place - b.place).map(({ text }) => text);
  return { texts, source: "Amazon reviews of digital software" };
}

/** Texts whose words follow Zipf's law, one word in ten leaning to the label. */
function madeUpTexts(): LabelledText[] {
  const rng = createRng("bench ngram");
  return Array.from({ length: TRAIN_TEXTS + TEST_TEXTS }, () => {
    const label = rng.integer(5);
    const tokens = Array.from({ length: 20 + rng.integer(100) }, () =>
      rng.next() < 0.1
        ? `lean${label}x${rng.integer(300)}`
        : `w${Math.floor(50_000 ** rng.next())}`,
    );
    return { label: String(label), tokens };
  });
}
