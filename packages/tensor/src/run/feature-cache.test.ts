import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test, type TestContext } from "node:test";
import { sha256 } from "@souk/core";
import { numbersOf } from "../onnx/tensor.ts";
import {
  type ComputeFeatures,
  type FeatureCache,
  type FeatureCacheOptions,
  openFeatureCache,
} from "./feature-cache.ts";

const identity = { model: sha256("model"), preprocessing: "224, rgb", width: 3 };
const keyOf = (input: number) => sha256(`input ${input}`);
/** The features of input n are n, n + 0.5, -n. */
const rowOf = (input: number) => [input, input + 0.5, -input];

async function temporary(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "souk-features-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function opened(t: TestContext, folder: string, options: Partial<FeatureCacheOptions> = {}) {
  const cache = await openFeatureCache(folder, { ...identity, ...options });
  t.after(() => cache.close());
  return cache;
}

/** Asks for the features of inputs; gives the rows, and which inputs had to be computed. */
async function ask(cache: FeatureCache, inputs: readonly number[]) {
  const computed: number[] = [];
  const compute: ComputeFeatures = async (missing) => {
    const wanted = missing.map((at) => inputs[at]);
    computed.push(...wanted);
    return Float32Array.from(wanted.flatMap(rowOf));
  };
  const answer = await cache.features(inputs.map(keyOf), compute);
  assert.deepEqual(answer.shape, [inputs.length, 3]);
  assert.deepEqual(numbersOf(answer), inputs.flatMap(rowOf));
  return computed;
}

const upTo = (count: number, from = 0) => Array.from({ length: count }, (_, at) => from + at);

async function segmentsIn(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  return names
    .filter((name) => name.endsWith(".features"))
    .sort()
    .map((name) => join(folder, name));
}

test("only what is missing is computed, once for equal inputs, in the order asked for", async (t) => {
  const cache = await opened(t, await temporary(t));
  assert.deepEqual(await ask(cache, [1, 2, 1]), [1, 2]);
  assert.deepEqual(await ask(cache, [3, 2, 3, 1, 4]), [3, 4]);
  assert.deepEqual(await ask(cache, []), []);
  assert.deepEqual(cache.counts, { rows: 4, hits: 2, misses: 4, damaged: 0, evicted: 0 });
});

test("a cache opened again has the rows", async (t) => {
  const folder = await temporary(t);
  const first = await openFeatureCache(folder, identity);
  await ask(first, upTo(1000));
  await first.close();
  const second = await opened(t, folder);
  assert.deepEqual(await ask(second, upTo(1000).toReversed()), []);
  assert.deepEqual(await ask(second, [7, 1000]), [1000]);
});

test("another model, preprocessing or width shares nothing", async (t) => {
  const folder = await temporary(t);
  await ask(await opened(t, folder), [1]);
  assert.deepEqual(await ask(await opened(t, folder, { model: sha256("other") }), [1]), [1]);
  assert.deepEqual(await ask(await opened(t, folder, { preprocessing: "160, rgb" }), [1]), [1]);
  const wide = await opened(t, folder, { width: 4 });
  const answer = await wide.features([keyOf(1)], async () => Float32Array.of(1, 2, 3, 4));
  assert.deepEqual(numbersOf(answer), [1, 2, 3, 4]);
});

test("missing inputs are computed in batches, each kept before the next", async (t) => {
  const folder = await temporary(t);
  const cache = await opened(t, folder, { batchSize: 4 });
  const batches: number[] = [];
  const failing = cache.features(upTo(10).map(keyOf), async (missing) => {
    batches.push(missing.length);
    if (batches.length === 3) throw new Error("out of luck");
    return Float32Array.from(missing.flatMap(rowOf));
  });
  await assert.rejects(failing, { message: "out of luck" });
  assert.deepEqual(batches, [4, 4, 2]);
  assert.deepEqual(await ask(await opened(t, folder), upTo(10)), [8, 9]);
});

test("an aborted signal stops before the next batch", async (t) => {
  const cache = await opened(t, await temporary(t), { batchSize: 2 });
  const stop = new AbortController();
  const stopped = cache.features(
    upTo(6).map(keyOf),
    async (missing) => {
      stop.abort(new Error("enough"));
      return Float32Array.from(missing.flatMap(rowOf));
    },
    { signal: stop.signal },
  );
  await assert.rejects(stopped, { message: "enough" });
  assert.equal(cache.counts.rows, 2);
});

test("a segment cut at any byte gives the blocks before the cut", async (t) => {
  const folder = await temporary(t);
  const first = await openFeatureCache(folder, { ...identity, batchSize: 2 });
  await ask(first, upTo(6));
  await first.close();
  const [path] = await segmentsIn(folder);
  const whole = await readFile(path);
  const block = 8 + 2 * (32 + 16);
  assert.equal(whole.length, 16 + 3 * block);
  for (let length = whole.length - 1; length >= 0; length -= length > 2 * block ? 1 : 13) {
    await writeFile(path, whole.subarray(0, length));
    const cache = await openFeatureCache(folder, identity);
    assert.equal(
      cache.counts.rows,
      2 * Math.max(0, Math.floor((length - 16) / block)),
      `${length}`,
    );
    await cache.close();
  }
  await writeFile(path, whole.subarray(0, whole.length - 5));
  assert.deepEqual(await ask(await opened(t, folder), upTo(6)), [4, 5]);
});

test("a row or an index with one bit turned is computed again", async (t) => {
  const folder = await temporary(t);
  const first = await openFeatureCache(folder, { ...identity, batchSize: 2 });
  await ask(first, upTo(4));
  await first.close();
  const [path] = await segmentsIn(folder);
  const whole = await readFile(path);
  const turned = (at: number) => whole.map((byte, index) => (index === at ? byte ^ 16 : byte));
  await writeFile(path, turned(16 + 8 + 64 + 5)); // first row of the first block
  const row = await openFeatureCache(folder, identity);
  assert.deepEqual(await ask(row, upTo(4)), [0]);
  assert.equal(row.counts.damaged, 1);
  await row.close();
  for (const other of await segmentsIn(folder)) await rm(other);
  for (const at of [16, 16 + 5, 16 + 8 + 40]) {
    await writeFile(path, turned(at)); // count, CRC, a key: nothing behind can be trusted
    const index = await openFeatureCache(folder, identity);
    assert.equal(index.counts.rows, 0);
    await index.close();
  }
  await writeFile(path, turned(3));
  assert.equal((await opened(t, folder)).counts.rows, 0);
});

test("rows that one process appends are found by another that is open", async (t) => {
  const folder = await temporary(t);
  const [writer, reader] = [await opened(t, folder), await opened(t, folder)];
  await ask(writer, [1, 2]);
  assert.deepEqual(await ask(reader, [1, 2, 3]), [3]);
  assert.deepEqual(await ask(writer, [1, 2, 3, 4]), [4]);
  assert.equal((await segmentsIn(folder)).length, 2);
});

test("the segments written longest ago make room, whole, for all caches of the folder", async (t) => {
  const folder = await temporary(t);
  const options = { batchSize: 8, segmentBytes: 1000, maxBytes: 4000 };
  const other = await openFeatureCache(folder, { ...identity, ...options, preprocessing: "old" });
  await ask(other, upTo(8));
  await other.close();
  const cache = await opened(t, folder, options);
  const reader = await opened(t, folder, options);
  for (let from = 0; from < 200; from += 8) {
    await ask(cache, upTo(8, from));
    const files = await segmentsIn(folder);
    const sizes = await Promise.all(files.map(async (path) => (await stat(path)).size));
    assert.ok(sizes.reduce((sum, size) => sum + size, 0) <= 4000);
  }
  assert.ok(cache.counts.evicted >= 8);
  assert.deepEqual(await ask(cache, upTo(8, 192)), []);
  assert.deepEqual(await ask(cache, upTo(8)), upTo(8));
  assert.deepEqual(await ask(reader, upTo(8, 192)), []);
  assert.deepEqual(await ask(await opened(t, folder, { preprocessing: "old" }), [0]), [0]);
});

test("a row evicted under an open reader is computed again", async (t) => {
  const folder = await temporary(t);
  const reader = await opened(t, folder);
  await ask(reader, [1]);
  await (await opened(t, folder)).close();
  for (const path of await segmentsIn(folder)) await rm(path);
  assert.deepEqual(await ask(reader, [1, 2]), [1, 2]);
  assert.deepEqual(await ask(reader, [1, 2]), []);
});

test("keys, sizes and rows that make no sense are refused", async (t) => {
  const folder = await temporary(t);
  const cache = await opened(t, folder);
  const none: ComputeFeatures = async () => new Float32Array(0);
  await assert.rejects(cache.features(["abc"], none), { code: "FEATURE_CACHE_KEY" });
  await assert.rejects(cache.features([keyOf(1)], none), {
    code: "FEATURE_CACHE_ROWS",
    message: "expected 1 rows of 3, got 0 numbers",
  });
  for (const wrong of [{ width: 0 }, { batchSize: 0 }, { maxBytes: 100 }, { segmentBytes: 1 }]) {
    await assert.rejects(openFeatureCache(folder, { ...identity, ...wrong }), {
      code: "FEATURE_CACHE_OPTIONS",
    });
  }
});

test("a folder that cannot be written is FEATURE_CACHE_WRITE", async (t) => {
  const folder = await temporary(t);
  await writeFile(join(folder, "file"), "");
  const cache = await opened(t, join(folder, "file"));
  const compute: ComputeFeatures = async () => Float32Array.of(1, 2, 3);
  await assert.rejects(cache.features([keyOf(1)], compute), { code: "FEATURE_CACHE_WRITE" });
});

test("after kill -9 every batch that was answered is there, and a reader beside it saw no wrong row", async (t) => {
  const folder = await temporary(t);
  const script = `
    import { openFeatureCache } from ${JSON.stringify(new URL("./feature-cache.ts", import.meta.url))};
    import { sha256 } from ${JSON.stringify(import.meta.resolve("@souk/core"))};
    const cache = await openFeatureCache(${JSON.stringify(folder)}, ${JSON.stringify({ ...identity, batchSize: 50 })});
    for (let from = 0; ; from += 50) {
      const inputs = Array.from({ length: 50 }, (_, at) => from + at);
      await cache.features(inputs.map((n) => sha256("input " + n)), async () => Float32Array.from(inputs.flatMap((n) => [n, n + 0.5, -n])));
      console.log(from + 50);
    }
  `;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script]);
  const reader = await opened(t, folder);
  let answered = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    answered = Number(line);
    if (answered % 500 === 0) assert.deepEqual(await ask(reader, upTo(50, answered - 50)), []);
    if (answered >= 3000 && !child.killed) child.kill("SIGKILL");
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  assert.equal(child.signalCode, "SIGKILL");
  assert.ok(answered >= 3000);
  assert.deepEqual(await ask(await opened(t, folder), upTo(answered)), []);
});
