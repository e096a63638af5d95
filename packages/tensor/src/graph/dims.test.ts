import { strict as assert } from "node:assert";
import { test } from "node:test";
import { addDims, broadcastShapes, divideDims, multiplyDims, normalizeAxis } from "./dims.ts";

test("a product of lengths does not depend on their order", () => {
  assert.equal(multiplyDims([2, "length", 3, "batch"]), "6*batch*length");
  assert.equal(multiplyDims(["batch", 6, "length"]), "6*batch*length");
  assert.equal(multiplyDims(["2*batch", "3*length"]), "6*batch*length");
  assert.equal(multiplyDims(["batch*3", 2, "length"]), "6*batch*length");
  assert.equal(multiplyDims([]), 1);
  assert.equal(multiplyDims(["batch", 0]), 0);
  assert.equal(multiplyDims(["batch", 1]), "batch");
});

test("dividing a product by a factor gives the other factors", () => {
  assert.equal(divideDims("6*batch*length", "2*length"), "3*batch");
  assert.equal(divideDims("6*batch", "6*batch"), 1);
  assert.equal(divideDims("batch*batch", "batch"), "batch");
  assert.equal(divideDims(12, 4), 3);
});

test("what does not divide evenly gives nothing", () => {
  assert.equal(divideDims(12, 5), undefined);
  assert.equal(divideDims("4*batch", "8*batch"), undefined);
  assert.equal(divideDims("batch", "length"), undefined);
  assert.equal(divideDims(12, 0), undefined);
});

test("a sum is one factor of a product", () => {
  const sum = addDims(["length", 2]);
  assert.equal(sum, "(length+2)");
  const product = multiplyDims([sum, "batch", 4]);
  assert.equal(product, "4*(length+2)*batch");
  assert.equal(divideDims(product, "2*batch"), "2*(length+2)");
  assert.equal(divideDims(product, sum), "4*batch");
  assert.equal(divideDims(multiplyDims([addDims(["2*a", "b"]), 3]), 3), "(2*a+b)");
});

test("a sum does not depend on the order of its terms", () => {
  assert.equal(addDims(["a", "b", 2]), addDims([2, "b", "a"]));
  assert.equal(addDims([1, 2, 3]), 6);
  assert.equal(addDims(["a", 0]), "a");
});

test("lengths broadcast as in numpy, from the last axis", () => {
  assert.deepEqual(broadcastShapes([2, 1, 4], [3, 1]), [2, 3, 4]);
  assert.deepEqual(broadcastShapes([], [3]), [3]);
  assert.deepEqual(broadcastShapes([0], [1]), [0]);
  assert.equal(broadcastShapes([2, 3], [3, 2]), undefined);
});

test("a named length broadcasts against itself and 1, and is taken to be a number above 1", () => {
  assert.deepEqual(broadcastShapes(["batch", 1], ["batch", 4]), ["batch", 4]);
  assert.deepEqual(broadcastShapes(["batch", 4], [1, 4]), ["batch", 4]);
  assert.deepEqual(broadcastShapes(["batch", 4], [8, 4]), [8, 4]);
});

test("axes count from either end and no further", () => {
  assert.equal(normalizeAxis(-1, 3), 2);
  assert.equal(normalizeAxis(0, 3), 0);
  for (const axis of [3, -4, 0.5]) {
    assert.throws(() => normalizeAxis(axis, 3, "Softmax_0"), {
      code: "ONNX_SHAPE",
      message: `Softmax_0: axis must be in [-3, 2], got ${axis}`,
    });
  }
});
