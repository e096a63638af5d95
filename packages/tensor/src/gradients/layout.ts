/** Gradients of operators that move elements: g, dL/dy, moves back. */
import { intAttribute, intsAttribute } from "../graph/attributes.ts";
import { normalizeAxis } from "../graph/dims.ts";
import { staticShape, type Value } from "../graph/graph.ts";
import { Concat, Pad, Reshape, Split, Transpose } from "../operators/layout.ts";
import { ReduceSum } from "../operators/reduction.ts";
import { integersOf } from "../shapes/layout.ts";
import {
  type GradientContext,
  gradientOf,
  type GradientRules,
  inputOf,
  shapeContextOf,
  sumToShape,
  type Unary,
  unaryRule,
  zerosLike,
} from "./rule.ts";

/** Rules by operator. */
export const layoutGradients: GradientRules = {
  // y is x in another shape: dx = g in the shape of x
  Reshape: unaryRule(backToShape),
  Flatten: unaryRule(backToShape),
  Squeeze: unaryRule(backToShape),
  Unsqueeze: unaryRule(backToShape),
  // axis i of y is axis p_i of x: axis p_i of dx is axis i of g
  Transpose: unaryRule(({ g, x, node }) => {
    const reversed = x.shape.map((_, axis) => axis).toReversed();
    const perm = intsAttribute(node, "perm", reversed);
    return Transpose(
      g,
      perm.map((_, axis) => perm.indexOf(axis)),
    );
  }),
  // y repeats x along axes of length 1: dx = Σ g
  Expand: unaryRule(({ g, x }) => sumToShape(g, staticShape(x))),
  // y repeats x r times along every axis, [r d] = [r, d]: dx = Σ_r g
  Tile: unaryRule(({ g, x, context }) => {
    const repeats = integersOf(shapeContextOf(context), 1, "repeats") ?? [];
    const shape = staticShape(x);
    const copies = Reshape(
      g,
      shape.flatMap((dim, axis) => [repeats[axis], dim]),
    );
    return ReduceSum(copies, { axes: shape.map((_, axis) => 2 * axis) });
  }),
  // y = a_1 … a_n, one after the other: da_i is its part of g
  Concat: concat,
  // y_1 … y_n are the parts of x: dx = g_1 … g_n, one after the other
  Split: ({ node, inputs, outputs, outputGradients }) => {
    const axis = intAttribute(node, "axis", 0);
    const parts = outputs.map((y, index) => outputGradients[index] ?? zerosLike(y));
    return [inputs[0] && Concat(parts, axis)];
  },
};

function backToShape({ g, x }: Unary): Value {
  return Reshape(g, staticShape(x));
}

/** One needed part is cut out by a negative Pad; more by a Split. */
function concat(context: GradientContext): readonly (Value | null)[] {
  const g = gradientOf(context);
  const shapes = context.inputs.map((_, index) => staticShape(inputOf(context, index)));
  const axis = normalizeAxis(intAttribute(context.node, "axis", 0), shapes[0].length);
  const lengths = shapes.map((shape) => shape[axis]);
  const wanted = context.needs.filter(Boolean).length;
  if (wanted > 1) return Split(g, lengths, axis);
  return lengths.map((length, index) => {
    if (!context.needs[index]) return null;
    const before = lengths.slice(0, index).reduce((sum, one) => sum + one, 0);
    const total = staticShape(g)[axis];
    return Pad(g, padsAlong(shapes[0].length, axis, [-before, before + length - total]));
  });
}

/** Pads of an operator of this rank that change one axis. */
export function padsAlong(
  rank: number,
  axis: number,
  [begin, end]: readonly [number, number],
): number[] {
  const pads = Array.from({ length: 2 * rank }, () => 0);
  pads[axis] = begin;
  pads[rank + axis] = end;
  return pads;
}
