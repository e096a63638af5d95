/** Gradients of Slice and Pad, which are each other's: what one cuts off the other puts on. g is dL/dy. */
import { textAttribute } from "../graph/attributes.ts";
import { normalizeAxis } from "../graph/dims.ts";
import { type Node, staticShape, type Value } from "../graph/graph.ts";
import { int64 } from "../onnx/tensor.ts";
import { Sub } from "../operators/arithmetic.ts";
import { Gather } from "../operators/indexing.ts";
import { Pad, Reshape } from "../operators/layout.ts";
import { ReduceSum } from "../operators/reduction.ts";
import { failShape } from "../shapes/rule.ts";
import { integersOf, slicedLength } from "../shapes/layout.ts";
import { padsAlong } from "./layout.ts";
import {
  type GradientContext,
  gradientOf,
  type GradientRules,
  inputOf,
  shapeContextOf,
  unaryRule,
} from "./rule.ts";
import { sumAtIndices } from "./sum-at-indices.ts";

/** Rules by operator. */
export const slicingGradients: GradientRules = {
  // y_i = x_{start + i step}: dx_{start + i step} = g_i, 0 between and around
  Slice: unaryRule(({ g, x, context }) => {
    let gradient = g;
    for (const cut of cutsOf(context)) gradient = spread(gradient, cut);
    return Reshape(gradient, staticShape(x));
  }),
  // y is x with elements around: dx is the inner part of g, plus what copies of x at the border get
  Pad: (context) => {
    const [g, x, value] = [gradientOf(context), inputOf(context, 0), context.inputs[2]];
    const mode = textAttribute(context.node, "mode", "constant");
    const pads = padsOf(context);
    if (mode !== "constant") return [foldBack(g, { context, pads, mode })];
    const inner = Pad(
      g,
      pads.map((count) => -count),
    );
    const outer = () => Reshape(Sub(ReduceSum(g), ReduceSum(inner)), staticShape(value ?? x));
    return [inner, null, value && context.needs[2] ? outer() : null];
  },
};

interface Cut {
  readonly axis: number;
  readonly start: number;
  readonly step: number;
  /** Elements that y has and x has along the axis. */
  readonly count: number;
  readonly length: number;
}

function cutsOf(context: GradientContext): Cut[] {
  const view = shapeContextOf(context);
  const shape = staticShape(inputOf(context, 0));
  const starts = integersOf(view, 1, "starts") ?? [];
  const ends = integersOf(view, 2, "ends") ?? [];
  const axes = integersOf(view, 3, "axes");
  const steps = integersOf(view, 4, "steps");
  return starts.map((given, at) => {
    const axis = normalizeAxis(axes?.[at] ?? at, shape.length, context.node.name);
    const [length, step] = [shape[axis], steps?.[at] ?? 1];
    const count = slicedLength(length, given, ends[at], step);
    const start = Math.min(Math.max(given < 0 ? given + length : given, 0), length);
    return { axis, step, count, length, start: Math.min(start, step < 0 ? length - 1 : length) };
  });
}

/** Puts the elements of an axis back in their places: turned round for a negative step, zeros between for a long one. */
function spread(g: Value, { axis, start, step, count, length }: Cut): Value {
  const rank = g.shape.length;
  if (step < 0) {
    const backwards = Array.from({ length: count }, (_, at) => count - 1 - at);
    const turned = Gather(g, g.graph.constant(int64(backwards)), axis);
    const first = start + (count - 1) * step;
    return spread(turned, { axis, start: first, step: -step, count, length });
  }
  const spaced = withGaps(g, axis, step);
  const used = step === 1 ? count : count * step;
  return Pad(spaced, padsAlong(rank, axis, [start, length - start - used]));
}

/** `step - 1` zeros after every element of an axis. */
function withGaps(g: Value, axis: number, step: number): Value {
  if (step === 1) return g;
  const shape = staticShape(g);
  const apart = Reshape(g, shape.toSpliced(axis + 1, 0, 1));
  const padded = Pad(apart, padsAlong(shape.length + 1, axis + 1, [0, step - 1]));
  return Reshape(padded, shape.with(axis, shape[axis] * step));
}

/** Pads of every axis, all begins then all ends. */
function padsOf(context: GradientContext): readonly number[] {
  const view = shapeContextOf(context);
  const rank = inputOf(context, 0).shape.length;
  const given = integersOf(view, 1, "pads") ?? [];
  const axes = integersOf(view, 3, "axes");
  if (!axes) return given;
  const pads = Array.from({ length: 2 * rank }, () => 0);
  axes.forEach((axis, at) => {
    const place = normalizeAxis(axis, rank, context.node.name);
    pads[place] = given[at];
    pads[rank + place] = given[at + axes.length];
  });
  return pads;
}

interface Padding {
  readonly context: GradientContext;
  readonly pads: readonly number[];
  readonly mode: string;
}

/** Axis by axis, y is a Gather of x: the gradient sums at the places the border was copied from. */
function foldBack(g: Value, { context, pads, mode }: Padding): Value {
  const shape = staticShape(inputOf(context, 0));
  let gradient = g;
  for (const [axis, length] of shape.entries()) {
    const [begin, end] = [pads[axis], pads[shape.length + axis]];
    if (begin === 0 && end === 0) continue;
    const places = Array.from({ length: begin + length + end }, (_, at) =>
      sourceOf(at - begin, { length, mode, node: context.node }),
    );
    const indices = g.graph.constant(int64(places));
    gradient = sumAtIndices(gradient, { indices, axis, length });
  }
  return gradient;
}

/** Which element of an axis stands at place `at`, counted from the first. */
function sourceOf(
  at: number,
  { length, mode, node }: { length: number; mode: string; node: Node },
): number {
  if (mode === "edge") return Math.min(Math.max(at, 0), length - 1);
  if (mode === "wrap") return ((at % length) + length) % length;
  if (mode !== "reflect") failShape(node, `expected a known padding mode, not ${mode}`);
  const period = Math.max(1, 2 * (length - 1));
  const place = ((at % period) + period) % period;
  return place < length ? place : period - place;
}
