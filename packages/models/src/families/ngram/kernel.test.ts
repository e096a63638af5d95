import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { createRng } from "@souk/core";
import { compileKernel } from "../../../scripts/build-kernel.ts";
import { layOut } from "./layout.ts";
import { type NgramProblem, openNgramSession } from "./session.ts";

test("the committed kernel is what its source compiles to", async () => {
  const committed = await readFile(new URL("./kernel.wasm", import.meta.url));
  assert.equal(Buffer.compare(await compileKernel("families/ngram"), committed), 0);
});

/** Random documents of two segments over `rows` features, with targets. */
function problemOf(classes: number, { regression = false, documents = 300 } = {}): NgramProblem {
  const rng = createRng(5);
  const rows = 50;
  const ids: number[] = [];
  const starts = [0];
  const scales: number[] = [];
  for (let list = 0; list < 2 * documents; list++) {
    const length = rng.integer(9);
    for (let i = 0; i < length; i++) ids.push(rng.integer(rows));
    starts.push(ids.length);
    scales.push(1 / Math.sqrt(length || 1));
  }
  const targets = Float64Array.from({ length: documents }, () =>
    regression ? rng.normal() : rng.integer(classes),
  );
  const corpus = {
    documents,
    segments: 2,
    ids: Int32Array.from(ids),
    starts: Int32Array.from(starts),
    scales: Float32Array.from(scales),
  };
  return { corpus, rows, trainDocuments: documents, targets, classes, regression };
}

async function weightsAfter(
  problem: NgramProblem,
  options: {
    dim: number;
    threads?: number;
    engine: "wasm" | "plain";
    lr?: number;
    epochs?: number;
    linear?: boolean;
  },
): Promise<{ input: Float32Array; output: Float32Array; losses: number[] }> {
  const { dim, engine, threads = 1, lr = 0.3, epochs = 3, linear = false } = options;
  const session = await openNgramSession(problem, { dim, engine, threads, linear, seed: 9 });
  const losses: number[] = [];
  for (let epoch = 0; epoch < epochs; epoch++)
    losses.push(await session.runEpoch({ epoch, epochs, lr, warmUp: 0.1, decay: "linear" }));
  const { input, output } = session.views;
  const result = { input: input.slice(), output: output.slice(), losses };
  await session.close();
  return result;
}

for (const dim of [4, 16, 20, 64])
  test(`the SIMD kernel and plain JavaScript give the same bits in ${dim} columns`, async () => {
    for (const problem of [problemOf(5), problemOf(1, { regression: true })]) {
      const wasm = await weightsAfter(problem, { dim, engine: "wasm" });
      const plain = await weightsAfter(problem, { dim, engine: "plain" });
      assert.deepEqual(wasm.input, plain.input);
      assert.deepEqual(wasm.output, plain.output);
      wasm.losses.forEach((loss, i) => assert.ok(Math.abs(loss - plain.losses[i]) < 1e-6));
    }
  });

for (const classes of [1, 3, 5, 8])
  test(`the linear model has the same bits in SIMD and plain JavaScript for ${classes} outputs`, async () => {
    const problem = problemOf(classes, { regression: classes === 1 });
    const dim = Math.ceil(classes / 4) * 4;
    const wasm = await weightsAfter(problem, { dim, engine: "wasm", linear: true });
    const plain = await weightsAfter(problem, { dim, engine: "plain", linear: true });
    assert.deepEqual(wasm.input, plain.input);
    assert.ok(wasm.input.some((weight) => weight !== 0));
    wasm.losses.forEach((loss, i) => assert.ok(Math.abs(loss - plain.losses[i]) < 1e-6));
  });

test("two steps of the linear model are AdaGrad's, worked by hand", async () => {
  const corpus = {
    documents: 2,
    segments: 1,
    ids: Int32Array.of(0, 0),
    starts: Int32Array.of(0, 1, 2),
    scales: Float32Array.of(1, 1),
  };
  const targets = Float64Array.of(2, 2);
  const shape = { rows: 1, trainDocuments: 2, classes: 1, regression: true };
  const session = await openNgramSession(
    { corpus, targets, ...shape },
    { dim: 4, seed: 1, threads: 1, linear: true },
  );
  await session.runEpoch({ epoch: 0, epochs: 1, lr: 0.1, warmUp: 0, decay: "constant" });
  // Errors 2 and 2 - 0.1; the steps are 0.1 * 2 / 2 and 0.1 * 1.9 / sqrt(4 + 3.61).
  assert.ok(Math.abs(session.views.input[0] - (0.1 + 0.19 / Math.sqrt(7.61))) < 1e-6);
  assert.ok(Math.abs(session.views.squares[0] - 7.61) < 1e-5);
  await session.close();
});

test("one step is the gradient of the cross-entropy, by finite differences", async () => {
  const base = problemOf(3, { documents: 1 });
  const ids = Int32Array.of(3, 7, 7, 11);
  const corpus = {
    ...base.corpus,
    ids,
    starts: Int32Array.of(0, 1, 4),
    scales: Float32Array.of(1, 0.5),
  };
  const problem = { ...base, corpus, targets: Float64Array.of(2) };
  const session = await openNgramSession(problem, { dim: 4, seed: 2, threads: 1 });
  const { input, output } = session.views;
  const rng = createRng(4);
  for (let i = 0; i < output.length; i++) output[i] = rng.normal(0, 0.5);
  const x = Float64Array.from(input);
  const w = Float64Array.from(output);
  const lr = 0.01;
  await session.runEpoch({ epoch: 0, epochs: 1, lr, warmUp: 0, decay: "constant" });
  const loss = (): number => {
    const h = [0, 1, 2, 3].map((j) => x[12 + j] + 0.5 * (2 * x[28 + j] + x[44 + j]));
    const scores = [0, 1, 2].map((c) => h.reduce((sum, v, j) => sum + v * w[4 * c + j], 0));
    return Math.log(scores.reduce((sum, s) => sum + Math.exp(s), 0)) - scores[2];
  };
  const check = (values: Float64Array, after: Float32Array, at: number): void => {
    const kept = values[at];
    values[at] = kept + 1e-5;
    const above = loss();
    values[at] = kept - 1e-5;
    const below = loss();
    values[at] = kept;
    // Row 7 occurs twice: its gradient counts twice in the loss, and the kernel adds it twice.
    assert.ok(Math.abs((kept - after[at]) / lr - (above - below) / 2e-5) < 1e-3, `weight ${at}`);
  };
  for (const row of [3, 7, 11]) for (let j = 0; j < 4; j++) check(x, input, 4 * row + j);
  for (let i = 0; i < 12; i++) check(w, output, i);
  await session.close();
});

test("four threads without locks end near the loss of one", async () => {
  const problem = problemOf(3, { documents: 4000 });
  const one = await weightsAfter(problem, { dim: 16, engine: "wasm", lr: 0.05 });
  const four = await weightsAfter(problem, { dim: 16, engine: "wasm", lr: 0.05, threads: 4 });
  assert.ok(Math.abs((one.losses.at(-1) ?? 0) - (four.losses.at(-1) ?? 9)) < 0.02);
});

test("a model beyond 4 GiB is refused before anything is allocated", () => {
  const shape = {
    dim: 512,
    classes: 5,
    segments: 2,
    rows: 4_000_000,
    documents: 10,
    trainDocuments: 9,
    features: 10,
    threads: 1,
    linear: false,
  };
  assert.throws(() => layOut(shape), { code: "NGRAM_TOO_LARGE" });
});
