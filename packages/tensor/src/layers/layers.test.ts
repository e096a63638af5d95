import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "@souk/core";
import { createGraph } from "../graph/create.ts";
import type { Dim } from "../onnx/model.ts";
import { float32, int64, type Tensor } from "../onnx/tensor.ts";
import { activate, activationNames } from "./activation.ts";
import { conv1d, conv2d } from "./convolution.ts";
import { dense } from "./dense.ts";
import { embedding } from "./embedding.ts";
import { heNormal } from "./initializers.ts";
import { batchNormalization, layerNorm } from "./normalization.ts";
import { globalMeanPool, maskedMeanPool, maxPool, meanPool, normalizeRows } from "./pooling.ts";
import { poolSteps } from "./pooling.ts";
import { createScope } from "./scope.ts";
import { type Layer, runLayer } from "./test-layer.ts";

/** Runs a layer with lengths that are numbers and with names for the first two axes: both must agree. */
async function both(layer: Layer, inputs: Record<string, Tensor>, weights?: Map<string, Tensor>) {
  const names: readonly Dim[] = ["batch", "length"];
  const named = Object.fromEntries(
    Object.entries(inputs).map(([name, { shape }]) => [
      name,
      shape.map((dim, axis) => names[axis] ?? dim),
    ]),
  );
  const fixed = await runLayer(layer, { inputs, ...(weights ? { weights } : {}) });
  const open = await runLayer(layer, { inputs, named, ...(weights ? { weights } : {}) });
  assert.deepEqual(open.numbers, fixed.numbers);
  assert.deepEqual(fixed.inferred, fixed.shape);
  return fixed;
}

function near(actual: readonly number[], expected: readonly number[], tolerance = 1e-6) {
  assert.equal(actual.length, expected.length);
  actual.forEach((value, at) => {
    assert.ok(
      Math.abs(value - expected[at]) <= tolerance,
      `${at}: ${value} is not ${expected[at]}`,
    );
  });
}

const dyadic = new Map([
  ["weight", float32([1, 2, 3, 4, 5, 6], [3, 2])],
  ["bias", float32([10, -100])],
]);

test("dense is x W + b for each row, whatever stands before it", async () => {
  const x = float32([1, 0, 0, 0, 1, 1], [1, 2, 3]);
  const { numbers, shape } = await both((s, v) => dense(s, v.x, { features: 2 }), { x }, dyadic);
  assert.deepEqual(shape, [1, 2, 2]);
  assert.deepEqual(numbers, [11, -98, 18, -90]);
  const flat = { x: float32([1, 0, 0], [1, 3]) };
  const relu: Layer = (s, v) => dense(s, v.x, { features: 2, activation: "relu" });
  assert.deepEqual((await runLayer(relu, { inputs: flat, weights: dyadic })).numbers, [11, 0]);
});

test("dense refuses a last axis whose length is not known", async () => {
  const graph = createGraph();
  const scope = createScope(graph, { weights: new Map(), rng: createRng(1) });
  assert.throws(() => dense(scope, graph.input("x", [2, "width"]), { features: 2 }), {
    code: "LAYER_SHAPE",
  });
});

test("embedding gives the rows of the ids", async () => {
  const layer: Layer = (s, v) => embedding(s, v.ids, { rows: 3, width: 2 });
  const weights = new Map([["weight", float32([0, 1, 10, 11, 20, 21], [3, 2])]]);
  const { numbers } = await both(layer, { ids: int64([2, 0, 1, 1], [2, 2]) }, weights);
  assert.deepEqual(numbers, [20, 21, 0, 1, 10, 11, 10, 11]);
});

test("conv1d sums each window of neighbouring steps, by feature", async () => {
  const layer: Layer = (s, v) => conv1d(s, v.x, { features: 2, kernel: 2, activation: "linear" });
  const weights = new Map([
    // Channel 0: 1 for the first step of a window and 100 for the second; channel 1: 10 and 1000. Feature 1 doubles.
    ["weight", float32([1, 2, 100, 200, 10, 20, 1000, 2000], [2, 4])],
    ["bias", float32([0.5, 0])],
  ]);
  const x = float32([1, 2, 3, 4, 5, 6], [1, 3, 2]);
  const { numbers, shape } = await both(layer, { x }, weights);
  assert.deepEqual(shape, [1, 2, 2]);
  assert.deepEqual(numbers, [4321.5, 8642, 6543.5, 13086]);
});

test("conv2d with a kernel of ones counts the neighbours of a pixel, by group", async () => {
  const layer: Layer = (s, v) => conv2d(s, v.x, { features: 2, kernel: 3, groups: 2 });
  const weights = new Map([
    ["weight", float32(new Float32Array(18).fill(1), [2, 1, 3, 3])],
    ["bias", float32([0, 1])],
  ]);
  const x = float32([0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1], [1, 2, 3, 3]);
  const { numbers } = await runLayer(layer, { inputs: { x }, weights });
  assert.deepEqual(numbers, [1, 1, 1, 1, 1, 1, 1, 1, 1, 5, 7, 5, 7, 10, 7, 5, 7, 5]);
});

test("layerNorm brings each row to mean 0 and variance 1", async () => {
  const layer: Layer = (s, v) => layerNorm(s, v.x, { epsilon: 0 });
  const { numbers } = await both(layer, { x: float32([1, 3, 10, 30], [1, 2, 2]) });
  near(numbers, [-1, 1, -1, 1]);
});

test("batch normalisation uses the statistics it has, which never train", async () => {
  const weights = new Map([
    ["weight", float32([2])],
    ["bias", float32([1])],
    ["running_mean", float32([3])],
    ["running_var", float32([4])],
  ]);
  const layer: Layer = (s, v) => batchNormalization(s, v.x, { epsilon: 0 });
  const { numbers } = await runLayer(layer, { inputs: { x: float32([3, 5], [1, 1, 2]) }, weights });
  near(numbers, [1, 3]);
  const graph = createGraph();
  const scope = createScope(graph, {
    weights: new Map(weights),
    rng: createRng(1),
    training: true,
  });
  batchNormalization(scope, graph.input("x", [1, 1, 2]));
  const trained = graph.inputs.filter(({ role }) => role === "parameter");
  assert.deepEqual(
    trained.map(({ value }) => value.name),
    ["weight", "bias"],
  );
});

test("pooling folds steps; an odd last one is left out of pairs", async () => {
  const x = float32([1, -1, 5, -5, 3, 9], [1, 3, 2]);
  assert.deepEqual((await both((_, v) => maxPool(v.x), { x })).numbers, [5, 9]);
  assert.deepEqual((await both((_, v) => meanPool(v.x), { x })).numbers, [3, 1]);
  assert.deepEqual((await both((_, v) => poolSteps(v.x, "max"), { x })).numbers, [5, -1]);
  assert.deepEqual((await both((_, v) => poolSteps(v.x, "mean"), { x })).numbers, [3, -3]);
  const image = float32([1, 2, 3, 4, 10, 20, 30, 40], [1, 2, 2, 2]);
  const { numbers } = await runLayer((_, v) => globalMeanPool(v.x), { inputs: { x: image } });
  assert.deepEqual(numbers, [2.5, 25]);
});

test("the masked mean sees only the steps of its mask, and is zero without any", async () => {
  const x = float32([1, 2, 3, 4, 50, 60, 7, 7, 7, 7, 7, 7], [2, 3, 2]);
  const mask = int64([1, 1, 0, 0, 0, 0], [2, 3]);
  const { numbers } = await both((_, v) => maskedMeanPool(v.x, v.mask), { x, mask });
  assert.deepEqual(numbers, [2, 3, 0, 0]);
});

test("normalised rows have length 1, a row of zeros stays", async () => {
  const { numbers } = await both((_, v) => normalizeRows(v.x), {
    x: float32([3, 4, 0, 0], [2, 2]),
  });
  near(numbers, [0.6, 0.8, 0, 0]);
});

const formulas: Readonly<Record<string, (x: number) => number>> = {
  linear: (x) => x,
  relu: (x) => Math.max(0, x),
  relu6: (x) => Math.min(Math.max(0, x), 6),
  gelu_new: (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  tanh: Math.tanh,
  elu: (x) => (x > 0 ? x : Math.expm1(x)),
  leaky_relu: (x) => (x > 0 ? x : 0.01 * x),
  softplus: (x) => Math.log1p(Math.exp(x)),
  softsign: (x) => x / (1 + Math.abs(x)),
  hard_swish: (x) => x * Math.min(Math.max(x / 6 + 0.5, 0), 1),
  silu: (x) => x / (1 + Math.exp(-x)),
};

test("every activation is its formula", async () => {
  const points = [-3, -1, 0, 0.5, 2, 7];
  for (const name of activationNames) {
    const { numbers } = await runLayer((_, v) => activate(v.x, name), {
      inputs: { x: float32(points) },
    });
    // Φ(x) from tables: gelu = x Φ(x)
    const gelu = [-3 * 0.0013499, -0.1586553, 0, 0.5 * 0.6914625, 2 * 0.9772499, 7];
    near(numbers, name === "gelu" ? gelu : points.map(formulas[name]), 2e-6);
  }
  const { x } = { x: createGraph().input("x", [1]) };
  assert.throws(() => activate(x, "swosh" as "relu"), {
    code: "LAYER_ACTIVATION",
    message: /one of linear, relu.*got "swosh"/,
  });
});

test("weights start the same for the same seed and name, whatever was asked before", () => {
  const first = new Map<string, Tensor>();
  const second = new Map<string, Tensor>();
  const one = createScope(createGraph(), { weights: first, rng: createRng(5) });
  const two = createScope(createGraph(), { weights: second, rng: createRng(5) });
  one.within("a").parameter("w", [3, 3], heNormal);
  two.within("b").parameter("w", [3, 3], heNormal);
  two.within("a").parameter("w", [3, 3], heNormal);
  assert.deepEqual(first.get("a.w"), second.get("a.w"));
  assert.notDeepEqual(first.get("a.w"), second.get("b.w"));
});
