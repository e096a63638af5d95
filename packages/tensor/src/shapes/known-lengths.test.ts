import assert from "node:assert/strict";
import { test } from "node:test";
import { createGraph } from "../graph/create.ts";
import { int } from "../onnx/model.ts";
import { int64 } from "../onnx/tensor.ts";
import { knownLengths } from "./known-lengths.ts";

test("lengths are followed through the arithmetic on shapes", () => {
  const graph = createGraph();
  const x = graph.input("x", ["batch", "length", 64]);
  const shape = graph.apply("Shape", [x]);
  assert.deepEqual(knownLengths(shape), ["batch", "length", 64]);
  const batch = graph.apply("Gather", [shape, graph.constant(int64(0))]);
  const last = graph.apply("Slice", [shape, graph.integers([-1]), graph.integers([9])]);
  assert.deepEqual([knownLengths(batch), knownLengths(last)], [["batch"], [64]]);
  const heads = graph.apply("Div", [last, graph.integers([16])]);
  const rows = graph.apply("Mul", [graph.apply("Unsqueeze", [batch, graph.integers([0])]), heads]);
  assert.deepEqual(knownLengths(rows), ["4*batch"]);
  const target = graph.apply("Concat", [rows, graph.integers([-1, 16])], {
    attributes: { axis: int(0) },
  });
  assert.deepEqual(graph.apply("Reshape", [x, target]).shape, ["4*batch", "length", 16]);
});

test("the form in which PyTorch expands to a shape with -1 is understood", () => {
  const graph = createGraph();
  const x = graph.input("x", ["batch", 1, 8]);
  const shape = graph.apply("Shape", [x]);
  const wanted = graph.integers([-1, 5, -1]);
  const open = graph.apply("Equal", [wanted, graph.integers([-1])]);
  const target = graph.apply("Where", [open, shape, wanted]);
  assert.deepEqual(graph.apply("Expand", [x, target]).shape, ["batch", 5, 8]);
});

test("what depends on data has no lengths", () => {
  const graph = createGraph();
  const data = graph.input("data", [2], { type: "int64" });
  assert.equal(knownLengths(data), undefined);
  assert.equal(knownLengths(graph.apply("Mul", [data, data])), undefined);
});

test("two named lengths that differ may be equal, but neither is negative", () => {
  const graph = createGraph();
  const shape = graph.apply("Shape", [graph.input("x", ["a", "b"])]);
  const equal = (values: readonly number[]) =>
    knownLengths(graph.apply("Equal", [shape, graph.integers(values)]));
  assert.deepEqual(equal([-1, -1]), [0, 0]);
  assert.equal(equal([1, -1]), undefined);
});
