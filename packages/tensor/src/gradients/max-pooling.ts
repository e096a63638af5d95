/** Gradients of maximum pooling over [batch, channels, ...spatial]. g is dL/dy; of equal elements the first gets it. */
import { graphAttribute } from "../graph/attributes.ts";
import { staticShape, type Value } from "../graph/graph.ts";
import { float32, sizeOf } from "../onnx/tensor.ts";
import { Add, Greater, Mul, Sub } from "../operators/arithmetic.ts";
import { MaxPool } from "../operators/convolution.ts";
import { ScatterElements } from "../operators/indexing.ts";
import { Pad, Reshape, Resize } from "../operators/layout.ts";
import { ArgMax, ReduceMax, ReduceSum } from "../operators/reduction.ts";
import { windowOf } from "../shapes/convolution.ts";
import { subtractFrom } from "./affine.ts";
import { isTiling } from "./average-pooling.ts";
import { isNotNegative, isPositive } from "./masks.ts";
import { gradientOf, type GradientContext, type GradientRules, inputOf, zeros } from "./rule.ts";

/** Rules by operator. */
export const maxPoolingGradients: GradientRules = {
  // y[p] = x[i(p)], i(p) the place of the largest in window p: dx[q] = Σ over windows p with i(p) = q of g[p]
  MaxPool: (context) => {
    const x = inputOf(context, 0);
    const window = windowOf(context.node, staticShape(x).slice(2));
    const { kernel } = window;
    return isTiling(window) && window.ceil === 0
      ? [gradientByComparison(context, kernel)]
      : [gradientByIndices(context)];
  },
  // y = x[i], i the place of the largest: dx = g at i, 0 elsewhere
  GlobalMaxPool: (context) => {
    const [g, x] = [gradientOf(context), inputOf(context, 0)];
    const shape = staticShape(x);
    const planes = [shape[0], shape[1], sizeOf(shape.slice(2))];
    const indices = ArgMax(Reshape(x, planes), { axis: 2, keepdims: true });
    const updates = Reshape(g, [shape[0], shape[1], 1]);
    const data = zeros(g.graph, planes);
    return [Reshape(ScatterElements(data, { indices, updates, axis: 2 }), shape)];
  },
};

/** For any windows: MaxPool's second output holds i(p) as an index into all of `x`. */
function gradientByIndices(context: GradientContext): Value {
  const [g, x] = [gradientOf(context), inputOf(context, 0)];
  const shape = staticShape(x);
  const windows = sizeOf(staticShape(g));
  const indices = Reshape(context.graph.outputOf(context.node, 1), [windows]);
  const data = zeros(g.graph, [sizeOf(shape)]);
  const updates = Reshape(g, [windows]);
  return Reshape(ScatterElements(data, { indices, updates, reduction: "add" }), shape);
}

/**
 * For windows that lie side by side: dx = ↑g [x = ↑y], where ↑ copies an element to all of its window. Which of several
 * largest is the first is worked out only in batches where a window has several. Windows that a ReLU left without a
 * positive element do not count and get no gradient, as it would pass none. Against the indices, which MaxPool and
 * ScatterElements handle without vectors, 1.5 times as fast, ReLU and forward pass included (measured on the shapes of
 * bench/train's image CNN).
 */
function gradientByComparison(context: GradientContext, kernel: readonly number[]): Value {
  const { graph, outputs } = context;
  const [g, x, y] = [gradientOf(context), inputOf(context, 0), outputs[0]];
  const enlarge = (value: Value) => Resize(value, [1, 1, ...kernel]);
  const counted = graph.producerOf(x)?.operator === "Relu" ? isPositive(y) : undefined;
  const highest = counted ? Add(y, subtractFrom(1, counted)) : y;
  const [spread, copies] = [enlarge(g), enlarge(highest)];
  const rest = staticShape(x).map((length, axis) => length - Number(spread.shape[axis]));
  const covered = Pad(x, [...rest.map(() => 0), ...rest.map((length) => 0 - length)]);
  const largest = isNotNegative(Sub(covered, copies));
  const first = graph.body("first");
  const ranks = Mul(largest, first.constant(order(largest, kernel)));
  first.output(Mul(spread, Mul(largest, firstOf(ranks, kernel))));
  const only = graph.body(counted ? onlyWherePositive(x) : "only");
  only.output(only.apply("Mul", [spread, largest]));
  const windows = sizeOf(staticShape(y).slice(1));
  const wanted = counted ? sumPerImage(counted) : graph.scalar(windows);
  const surplus = ReduceMax(Sub(sumPerImage(largest), wanted));
  const gradient = graph.apply("If", [Greater(surplus, graph.scalar(0.5))], {
    attributes: {
      then_branch: { kind: "graph", value: first },
      else_branch: { kind: "graph", value: only },
    },
  });
  return Pad(gradient, [...rest.map(() => 0), ...rest]);
}

/**
 * Whether `g` is zero already wherever `y`, the output of a ReLU, is: it comes from a MaxPool whose windows tile `y`. The
 * ReLU then need not look again, which is 12 of 237 ms of bench/train's image CNN on one thread.
 */
export function isZeroWithRelu(g: Value, y: Value): boolean {
  const node = y.graph.producerOf(g);
  return (
    node?.operator === "If" && graphAttribute(node, "else_branch")?.name === onlyWherePositive(y)
  );
}

/** Name of the branch that lets a gradient pass only where the output of a ReLU is positive. */
function onlyWherePositive(y: Value): string {
  return `only where ${y.name} is positive`;
}

function sumPerImage(x: Value): Value {
  return ReduceSum(x, { axes: x.shape.slice(1).map((_, axis) => axis + 1) });
}

/** 1 at the largest element of each window of `ranks`, 0 elsewhere. */
function firstOf(ranks: Value, kernel: readonly number[]): Value {
  return isNotNegative(Sub(ranks, Resize(MaxPool(ranks, kernel), [1, 1, ...kernel])));
}

/** The number of each place in its window, falling from the window's size to 1 in row-major order. */
function order(like: Value, kernel: readonly number[]) {
  const lengths = staticShape(like).slice(2);
  const data = Float32Array.from({ length: sizeOf(lengths) }, (_, at) => {
    let [rest, place, taps] = [at, 0, 1];
    for (let axis = lengths.length - 1; axis >= 0; axis--) {
      place += ((rest % lengths[axis]) % kernel[axis]) * taps;
      taps *= kernel[axis];
      rest = Math.floor(rest / lengths[axis]);
    }
    return taps - place;
  });
  return float32(data, lengths);
}
