import assert from "node:assert/strict";
import { test } from "node:test";
import { float32 } from "../onnx/tensor.ts";
import { dropout } from "./dropout.ts";
import { type Layer, runLayer } from "./test-layer.ts";

const size = 10_000;
const x = float32(new Float32Array(size).fill(3), [100, 100]);
const layer: Layer = (scope, v) => dropout(scope, v.x, 0.25);

test("outside training dropout gives its input", async () => {
  const { numbers } = await runLayer(layer, { inputs: { x } });
  assert.ok(numbers.every((value) => value === 3));
});

test("in training a quarter is zero, the rest is divided by three quarters", async () => {
  const { numbers } = await runLayer(layer, { inputs: { x }, training: true, draw: 12_345 });
  const dropped = numbers.filter((value) => value === 0).length;
  assert.ok(numbers.every((value) => value === 0 || value === 4));
  // 10,000 draws: the share is off by 0.02 with a chance of 4e-6.
  assert.ok(Math.abs(dropped / size - 0.25) < 0.02, `${dropped}`);
});

test("the same draw gives the same mask, another draw another", async () => {
  const at = async (draw: number) =>
    (await runLayer(layer, { inputs: { x }, training: true, draw })).numbers;
  assert.deepEqual(await at(2 ** 31 - 1), await at(2 ** 31 - 1));
  const [one, two] = [await at(5), await at(6_000)];
  const equal = one.filter((value, place) => value === two[place]).length / size;
  // Independent masks agree in .75² + .25² = .625 of all places.
  assert.ok(Math.abs(equal - 0.625) < 0.03, `${equal}`);
});

test("two layers of one size and rate draw from one pool, each at its own place", async () => {
  const twice: Layer = (scope, v) => dropout(scope, dropout(scope, v.x, 0.25), 0.25);
  const { numbers } = await runLayer(twice, { inputs: { x }, training: true, draw: 7 });
  assert.ok(numbers.every((value) => value === 0 || Math.abs(value - 16 / 3) < 1e-6));
});

test("a rate of 1 is refused", async () => {
  const all: Layer = (scope, v) => dropout(scope, v.x, 1);
  await assert.rejects(runLayer(all, { inputs: { x }, training: true }), { code: "LAYER_RATE" });
});
