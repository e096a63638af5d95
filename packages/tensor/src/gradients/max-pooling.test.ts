import { strict as assert } from "node:assert";
import { test } from "node:test";
import { createGraph } from "../graph/create.ts";
import type { Value } from "../graph/graph.ts";
import { toOnnx } from "../graph/to-onnx.ts";
import { float32, numbersOf } from "../onnx/tensor.ts";
import { writeOnnx } from "../onnx/write.ts";
import { op } from "../operators/operators.ts";
import { openSession } from "../run/session.ts";
import { differentiate } from "./differentiate.ts";

/** dL/dx for L = Σ weights[i] y[i], y = pool(x). */
async function gradientOf(
  x: { data: readonly number[]; shape: readonly number[] },
  weights: readonly number[],
  pool: (x: Value) => Value,
): Promise<number[]> {
  const graph = createGraph();
  const input = graph.input("x", x.shape);
  const y = pool(input);
  const factors = graph.constant(float32(weights, y.shape.map(Number)));
  const [gradient] = differentiate(op.ReduceSum(op.Mul(y, factors)), [input]);
  graph.output(gradient, "gradient");
  const session = await openSession(writeOnnx(toOnnx(graph)), { threads: 1 });
  const result = await session.run({ x: float32(x.data, x.shape) });
  await session.close();
  return numbersOf(result.gradient);
}

test("of equal elements in a window that tiles the image the first gets the gradient", async () => {
  const x = { data: [7, 7, 1, 2, 7, 7, 2, 0], shape: [1, 1, 2, 4] };
  const found = await gradientOf(x, [3, 5], (value) => op.MaxPool(value, [2, 2]));
  assert.deepEqual(found, [3, 0, 0, 5, 0, 0, 0, 0]);
});

test("of equal elements in overlapping windows the first gets the gradient", async () => {
  const x = { data: [1, 4, 4, 4], shape: [1, 1, 4] };
  const found = await gradientOf(x, [3, 5], (value) => op.MaxPool(value, [3], { strides: [1] }));
  assert.deepEqual(found, [0, 8, 0, 0]);
});

test("of equal elements of an image the first gets the gradient of its global maximum", async () => {
  const x = { data: [1, 4, 4, 2], shape: [1, 1, 2, 2] };
  assert.deepEqual(await gradientOf(x, [3], op.GlobalMaxPool), [0, 3, 0, 0]);
});

test("a window that is flat above zero after a ReLU gives its gradient once, one below gives none", async () => {
  const x = { data: [-1, -2, 3, 3, -1, -1, 3, 3], shape: [1, 1, 2, 4] };
  const found = await gradientOf(x, [3, 5], (value) => op.MaxPool(op.Relu(value), [2, 2]));
  assert.deepEqual(found, [0, 0, 5, 0, 0, 0, 0, 0]);
});

test("elements that no window covers get no gradient", async () => {
  const x = { data: [1, 2, 9], shape: [1, 1, 3] };
  assert.deepEqual(await gradientOf(x, [3], (value) => op.MaxPool(value, [2])), [0, 3, 0]);
});
