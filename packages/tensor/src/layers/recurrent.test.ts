import assert from "node:assert/strict";
import { test } from "node:test";
import { float32, int32, int64, type Tensor } from "../onnx/tensor.ts";
import { gru, lengthsOf, lstm, type RecurrentOptions } from "./recurrent.ts";
import { type Layer, runLayer } from "./test-layer.ts";

const x = float32(
  Array.from({ length: 24 }, (_, k) => Math.sin(k + 1)),
  [2, 4, 3],
);
const layers = { lstm, gru };

function layerOf(name: keyof typeof layers, options: Omit<RecurrentOptions, "lengths">): Layer {
  return (scope, values) => {
    const lengths = "mask" in values ? lengthsOf(values.mask) : null;
    return layers[name](scope, values.x, { ...options, lengths });
  };
}

function near(actual: readonly number[], expected: readonly number[]) {
  assert.equal(actual.length, expected.length);
  actual.forEach((value, at) =>
    assert.ok(Math.abs(value - expected[at]) <= 1e-6, `${at}: ${value}`),
  );
}

for (const name of ["lstm", "gru"] as const) {
  test(`${name} gives both directions side by side, with numbers or names for batch and length`, async () => {
    const layer = layerOf(name, { features: 5, bidirectional: true });
    const fixed = await runLayer(layer, { inputs: { x } });
    const named = await runLayer(layer, { inputs: { x }, named: { x: ["batch", "length", 3] } });
    assert.deepEqual(fixed.shape, [2, 4, 10]);
    assert.deepEqual(named.inferred, ["batch", "length", 10]);
    assert.deepEqual(named.numbers, fixed.numbers);
  });

  test(`the last states of ${name} are the forward one at the end and the backward one at the beginning`, async () => {
    const options = { features: 5, bidirectional: true };
    const all = (await runLayer(layerOf(name, options), { inputs: { x } })).numbers;
    const last = await runLayer(layerOf(name, { ...options, output: "last" }), { inputs: { x } });
    const step = (row: number, at: number) =>
      all.slice((row * 4 + at) * 10, (row * 4 + at + 1) * 10);
    const expected = [0, 1].flatMap((row) => [
      ...step(row, 3).slice(0, 5),
      ...step(row, 0).slice(5),
    ]);
    assert.deepEqual(last.shape, [2, 10]);
    near(last.numbers, expected);
  });

  test(`padding changes nothing of ${name} and gives zeros`, async () => {
    const layer = layerOf(name, { features: 5, bidirectional: true });
    const short = float32(Float32Array.from(x.data.slice(0, 6), Number), [1, 2, 3]);
    const mask: Tensor = int64([1, 1, 0, 0, 1, 1, 1, 1], [2, 4]);
    const padded = await runLayer(layer, { inputs: { x, mask } });
    const alone = await runLayer(layer, { inputs: { x: short } });
    near(padded.numbers.slice(0, 20), alone.numbers);
    assert.deepEqual(padded.numbers.slice(20, 40), Array(20).fill(0));
  });
}

test("a forget gate that is shut and an input gate that is open leave tanh of the cell's input", async () => {
  const weights = new Map([
    ["weight", float32([0, 0, 0, 1], [1, 4, 1])],
    ["recurrence", float32([0, 0, 0, 0], [1, 4, 1])],
    ["bias", float32([50, 50, -50, 0, 0, 0, 0, 0], [1, 8])],
  ]);
  const inputs = { x: float32([0.5, -2], [1, 2, 1]) };
  const { numbers } = await runLayer(layerOf("lstm", { features: 1 }), { inputs, weights });
  near(numbers, [Math.tanh(Math.tanh(0.5)), Math.tanh(Math.tanh(-2))]);
});

test("lengths are the ones of a mask, and one for a row without any", async () => {
  const mask = int32([1, 1, 1, 1, 0, 0, 0, 0, 0], [3, 3]);
  const { numbers } = await runLayer((_, values) => lengthsOf(values.mask), { inputs: { mask } });
  assert.deepEqual(numbers, [3, 1, 1]);
});
