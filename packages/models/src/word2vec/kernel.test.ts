import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { createRng } from "@souk/core";
import { compileKernel } from "../../scripts/build-kernel.ts";
import { openKernel } from "./kernel.ts";
import { CELLS, layOut, REACH, type Shape, type Views } from "./layout.ts";
import { createAliasTable } from "./sampling.ts";

test("the committed kernel is what its source compiles to", async () => {
  const committed = await readFile(new URL("./kernel.wasm", import.meta.url));
  assert.equal(Buffer.compare(await compileKernel("word2vec"), committed), 0);
});

function fillTables(views: Views): void {
  views.keep.fill(0xffffffff);
  for (let cell = 0; cell < CELLS; cell++) {
    const middle = ((cell + 0.5) * 2 * REACH) / CELLS - REACH;
    views.sigmoid[cell] = 1 / (1 + Math.exp(-middle));
    views.logLoss[cell] = Math.log(1 + Math.exp(-middle));
  }
}

/** Three words of two columns; the sentence is "0 1" or longer, and every negative word is word 2. */
async function smallKernel(
  method: Shape["method"],
  { engine, sentence }: { engine: string; sentence: readonly number[] },
) {
  const shape = { words: 3, stride: 8, window: 1, negatives: 1, method };
  const layout = layOut({ ...shape, tokens: sentence.length, sentences: 1 });
  const { kernel, views } = await openKernel(layout, { engine });
  fillTables(views);
  views.limits.fill(0);
  views.aliases.fill(2);
  views.ids.set(sentence);
  views.starts.set([0, sentence.length]);
  views.input.set([0.5, -1], 0);
  views.input.set([1, 0.25], 8);
  views.input.set([-0.5, 2], 16);
  views.output.set([0.2, 0.4], 0);
  views.output.set([-0.6, 0.8], 8);
  views.output.set([1, 1], 16);
  return { kernel, views };
}

function near(actual: Float32Array, expected: readonly number[], within: number): void {
  expected.forEach((value, i) =>
    assert.ok(Math.abs(actual[i] - value) < within, `${i}: ${actual[i]} for ${value}`),
  );
}

for (const engine of ["plain", "wasm"]) {
  test(`${engine}: one sentence of two words moves as worked by hand (skip-gram)`, async () => {
    const { kernel, views } = await smallKernel("skip-gram", { engine, sentence: [0, 1] });
    const loss = kernel.train(0, 1, 0.1, 7);
    // Center 0, neighbour 1: x = (1, .25). x.out0 = .3, sigmoid .574443: g = .1 (1 - .574443) = .0425557;
    // x.out2 = 1.25, sigmoid .777300: g = -.0777300.
    //   in1  = (1, .25) + .0425557 (.2, .4) - .07773 (1, 1)       = (.9307811, .1892923)
    //   out0 = (.2, .4) + .0425557 (1, .25)                       = (.2425557, .4106389)
    //   out2 = (1, 1) - .07773 (1, .25)                           = (.92227, .9805675)
    // Center 1, neighbour 0: x = (.5, -1). x.out1 = -1.1, sigmoid .249740: g = .075026;
    // x.out2 = -.5194325, sigmoid .372985: g = -.0372985.
    //   in0  = (.5, -1) + .075026 (-.6, .8) - .0372985 (.92227, .9805675) = (.4205852, -.9765529)
    //   out1 = (-.6, .8) + .075026 (.5, -1)                       = (-.562487, .724974)
    //   out2 = (.92227, .9805675) - .0372985 (.5, -1)             = (.9036208, 1.017866)
    // The table's sigmoid is within .001, so each weight within 2e-4.
    near(views.input.subarray(0, 2), [0.4205852, -0.9765529], 2e-4);
    near(views.input.subarray(8, 10), [0.9307811, 0.1892923], 2e-4);
    near(views.output.subarray(0, 2), [0.2425557, 0.4106389], 2e-4);
    near(views.output.subarray(8, 10), [-0.562487, 0.724974], 2e-4);
    near(views.output.subarray(16, 18), [0.9036208, 1.017866], 2e-4);
    // -ln .574443 - ln(1 - .7773) - ln .24974 - ln(1 - .372985)
    assert.ok(Math.abs(loss - (0.554355 + 1.501929 + 1.387335 + 0.466785)) < 0.01);
    assert.equal(kernel.pairs(), 2);
    assert.ok(views.input.subarray(2, 8).every((value) => value === 0));
  });

  test(`${engine}: a CBOW step is the gradient of its loss, by finite differences`, async () => {
    const { kernel, views } = await smallKernel("cbow", { engine, sentence: [0, 1, 0] });
    // Only the middle word is looked at: its bag is word 0 twice.
    const x = [...views.input];
    const w = [...views.output];
    const bagLoss = (center: number, bag: readonly number[]): number => {
      const dot = (word: number): number =>
        [0, 1].reduce(
          (sum, j) =>
            sum + (w[8 * word + j] * bag.reduce((all, i) => all + x[8 * i + j], 0)) / bag.length,
          0,
        );
      return Math.log(1 + Math.exp(-dot(center))) + Math.log(1 + Math.exp(dot(2)));
    };
    // A tiny rate: the three steps of the sentence do not see each other.
    const lr = 1e-3;
    const before = { input: Float64Array.from(x), output: Float64Array.from(w) };
    kernel.train(0, 1, lr, 7);
    const total = (): number => 2 * bagLoss(0, [1]) + bagLoss(1, [0, 0]);
    const check = (values: number[], [kept, after]: [number, number], at: number): void => {
      values[at] = kept + 1e-5;
      const above = total();
      values[at] = kept - 1e-5;
      const below = total();
      values[at] = kept;
      assert.ok(Math.abs((kept - after) / lr - (above - below) / 2e-5) < 5e-3, `weight ${at}`);
    };
    for (const at of [0, 1, 8, 9]) check(x, [before.input[at], views.input[at]], at);
    for (const at of [0, 1, 8, 9, 16, 17]) check(w, [before.output[at], views.output[at]], at);
  });
}

for (const method of ["skip-gram", "cbow"] as const)
  for (const stride of [8, 24, 104])
    test(`${method}: SIMD and plain JavaScript give the same bits in ${stride} columns`, async () => {
      const shape = { words: 40, stride, window: 4, negatives: 3, method };
      const layout = layOut({ ...shape, tokens: 600, sentences: 30 });
      const [wasm, plain] = await Promise.all(
        ["wasm", "plain"].map(async (engine) => {
          const opened = await openKernel(layout, { engine });
          const { views } = opened;
          fillTables(views);
          const rng = createRng(5);
          const counts = Array.from({ length: 40 }, () => 1 + rng.integer(100));
          const { limits, aliases } = createAliasTable(counts, 0.75);
          views.limits.set(limits);
          views.aliases.set(aliases);
          for (let i = 0; i < 600; i++) views.ids[i] = rng.integer(40);
          for (let s = 0; s <= 30; s++) views.starts[s] = 20 * s;
          for (let i = 0; i < 20; i++) views.keep[i] = rng.integer(2 ** 32);
          for (let i = 0; i < 40 * stride; i++) views.input[i] = rng.normal(0, 0.3);
          const loss = opened.kernel.train(0, 30, 0.2, 2 ** 32 - 5);
          return { loss, views, pairs: opened.kernel.pairs() };
        }),
      );
      assert.deepEqual(wasm.views.input, plain.views.input);
      assert.deepEqual(wasm.views.output, plain.views.output);
      assert.equal(wasm.loss, plain.loss);
      assert.equal(wasm.pairs, plain.pairs);
      assert.ok(wasm.pairs > 100);
    });

test("more than 4 GiB is refused before anything is allocated", () => {
  const shape = { words: 1 << 20, stride: 1024, window: 5, negatives: 5, tokens: 9, sentences: 1 };
  assert.throws(() => layOut({ ...shape, method: "cbow" }), { code: "WORD2VEC_TOO_LARGE" });
});
