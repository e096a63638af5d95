/** Operators that fold axes into one number. */
import { intAttribute } from "../graph/attributes.ts";
import { normalizeAxis } from "../graph/dims.ts";
import type { Dim } from "../onnx/model.ts";
import { numbersOf } from "../onnx/tensor.ts";
import { integersOf } from "./layout.ts";
import { failShape, type ShapeContext, type ShapeRule } from "./rule.ts";

/** The axes a reduction folds, from the front and in order; all when none are given. */
export function reducedAxes(context: ShapeContext): readonly number[] {
  const rank = context.input(0).shape.length;
  const axes = integersOf(context, 1, "axes") ?? [];
  if (axes.length > 0) return axes.map((axis) => normalizeAxis(axis, rank, context.node.name));
  const nothing = intAttribute(context.node, "noop_with_empty_axes", 0) === 1;
  return nothing ? [] : Array.from({ length: rank }, (_, axis) => axis);
}

const reduce: ShapeRule = (context) => {
  const { type, shape } = context.input(0);
  const axes = reducedAxes(context);
  const keep = intAttribute(context.node, "keepdims", 1) === 1;
  return [{ type, shape: fold(shape, axes, keep) }];
};

const argument: ShapeRule = ({ node, input }) => {
  const { shape } = input(0);
  const axis = normalizeAxis(intAttribute(node, "axis", 0), shape.length, node.name);
  return [{ type: "int64", shape: fold(shape, [axis], intAttribute(node, "keepdims", 1) === 1) }];
};

const topK: ShapeRule = ({ node, input, constant }) => {
  const { type, shape } = input(0);
  const axis = normalizeAxis(intAttribute(node, "axis", -1), shape.length, node.name);
  const k = constant(1);
  if (!k) failShape(node, "expected a constant k");
  const [count] = numbersOf(k);
  const length = shape[axis];
  if (typeof length === "number" && count > length)
    failShape(node, `expected k up to ${length}, not ${count}`);
  const out = shape.with(axis, count);
  return [
    { type, shape: out },
    { type: "int64", shape: out },
  ];
};

function fold(shape: readonly Dim[], axes: readonly number[], keep: boolean): Dim[] {
  return shape.flatMap((dim, axis) => (axes.includes(axis) ? (keep ? [1] : []) : [dim]));
}

const names = ["Sum", "Mean", "Max", "Min", "Prod", "SumSquare", "L1", "L2", "LogSum", "LogSumExp"];

/** Shape rules by operator. */
export const reductionShapes: Readonly<Record<string, ShapeRule>> = {
  ...Object.fromEntries(names.map((name) => [`Reduce${name}`, reduce])),
  ArgMax: argument,
  ArgMin: argument,
  TopK: topK,
};
