/** Operators that read or write elements at given places. */
import { intAttribute } from "../graph/attributes.ts";
import { differ, normalizeAxis } from "../graph/dims.ts";
import type { Value } from "../graph/graph.ts";
import type { Dim } from "../onnx/model.ts";
import { formatShape, numbersOf } from "../onnx/tensor.ts";
import { failShape, type ShapeContext, type ShapeRule } from "./rule.ts";

const gather: ShapeRule = (context) => {
  const { node, input } = context;
  const [{ type, shape }, indices] = [input(0), indicesOf(context)];
  const axis = normalizeAxis(intAttribute(node, "axis", 0), shape.length, node.name);
  return [{ type, shape: [...shape.slice(0, axis), ...indices.shape, ...shape.slice(axis + 1)] }];
};

const gatherElements: ShapeRule = (context) => {
  const { node, input } = context;
  const [{ type, shape }, indices] = [input(0), indicesOf(context)];
  normalizeAxis(intAttribute(node, "axis", 0), shape.length, node.name);
  if (indices.shape.length !== shape.length) failShape(node, "expected indices of equal rank");
  return [{ type, shape: indices.shape }];
};

const gatherNd: ShapeRule = (context) => [
  { type: context.input(0).type, shape: slicesShape(context) },
];

const scatterElements: ShapeRule = (context) => {
  const { node, input } = context;
  const [{ type, shape }, indices, updates] = [input(0), indicesOf(context), input(2)];
  normalizeAxis(intAttribute(node, "axis", 0), shape.length, node.name);
  if (indices.shape.length !== shape.length) failShape(node, "expected indices of equal rank");
  if (!fits(updates.shape, indices.shape))
    failShape(node, "expected updates shaped as the indices");
  return [{ type, shape }];
};

const scatterNd: ShapeRule = (context) => {
  const { node, input } = context;
  const expected = slicesShape(context);
  if (!fits(input(2).shape, expected)) failShape(node, `expected updates ${formatShape(expected)}`);
  return [{ type: input(0).type, shape: input(0).shape }];
};

const reverseSequence: ShapeRule = ({ input }) => [{ type: input(0).type, shape: input(0).shape }];

/** Shape of the slices at index tuples: the axes before the tuples, and those of the data that tuples leave. */
function slicesShape(context: ShapeContext): readonly Dim[] {
  const { node, input } = context;
  const [{ shape }, indices] = [input(0), indicesOf(context)];
  const batch = intAttribute(node, "batch_dims", 0);
  const depth = indices.shape.at(-1);
  if (typeof depth !== "number") failShape(node, "expected a known length of the index tuples");
  if (batch + depth > shape.length)
    failShape(node, `expected index tuples of up to ${shape.length - batch}, not ${depth}`);
  return [...indices.shape.slice(0, -1), ...shape.slice(batch + depth)];
}

function indicesOf({ node, input }: ShapeContext): Value {
  const indices = input(1);
  if (indices.type === "int32" || indices.type === "int64") return indices;
  return failShape(node, `expected indices of int32 or int64, not ${indices.type}`);
}

function fits(shape: readonly Dim[], expected: readonly Dim[]): boolean {
  return (
    shape.length === expected.length && !shape.some((dim, axis) => differ(dim, expected[axis]))
  );
}

const oneHot: ShapeRule = ({ node, input, constant }) => {
  const depth = constant(1);
  if (!depth) failShape(node, "expected a constant depth");
  const { shape } = input(0);
  const axis = normalizeAxis(intAttribute(node, "axis", -1), shape.length + 1, node.name);
  return [{ type: input(2).type, shape: shape.toSpliced(axis, 0, numbersOf(depth)[0]) }];
};

/** Shape rules by operator. */
export const indexingShapes: Readonly<Record<string, ShapeRule>> = {
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherNd,
  ScatterElements: scatterElements,
  ScatterND: scatterNd,
  OneHot: oneHot,
  ReverseSequence: reverseSequence,
  NonZero: ({ node, input }) => [
    { type: "int64", shape: [input(0).shape.length, `${node.name}.found`] },
  ],
};
