/** Gradients of operators that read or write at given places. g is dL/dy; what was read several times gets a sum. */
import { intAttribute, textAttribute } from "../graph/attributes.ts";
import { normalizeAxis } from "../graph/dims.ts";
import { type Node, staticShape, type Value } from "../graph/graph.ts";
import { SoukError } from "@souk/core";
import { int64, sizeOf } from "../onnx/tensor.ts";
import { Add, Cast, Mod, Mul } from "../operators/arithmetic.ts";
import { GatherElements, GatherND, ScatterElements, ScatterND } from "../operators/indexing.ts";
import { Reshape } from "../operators/layout.ts";
import { ReduceSum } from "../operators/reduction.ts";
import {
  type GradientContext,
  gradientOf,
  type GradientRules,
  inputOf,
  unaryRule,
  zerosLike,
} from "./rule.ts";
import { sumAtIndices } from "./sum-at-indices.ts";

/** Rules by operator. */
export const indexingGradients: GradientRules = {
  // y_i = x_{index_i} along an axis: dx_j = Σ_{i: index_i = j} g_i
  Gather: unaryRule(({ g, x, node, context }) => {
    const [shape, indices] = [staticShape(x), inputOf(context, 1)];
    const axis = normalizeAxis(intAttribute(node, "axis", 0), shape.length, node.name);
    const count = sizeOf(staticShape(indices));
    const flat = Reshape(g, [...shape.slice(0, axis), count, ...shape.slice(axis + 1)]);
    return sumAtIndices(flat, { indices: Reshape(indices, [count]), axis, length: shape[axis] });
  }),
  // y_i = x_{index_i} element by element: the same
  GatherElements: unaryRule(({ g, x, node, context }) =>
    ScatterElements(zerosLike(x), {
      indices: inputOf(context, 1),
      updates: g,
      axis: intAttribute(node, "axis", 0),
      reduction: "add",
    }),
  ),
  // y_i = x_{index tuple i}: the same over the rows that the tuples number
  GatherND: unaryRule(({ g, x, context }) => {
    const { rows, indices } = rowNumbers(context);
    const width = sizeOf(staticShape(x)) / rows;
    const flat = Reshape(g, [sizeOf(staticShape(indices)), width]);
    return Reshape(sumAtIndices(flat, { indices, axis: 0, length: rows }), staticShape(x));
  }),
  // y = x with updates put, or added, at places: dx = g, 0 where they were put; dupdates = g from there
  ScatterElements: (context) => {
    const [g, indices] = [gradientOf(context), inputOf(context, 1)];
    const axis = intAttribute(context.node, "axis", 0);
    const updates = GatherElements(g, indices, axis);
    if (reductionOf(context.node) === "add") return [g, null, updates];
    const kept = ScatterElements(g, { indices, updates: zerosLike(updates), axis });
    return [kept, null, updates];
  },
  ScatterND: (context) => {
    const [g, indices] = [gradientOf(context), inputOf(context, 1)];
    const updates = GatherND(g, indices);
    if (reductionOf(context.node) === "add") return [g, null, updates];
    return [ScatterND(g, indices, zerosLike(updates)), null, updates];
  },
};

function reductionOf(node: Node): "none" | "add" {
  const reduction = textAttribute(node, "reduction", "none");
  if (reduction === "none" || reduction === "add") return reduction;
  throw new SoukError(
    "GRADIENT_RULE",
    `${node.operator} ${node.name}: expected reduction none or add, got ${reduction}`,
  );
}

/** Index tuples as numbers of rows of x: [a, b, …] of tuples (i, j) is rows i b + j, after those of earlier batches. */
function rowNumbers(context: GradientContext): { rows: number; indices: Value } {
  const [shape, tuples] = [staticShape(inputOf(context, 0)), inputOf(context, 1)];
  const batchDims = intAttribute(context.node, "batch_dims", 0);
  const from = staticShape(tuples);
  const depth = from.at(-1) ?? 0;
  const lengths = shape.slice(batchDims, batchDims + depth);
  const steps = lengths.map((_, at) => sizeOf(lengths.slice(at + 1)));
  const { graph } = context;
  const inBounds = Mod(Cast(tuples, "int64"), graph.integers(lengths));
  const within = ReduceSum(Mul(inBounds, graph.integers(steps)), { axes: [-1] });
  const batches = sizeOf(shape.slice(0, batchDims));
  const perBatch = Reshape(within, [batches, sizeOf(from.slice(0, -1)) / batches]);
  const starts = Array.from({ length: batches }, (_, at) => at * sizeOf(lengths));
  const numbered = Add(perBatch, graph.constant(int64(starts, [batches, 1])));
  return {
    rows: batches * sizeOf(lengths),
    indices: Reshape(numbered, [sizeOf(from.slice(0, -1))]),
  };
}
