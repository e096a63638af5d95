import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "@souk/core";
import { float32, int64, numbersOf, type Tensor } from "../onnx/tensor.ts";
import { attentionBias, selfAttention } from "./attention.ts";
import { type Layer, runLayer } from "./test-layer.ts";

const layer: Layer = (scope, v) =>
  selfAttention(scope, v.x, { heads: 2, bias: v.mask ? attentionBias(v.mask) : null });

function random(shape: readonly number[], seed: number): Tensor {
  const rng = createRng(seed);
  const size = shape.reduce((a, b) => a * b, 1);
  return float32(
    Float32Array.from({ length: size }, () => rng.normal()),
    shape,
  );
}

const weights = new Map(
  ["query", "key", "value"].flatMap((name, at) => [
    [`${name}.weight`, random([4, 4], at + 1)] as const,
    [`${name}.bias`, random([4], at + 10)] as const,
  ]),
);

/** The formula of the paper in plain loops, heads one after the other. */
function byHand(x: readonly number[], mask: readonly number[], length: number): number[] {
  const width = 4;
  const depth = 2;
  const project = (name: string) => {
    const w = weights.get(`${name}.weight`)?.data ?? [];
    const b = weights.get(`${name}.bias`)?.data ?? [];
    return (step: number, column: number) => {
      let sum = Number(b[column]);
      for (let k = 0; k < width; k++) sum += x[step * width + k] * Number(w[k * width + column]);
      return sum;
    };
  };
  const [q, k, v] = ["query", "key", "value"].map(project);
  const out: number[] = [];
  for (let step = 0; step < length; step++) {
    for (let column = 0; column < width; column++) {
      const head = Math.floor(column / depth) * depth;
      const scores = Array.from({ length }, (_, other) => {
        let dot = 0;
        for (let d = head; d < head + depth; d++) dot += q(step, d) * k(other, d);
        return mask[other] === 1 ? Math.exp(dot / Math.sqrt(depth)) : 0;
      });
      const total = scores.reduce((sum, score) => sum + score, 0);
      out.push(scores.reduce((sum, score, other) => sum + (score / total) * v(other, column), 0));
    }
  }
  return out;
}

test("attention is the formula of the paper, masked steps get nothing", async () => {
  const x = random([1, 3, 4], 42);
  const values = numbersOf(x);
  for (const mask of [
    [1, 1, 1],
    [1, 1, 0],
    [0, 1, 0],
  ]) {
    const inputs = { x, mask: int64(mask, [1, 3]) };
    const { numbers } = await runLayer(layer, { inputs, weights });
    byHand(values, mask, 3).forEach((expected, at) => {
      assert.ok(Math.abs(numbers[at] - expected) < 1e-5, `${at}: ${numbers[at]} ${expected}`);
    });
  }
});

test("named lengths give the same numbers as fixed ones", async () => {
  const inputs = { x: random([2, 5, 4], 3), mask: int64([1, 1, 1, 0, 0, 1, 1, 1, 1, 1], [2, 5]) };
  const named = { x: ["batch", "length", 4], mask: ["batch", "length"] };
  const fixed = await runLayer(layer, { inputs, weights });
  const open = await runLayer(layer, { inputs, weights, named });
  assert.deepEqual(open.numbers, fixed.numbers);
  assert.deepEqual(open.inferred, ["batch", "length", 4]);
});

test("what stands in masked steps does not change the others", async () => {
  const x = random([1, 4, 4], 8);
  const mask = int64([1, 1, 0, 0], [1, 4]);
  const noise = float32(
    Float32Array.from(numbersOf(x), (value, at) => (at < 8 ? value : 1e3 * at)),
    [1, 4, 4],
  );
  const clean = await runLayer(layer, { inputs: { x, mask }, weights });
  const dirty = await runLayer(layer, { inputs: { x: noise, mask }, weights });
  assert.deepEqual(clean.numbers.slice(0, 8), dirty.numbers.slice(0, 8));
});

test("a width that does not divide into the heads is refused", async () => {
  const odd: Layer = (scope, v) => selfAttention(scope, v.x, { heads: 3 });
  await assert.rejects(runLayer(odd, { inputs: { x: random([1, 2, 4], 1) } }), {
    code: "LAYER_SHAPE",
  });
});
