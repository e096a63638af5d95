/**
 * Predictions through serving, inside one process, against calling the model directly on one thread.
 *
 * The same reviews of about 60 words, the same hashed n-gram model. Latency of one caller and of 64, with every prediction
 * stored durably and with none stored; then 64 callers while the alias moves every five seconds. Rounds are interleaved,
 * medians are reported. SOUK_BENCH_SECONDS sets the length of one measurement (default 2), SOUK_BENCH_SWAPS the swaps (4).
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRng, quantile, quantileSorted, SoukError } from "@souk/core";
import { type ColumnBatch, loadModel, type Model, trainTask } from "@souk/models";
import { openBlobs, openStore } from "@souk/store";
import { openTracking, type Tracking } from "@souk/tracking";
import { openServing, type Serving } from "../src/index.ts";
import { starsTask } from "../src/test-shop.ts";

interface BenchResult {
  readonly name: string;
  readonly ratio: number;
  readonly goal: number;
  readonly peer: string;
  readonly figures: Readonly<Record<string, unknown>>;
}

interface Load {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly failed: number;
}

const rounds = 3;
const seconds = Number(process.env["SOUK_BENCH_SECONDS"] ?? 2);
const swaps = Number(process.env["SOUK_BENCH_SWAPS"] ?? 4);
const swapEveryMs = 5000;

/** Measures everything in a temporary folder, which it removes. */
export async function run(): Promise<BenchResult> {
  const folder = await mkdtemp(join(tmpdir(), "souk-bench-serving-"));
  const store = await openStore({ path: join(folder, "souk.sqlite") });
  const blobs = await openBlobs({ directory: join(folder, "blobs") });
  const tracking = await openTracking({ store, blobs });
  await registerVersions(tracking, folder);
  const { registry } = tracking;
  const serving = await openServing({ registry, blobs, store });
  const model = await loadModel(join(folder, "model-1"));
  try {
    await checkEqual(serving, model);
    return await measure({ serving, model, tracking });
  } finally {
    model.close();
    await serving.close();
    await store.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(parts: {
  serving: Serving;
  model: Model;
  tracking: Tracking;
}): Promise<BenchResult> {
  const { serving, model, tracking } = parts;
  const direct: Load[] = [];
  const loads = {
    one: [] as Load[],
    oneStored: [] as Load[],
    many: [] as Load[],
    manyStored: [] as Load[],
  };
  await load(serving, { clients: 64, log: false, forMs: 1000 });
  for (let round = 0; round < rounds; round++) {
    direct.push(await callDirectly(model, seconds * 1000));
    const forMs = seconds * 1000;
    loads.one.push(await load(serving, { clients: 1, log: false, forMs }));
    loads.oneStored.push(await load(serving, { clients: 1, log: true, forMs }));
    loads.many.push(await load(serving, { clients: 64, log: false, forMs }));
    loads.manyStored.push(await load(serving, { clients: 64, log: true, forMs }));
  }
  const steady = await load(serving, { clients: 64, log: true, forMs: swaps * swapEveryMs });
  const swapping = await loadWhileSwapping(serving, tracking);
  return {
    name: "serving",
    ratio: middle(loads.manyStored) / middle(direct),
    goal: 0.5,
    peer: "the same model called in process on one thread",
    figures: { direct, ...loads, steady, swapping },
  };
}

async function callDirectly(model: Model, forMs: number): Promise<Load> {
  const times: number[] = [];
  const startMs = performance.now();
  for (let i = 0; performance.now() - startMs < forMs; i++) {
    const beforeMs = performance.now();
    await model.predict(texts[i % texts.length]!);
    times.push(performance.now() - beforeMs);
  }
  return summarise(times, { elapsedMs: performance.now() - startMs, failed: 0 });
}

async function load(
  serving: Serving,
  { clients, log, forMs }: { clients: number; log: boolean; forMs: number },
): Promise<Load> {
  const times: number[] = [];
  let failed = 0;
  let next = 0;
  const startMs = performance.now();
  const client = async (): Promise<void> => {
    while (performance.now() - startMs < forMs) {
      const beforeMs = performance.now();
      const batch = texts[next++ % texts.length]!;
      await serving.predict({ model: "stars", batch, log }).catch(() => failed++);
      times.push(performance.now() - beforeMs);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return summarise(times, { elapsedMs: performance.now() - startMs, failed });
}

async function loadWhileSwapping(serving: Serving, tracking: Tracking): Promise<Load> {
  let version = 1;
  const timer = setInterval(() => {
    version = 3 - version;
    void promote(tracking, version);
  }, swapEveryMs);
  const result = await load(serving, {
    clients: 64,
    log: true,
    forMs: swaps * swapEveryMs + swapEveryMs / 2,
  });
  clearInterval(timer);
  return result;
}

function summarise(
  times: readonly number[],
  { elapsedMs, failed }: { elapsedMs: number; failed: number },
): Load {
  const sorted = Float64Array.from(times).sort();
  return {
    perSecond: Math.round((times.length * 1000) / elapsedMs),
    p50Ms: Number(quantileSorted(sorted, 0.5).toFixed(4)),
    p99Ms: Number(quantileSorted(sorted, 0.99).toFixed(4)),
    maxMs: Number(quantileSorted(sorted, 1).toFixed(2)),
    failed,
  };
}

const middle = (loads: readonly Load[]): number =>
  quantile(
    loads.map((l) => l.perSecond),
    0.5,
  );

/** Answers must agree before they are timed. */
async function checkEqual(serving: Serving, model: Model): Promise<void> {
  for (const batch of texts.slice(0, 50)) {
    const { predictions } = await serving.predict({ model: "stars", batch, log: false });
    const own = (await model.predict(batch))[0]?.label;
    if (predictions[0]?.label !== own) {
      throw new SoukError("BENCH_DIFFERENT", `expected ${own}, got ${predictions[0]?.label}`);
    }
  }
}

const rng = createRng("serving bench");
const vocabulary = Array.from({ length: 5000 }, () =>
  Array.from({ length: 3 + rng.integer(6) }, () => String.fromCharCode(97 + rng.integer(26))).join(
    "",
  ),
);

/** Words by Zipf's law, a little shifted by the stars so that there is something to learn. */
function reviewText(stars: number): string {
  const count = 30 + rng.integer(60);
  return Array.from({ length: count }, () => {
    const rank = Math.floor(5000 ** rng.next()) - 1;
    return vocabulary[(rank + stars * 7) % 5000];
  }).join(" ");
}

const texts: readonly ColumnBatch[] = Array.from({ length: 1000 }, (_, i) => ({
  length: 1,
  columns: { review_headline: [reviewText(i % 5).slice(0, 40)], review_body: [reviewText(i % 5)] },
}));

async function registerVersions(tracking: Tracking, folder: string): Promise<void> {
  await tracking.registry.createModel("stars");
  for (const version of [1, 2]) {
    const directory = join(folder, `model-${version}`);
    await train(directory, version);
    const run = await tracking.runs.create({});
    await tracking.runs.logArtifacts(run.id, directory, "model");
    await tracking.registry.createVersion("stars", { runId: run.id, artifactPrefix: "model" });
  }
  await promote(tracking, 1);
}

async function promote({ registry }: Tracking, version: number): Promise<void> {
  await registry.promote("stars", version, { by: "bench", reason: "measuring", force: true });
}

async function train(directory: string, seed: number): Promise<void> {
  async function* rows(): AsyncGenerator<ColumnBatch> {
    yield {
      length: texts.length,
      columns: {
        review_headline: texts.map((text) => text.columns["review_headline"]![0]!),
        review_body: texts.map((text) => text.columns["review_body"]![0]!),
        star_rating: texts.map((_, i) => 1 + (i % 5)),
      },
    };
  }
  const data = { dataset: "reviews", version: 1, hash: "0".repeat(64) };
  await trainTask(starsTask, rows(), { family: "ngram", seed, threads: 1, directory, data });
}
