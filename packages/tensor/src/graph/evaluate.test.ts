import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "@souk/core";
import { type Attribute, int, ints } from "../onnx/model.ts";
import { onnxModel, onnxNode } from "../onnx/samples.ts";
import {
  float32,
  formatShape,
  int32,
  int64,
  numbersOf,
  type Tensor,
  tensor,
} from "../onnx/tensor.ts";
import { writeOnnx } from "../onnx/write.ts";
import { openSession } from "../run/session.ts";
import { FOLDED_ELEMENTS } from "./fold.ts";
import { fromOnnx } from "./from-onnx.ts";

const rng = createRng(4);
const a = int64([7, -7, 3, 0, 2, -1], [2, 3]);
const b = int64([2, 3, -2], [3]);
const f = float32(
  Float32Array.from({ length: 6 }, () => rng.normal() * 3),
  [2, 3],
);
const g = float32([0.5, -2, 1.5]);
const yes = tensor("bool", Uint8Array.of(1, 0, 1), [3]);
const no = tensor("bool", Uint8Array.of(0, 0, 1, 1, 0, 1), [2, 3]);
const long = int64(
  Array.from({ length: 24 }, (_, at) => at),
  [2, 3, 4],
);

type Case = readonly [string, readonly Tensor[], Record<string, Attribute>?];

const pairs = ["Add", "Sub", "Mul", "Div", "Min", "Max", "Pow"].flatMap((name): Case[] => [
  [name, name === "Pow" ? [a, int64([2, 3, 1])] : [a, b]],
  [name, [name === "Pow" ? float32([1.5, 2, 4]) : f, g]],
]);
const comparisons = ["Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual"].flatMap(
  (name): Case[] => [
    [name, [a, int64([7, 3, 0])]],
    [name, [f, g]],
  ],
);
const unaries = ["Neg", "Abs", "Floor", "Ceil", "Round", "Exp", "Reciprocal"].map((name): Case => [
  name,
  [float32([0.5, 1.5, -2.5, -0.25, 3], [5])],
]);
const reductions = ["Sum", "Prod", "Max", "Min"].flatMap((name): Case[] => [
  [`Reduce${name}`, [a, int64([1])]],
  [`Reduce${name}`, [long, int64([0, -1])], { keepdims: int(0) }],
  [`Reduce${name}`, [a], { keepdims: int(0) }],
]);

/** Operators, constants to compute them from, attributes. */
const cases: readonly Case[] = [
  ...pairs,
  ...comparisons,
  ...unaries,
  ...reductions,
  ["Sqrt", [float32([0, 1, 2, 9])]],
  ["Log", [float32([0.5, 1, 10])]],
  ["Mod", [a, b]],
  ["Mod", [a, b], { fmod: int(1) }],
  ["And", [no, yes]],
  ["Or", [no, yes]],
  ["Not", [no]],
  ["IsNaN", [float32([1, Number.NaN])]],
  ["Where", [yes, a, b]],
  ["Cast", [f], { to: int(7) }],
  ["Cast", [a], { to: int(1) }],
  ["Cast", [a], { to: int(9) }],
  ["Cast", [no], { to: int(6) }],
  ["Concat", [a, a, int64([9, 9], [2, 1])], { axis: int(1) }],
  ["Gather", [long, int64([[-1, 0]].flat(), [1, 2])], { axis: int(1) }],
  ["Gather", [long, int64(1)]],
  ["Slice", [long, int64([0, -1]), int64([2, -9]), int64([1, 2]), int64([1, -2])]],
  ["Slice", [long, int64([1]), int64([9])]],
  ["Slice", [a, int64([-1]), int64([-9]), int64([1]), int64([-1])]],
  ["Slice", [a, int64([3]), int64([9]), int64([1])]],
  ["Transpose", [long], { perm: ints([2, 0, 1]) }],
  ["Transpose", [long]],
  ["Expand", [b, int64([2, 1, 3])]],
  ["Tile", [a, int64([2, 3])]],
  ["Reshape", [long, int64([0, -1])]],
  ["Unsqueeze", [a, int64([0, -1])]],
  ["Squeeze", [int64([1, 2], [1, 2, 1]), int64([0])]],
  ["Flatten", [long], { axis: int(2) }],
  ["ConstantOfShape", [int64([2, 2])], { value: { kind: "tensor", value: int64([7]) } }],
  ["ConstantOfShape", [int64([3])]],
  ["Range", [int64(3), int64(-4), int64(-2)]],
  ["Range", [int32(0), int32(5), int32(2)]],
  ["Trilu", [a]],
  ["Trilu", [long, int64(-1)], { upper: int(0) }],
  ["NonZero", [a]],
  ["Shape", [long], { start: int(-2) }],
  ["Size", [long]],
];

for (const [operator, inputs, attributes] of cases) {
  const types = inputs.map(({ type, shape }) => `${type}${formatShape(shape)}`).join(", ");
  test(`${operator} of ${types} (${Object.keys(attributes ?? {}).join(", ")}) is what ONNX Runtime computes`, async () => {
    const names = inputs.map((_, at) => `input${at}`);
    const model = onnxModel([onnxNode(operator, names, ["y"], attributes)], {
      initializers: Object.fromEntries(inputs.map((input, at) => [names[at], input])),
    });
    const { graph } = model;
    const untyped = { ...model, graph: { ...graph, outputs: [{ name: "y" }] } };
    const { outputs, graph: imported } = fromOnnx(untyped);
    const folded = imported.constantOf(outputs.y);
    assert.ok(folded, "folded");
    const session = await openSession(writeOnnx(untyped), { threads: 1, optimization: "disabled" });
    const { y } = await session.run({ x: float32(new Float32Array(6), [2, 3]) });
    await session.close();
    assert.equal(folded.type, y.type);
    assert.deepEqual(folded.shape, y.shape);
    const want = numbersOf(y);
    numbersOf(folded).forEach((value, at) => {
      const near = Math.abs(value - want[at]) <= Math.abs(want[at]) * 2e-7;
      assert.ok(near || Object.is(value, want[at]), `${value} is not ${want[at]}`);
    });
  });
}

const kept: readonly (readonly [string, Case])[] = [
  ["a division by the integer 0", ["Div", [a, int64([1, 0, 1])]]],
  ["a sum beyond the exact integers", ["Add", [int64([2 ** 53 - 1]), int64([1])]]],
  ["an index outside", ["Gather", [a, int64([5])]]],
  ["a cast that does not fit", ["Cast", [float32([1e20])], { to: int(6) }]],
  ["a result that is large", ["ConstantOfShape", [int64([FOLDED_ELEMENTS + 1])]]],
  ["an operator that depends on data elsewhere", ["Softmax", [g]]],
];

for (const [what, [operator, inputs, attributes]] of kept) {
  test(`${what} stays a node`, () => {
    const names = inputs.map((_, at) => `input${at}`);
    const model = onnxModel([onnxNode(operator, names, ["y"], attributes)], {
      initializers: Object.fromEntries(inputs.map((input, at) => [names[at], input])),
    });
    assert.equal(fromOnnx(model).graph.nodes.length, 1);
  });
}
