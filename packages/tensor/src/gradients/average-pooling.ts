/** Gradients of mean pooling over [batch, channels, ...spatial]. g is dL/dy. */
import { intAttribute } from "../graph/attributes.ts";
import { staticShape, type Value } from "../graph/graph.ts";
import { float32, sizeOf } from "../onnx/tensor.ts";
import { Mul } from "../operators/arithmetic.ts";
import { AveragePool } from "../operators/convolution.ts";
import { Expand, Pad, Reshape, Resize } from "../operators/layout.ts";
import { type Window, windowOf } from "../shapes/convolution.ts";
import { scale } from "./affine.ts";
import { inputGradientByFlippedKernel } from "./convolution-input.ts";
import { gradientOf, type GradientRules, inputOf } from "./rule.ts";

/** Rules by operator. */
export const averagePoolingGradients: GradientRules = {
  // y[p] = Σ_t x[s p + d t - pad] / n[p], n[p] how many elements count: dx[q] = Σ over windows p that hold q of g[p] / n[p]
  AveragePool: (context) => {
    const [g, x] = [gradientOf(context), inputOf(context, 0)];
    const window = windowOf(context.node, staticShape(x).slice(2));
    const countPads = intAttribute(context.node, "count_include_pad", 0) === 1;
    const shares = shareOfWindows(g, { x, window, countPads });
    return [
      isTiling(window) ? copyToBlocks(shares, x, window) : scatterToWindows(shares, x, window),
    ];
  },
  // y = Σ x / n: dx = g / n at every element
  GlobalAveragePool: (context) => {
    const [g, x] = [gradientOf(context), inputOf(context, 0)];
    const shape = staticShape(x);
    return [Expand(scale(g, 1 / sizeOf(shape.slice(2))), shape)];
  },
};

/** Whether windows lie side by side without gap, overlap or padding. */
export function isTiling({ kernel, strides, dilations, pads }: Window): boolean {
  return (
    kernel.every((length, axis) => length === strides[axis]) &&
    dilations.every((step) => step === 1) &&
    pads.every((pad) => pad === 0)
  );
}

/** Σ over blocks of `lengths` that tile the spatial axes of `x`. */
export function sumOverBlocks(x: Value, lengths: readonly number[]): Value {
  return scale(AveragePool(x, lengths), sizeOf(lengths));
}

/** Every element of `g` copied to its block of `x`, zeros where `x` has a rest that no block covers. */
function copyToBlocks(g: Value, x: Value, { kernel }: Window): Value {
  const enlarged = Resize(g, [1, 1, ...kernel]);
  const lengths = staticShape(enlarged);
  const rest = staticShape(x).map((length, axis) => length - lengths[axis]);
  return Pad(enlarged, [...rest.map(() => 0), ...rest]);
}

/** Every element of `g` added to all places of its window: the transpose of a convolution with ones, channel by channel. */
function scatterToWindows(g: Value, x: Value, window: Window): Value {
  const [batch, channels, ...spatial] = staticShape(x);
  const alone = (value: Value, lengths: readonly number[]) =>
    Reshape(value, [batch * channels, 1, ...lengths]);
  const ones = new Float32Array(sizeOf(window.kernel)).fill(1);
  const gradient = inputGradientByFlippedKernel({
    x: alone(x, spatial),
    w: x.graph.constant(float32(ones, [1, 1, ...window.kernel])),
    g: alone(g, staticShape(g).slice(2)),
    window,
    group: 1,
  });
  return Reshape(gradient, [batch, channels, ...spatial]);
}

/** g / n. */
function shareOfWindows(
  g: Value,
  { x, window, countPads }: { x: Value; window: Window; countPads: boolean },
): Value {
  const lengths = staticShape(x).slice(2);
  const counts = lengths.map((length, axis) =>
    countsAlong(axis, { length, windows: Number(g.shape[axis + 2]), window, countPads }),
  );
  const taps = sizeOf(window.kernel);
  if (counts.every((count, axis) => count.every((n) => n === window.kernel[axis])))
    return scale(g, 1 / taps);
  const shares = counts.reduce<number[]>(
    (all, count) => all.flatMap((share) => count.map((n) => share / n)),
    [1],
  );
  return Mul(g, x.graph.constant(float32(shares, staticShape(g).slice(2))));
}

/** How many elements count in each window along an axis: those of the input, and of its pads if they count. */
function countsAlong(
  axis: number,
  {
    length,
    windows,
    window,
    countPads,
  }: { length: number; windows: number; window: Window; countPads: boolean },
): readonly number[] {
  const { kernel, strides, dilations, pads } = window;
  const first = countPads ? -pads[axis] : 0;
  const end = countPads ? length + pads[axis + kernel.length] : length;
  return Array.from({ length: windows }, (_, at) => {
    const taps = Array.from(
      { length: kernel[axis] },
      (_unused, tap) => at * strides[axis] - pads[axis] + tap * dilations[axis],
    );
    return taps.filter((place) => place >= first && place < end).length;
  });
}
