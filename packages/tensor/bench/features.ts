/**
 * Features of a frozen MobileNetV2 from the cache on disk against computing them: rows of 1,280 numbers. Rows per second
 * when all are there (in order, and shuffled in batches of 256, as a training reads them), when none is (the cost of
 * keeping them), and of the network itself in a pool. SOUK_BENCH_ROWS sets the number of rows (20,000).
 */
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { createRng, sha256, SoukError } from "@souk/core";
import { type FeatureCache, openFeatureCache, openPool } from "../src/index.ts";
import { float32 } from "../src/onnx/tensor.ts";
import { writeOnnx } from "../src/onnx/write.ts";
import { mobileNet } from "./running/models.ts";

interface BenchResult {
  readonly name: string;
  readonly ratio: number;
  readonly goal: number;
  readonly peer: string;
  readonly figures: Readonly<Record<string, unknown>>;
}

const width = 1280;
const rows = Number(process.env["SOUK_BENCH_ROWS"] ?? 20_000);
const keys = Array.from({ length: rows }, (_, row) => sha256(`image ${row}`));

/** Measures in a temporary folder, which it removes. */
export async function run(): Promise<BenchResult> {
  const folder = await mkdtemp(join(tmpdir(), "souk-bench-features-"));
  try {
    const options = { model: sha256("bench"), preprocessing: "none", width };
    const first = await openFeatureCache(folder, options);
    const miss = await perSecond(() => readAll(first, keys));
    await first.close();
    const openedMs = performance.now();
    const cache = await openFeatureCache(folder, options);
    const openMs = performance.now() - openedMs;
    const hit = await perSecond(() => readAll(cache, keys));
    const shuffled = [...keys];
    createRng(1).shuffle(shuffled);
    const random = await perSecond(() => readAll(cache, shuffled));
    checkCounts(cache);
    await cache.close();
    const network = await networkRate();
    return {
      name: "features",
      ratio: random / (network ?? 714),
      goal: 10,
      peer: network
        ? `MobileNetV2 in a pool of ${availableParallelism()} workers`
        : "MobileNetV2 at 1.4 ms an image (the model is not here)",
      figures: {
        rows,
        bytesPerRow: width * 4,
        rowsPerSecond: { hit, hitShuffled: random, miss, network },
        openMs,
      },
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function readAll(cache: FeatureCache, order: readonly string[]): Promise<void> {
  const batch = new Float32Array(256 * width).fill(0.5);
  for (let at = 0; at < order.length; at += 256) {
    const part = order.slice(at, at + 256);
    const { data } = await cache.features(part, async (missing) =>
      batch.subarray(0, missing.length * width),
    );
    if (data.at(-1) !== 0.5) throw new SoukError("BENCH_DIFFERENT", "expected 0.5 in every row");
  }
}

function checkCounts({ counts }: FeatureCache): void {
  if (counts.hits === 2 * rows && counts.misses === 0) return;
  throw new SoukError("BENCH_DIFFERENT", `expected ${2 * rows} hits, got ${counts.hits}`);
}

async function perSecond(work: () => Promise<void>): Promise<number> {
  const startMs = performance.now();
  await work();
  return Math.round((rows * 1000) / (performance.now() - startMs));
}

/** Images per second of the network over all cores, one image a run. */
async function networkRate(): Promise<number | undefined> {
  const model = mobileNet();
  if (!model) return undefined;
  const pool = await openPool(writeOnnx(model));
  const [{ name, shape = [] }] = pool.inputs;
  const lengths = shape.map((dim) => (typeof dim === "number" ? dim : 1));
  const image = float32(new Float32Array(lengths.reduce((a, b) => a * b, 1)).fill(0.1), lengths);
  const images = 400;
  let started = 0;
  const caller = async (): Promise<void> => {
    while (started++ < images) await pool.run({ [name]: image });
  };
  const startMs = performance.now();
  await Promise.all(Array.from({ length: 2 * availableParallelism() }, caller));
  const rate = (images * 1000) / (performance.now() - startMs);
  await pool.close();
  return Math.round(rate);
}
