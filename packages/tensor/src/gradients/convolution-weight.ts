/** Gradient of a convolution's weights: dw[o, c, t] = Σ_{n, p} g[n, o, p] x[n, c, s p + d t - pad]. */
import { staticShape, type Value } from "../graph/graph.ts";
import { int64, sizeOf } from "../onnx/tensor.ts";
import { Gather } from "../operators/indexing.ts";
import { Reshape, Transpose } from "../operators/layout.ts";
import { FusedMatMul } from "../operators/matmul.ts";
import { ReduceSum } from "../operators/reduction.ts";
import type { Convolution } from "./convolution-geometry.ts";
import { cropNegativePads, transposedPads } from "./convolution-input.ts";
import { unfoldWindows } from "./convolution-unfold.ts";

/**
 * dw of y = Conv(x, w). Unfolding is the larger part of the work when there are few filters, so of x and g the one with
 * fewer channels is unfolded: in the text CNN's first layer (300 channels, 48 filters) that is 7 ms instead of 14 on one
 * thread, product included (measured in the step of bench/train).
 */
export function weightGradient(convolution: Convolution): Value {
  const [features, depth, ...kernel] = staticShape(convolution.w);
  const { strides } = convolution.window;
  const dense = strides.every((stride) => stride === 1) && sizeOf(kernel) > 1;
  return dense && features / convolution.group < depth
    ? weightGradientByUnfoldingGradient(convolution)
    : weightGradientByUnfoldingInput(convolution);
}

/**
 * dwᵀ = Σ_n cols(x_n) g_nᵀ, where cols holds the windows of image n as columns. The product packs its second operand, so
 * that is the smaller one and the sum is transposed: a fifth faster than the other way in bench/train's image CNN.
 */
function weightGradientByUnfoldingInput({ x, w, g, window, group }: Convolution): Value {
  const [features, depth, ...kernel] = staticShape(w);
  const rows = depth * sizeOf(kernel);
  const products = multiplyGroups(unfoldWindows(x, window), g, group);
  const sums = Reshape(ReduceSum(products, { axes: [0] }), [group, rows, features / group]);
  return Reshape(Transpose(sums, [0, 2, 1]), staticShape(w));
}

/**
 * With stride 1 the sum can run over places q of x: dw[o, c, t] = Σ_{n, q} g[n, o, q - d t + pad] x[n, c, q], where the
 * windows of g are those of the transposed convolution, taps in reverse.
 */
function weightGradientByUnfoldingGradient(convolution: Convolution): Value {
  const { x, w, g, window, group } = convolution;
  const { kernel, strides, dilations } = window;
  const [features, depth] = staticShape(w);
  const taps = sizeOf(kernel);
  const { border, crop } = cropNegativePads(transposedPads(convolution, g));
  const windows = unfoldWindows(crop(g), { kernel, strides, dilations, pads: border, ceil: 0 });
  const sums = ReduceSum(multiplyGroups(windows, x, group), { axes: [0] });
  const reversed = int64(Array.from({ length: taps }, (_, tap) => taps - 1 - tap));
  const ordered = Gather(Reshape(sums, [features, taps, depth]), w.graph.constant(reversed), 1);
  return Reshape(Transpose(ordered, [0, 2, 1]), staticShape(w));
}

/** a bᵀ for each image and group: [batch, group, rows of a / group, rows of b / group]. */
function multiplyGroups(a: Value, b: Value, group: number): Value {
  const split = (value: Value) => {
    const [batch, rows, ...places] = staticShape(value);
    const groups = group === 1 ? [] : [group];
    return Reshape(value, [batch, ...groups, rows / group, sizeOf(places)]);
  };
  return FusedMatMul(split(a), split(b), { transB: true });
}
