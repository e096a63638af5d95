/** Operators that read or write elements at given places. */
import { intAttribute } from "../graph/attributes.ts";
import { normalizeAxis } from "../graph/dims.ts";
import { numbersOf } from "../onnx/tensor.ts";
import { failShape, type ShapeRule } from "./rule.ts";

const gather: ShapeRule = ({ node, input }) => {
  const [{ type, shape }, indices] = [input(0), input(1)];
  const axis = normalizeAxis(intAttribute(node, "axis", 0), shape.length, node.name);
  return [{ type, shape: [...shape.slice(0, axis), ...indices.shape, ...shape.slice(axis + 1)] }];
};

const gatherElements: ShapeRule = ({ node, input }) => {
  const [{ type, shape }, indices] = [input(0), input(1)];
  if (indices.shape.length !== shape.length) failShape(node, "expected indices of equal rank");
  return [{ type, shape: indices.shape }];
};

const gatherNd: ShapeRule = ({ node, input }) => {
  const [{ type, shape }, indices] = [input(0), input(1)];
  const batch = intAttribute(node, "batch_dims", 0);
  const depth = indices.shape.at(-1);
  if (typeof depth !== "number") failShape(node, "expected a known length of the index tuples");
  return [{ type, shape: [...indices.shape.slice(0, -1), ...shape.slice(batch + depth)] }];
};

const scatter: ShapeRule = ({ input }) => [{ type: input(0).type, shape: input(0).shape }];

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
  ScatterElements: scatter,
  ScatterND: scatter,
  OneHot: oneHot,
  ReverseSequence: scatter,
  NonZero: ({ node, input }) => [
    { type: "int64", shape: [input(0).shape.length, `${node.name}.found`] },
  ],
};
