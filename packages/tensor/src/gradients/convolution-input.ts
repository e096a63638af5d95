/** Gradient of a convolution's input: dx = the transpose of the convolution applied to g = dL/dy. */
import { staticShape, type Value } from "../graph/graph.ts";
import { float32, int64, sizeOf } from "../onnx/tensor.ts";
import { Mul } from "../operators/arithmetic.ts";
import { Conv, ConvTranspose } from "../operators/convolution.ts";
import { Gather } from "../operators/indexing.ts";
import { Pad, Reshape, Resize, Transpose } from "../operators/layout.ts";
import type { Convolution } from "./convolution-geometry.ts";

/** dx of y = Conv(x, w). */
export function inputGradient(convolution: Convolution): Value {
  const { window, group } = convolution;
  const strided = window.strides.some((stride) => stride > 1);
  return strided && group === 1
    ? inputGradientByTranspose(convolution)
    : inputGradientByFlippedKernel(convolution);
}

/** dx = ConvTranspose(g, w), with the lengths that the strides had cut off put back. */
function inputGradientByTranspose({ x, w, g, window, group }: Convolution): Value {
  const { kernel, strides, pads, dilations } = window;
  const lengths = staticShape(x).slice(2);
  const steps = staticShape(g).slice(2);
  const outputPadding = lengths.map((length, axis) => {
    const reach = (kernel[axis] - 1) * dilations[axis] + 1;
    const covered = (steps[axis] - 1) * strides[axis] + reach;
    return length + pads[axis] + pads[axis + kernel.length] - covered;
  });
  return ConvTranspose(g, w, { group, strides, pads, dilations, outputPadding });
}

/**
 * dx[c, q] = Σ_{o, t} w[o, c, t] g[o, (q + p - d t) / s]: a convolution of g, spread by the strides with zeros between,
 * with the kernel flipped along its taps and its two channel axes exchanged.
 */
export function inputGradientByFlippedKernel(convolution: Convolution): Value {
  const { w, g, window, group } = convolution;
  const spread = spreadByStrides(g, window.strides);
  const { border, crop } = cropNegativePads(transposedPads(convolution, spread));
  const { dilations } = window;
  return Conv(crop(spread), flipKernel(w, group), { group, dilations, pads: border });
}

/** Pads with which windows slid over `spread`, one by one, give as many places as x has; where negative, edges to cut. */
export function transposedPads({ x, window }: Convolution, spread: Value): readonly number[] {
  const { kernel, dilations, pads } = window;
  const [lengths, steps] = [staticShape(x).slice(2), staticShape(spread).slice(2)];
  const reach = kernel.map((taps, axis) => (taps - 1) * dilations[axis]);
  const before = reach.map((length, axis) => length - pads[axis]);
  const after = before.map((pad, axis) => lengths[axis] + reach[axis] - steps[axis] - pad);
  return [...before, ...after];
}

/** Splits pads into those that Conv takes and a function that cuts the edges whose pad is negative. */
export function cropNegativePads(pads: readonly number[]): {
  border: readonly number[];
  crop: (x: Value) => Value;
} {
  const axes = pads.length / 2;
  const cut = pads.map((pad) => Math.min(0, pad));
  return {
    border: pads.map((pad) => Math.max(0, pad)),
    crop: (x) => Pad(x, [0, 0, ...cut.slice(0, axes), 0, 0, ...cut.slice(axes)]),
  };
}

/** w [group * o, c, ...kernel] as [group * c, o, ...kernel], taps in reverse. */
function flipKernel(w: Value, group: number): Value {
  const [features, depth, ...kernel] = staticShape(w);
  const taps = sizeOf(kernel);
  const outs = features / group;
  const swapped = Transpose(Reshape(w, [group, outs, depth, taps]), [0, 2, 1, 3]);
  const backwards = int64(Array.from({ length: taps }, (_, tap) => taps - 1 - tap));
  const flipped = taps === 1 ? swapped : Gather(swapped, w.graph.constant(backwards), 3);
  return Reshape(flipped, [group * depth, outs, ...kernel]);
}

/** g with `stride - 1` zeros after every element of each spatial axis. */
function spreadByStrides(g: Value, strides: readonly number[]): Value {
  if (strides.every((stride) => stride === 1)) return g;
  const enlarged = Resize(g, [1, 1, ...strides]);
  const lengths = staticShape(enlarged).slice(2);
  const data = new Float32Array(sizeOf(lengths));
  for (let at = 0; at < data.length; at++) data[at] = Number(isOnGrid(at, lengths, strides));
  return Mul(enlarged, g.graph.constant(float32(data, lengths)));
}

/** Whether the place `at` in row-major order is a multiple of the stride along every axis. */
function isOnGrid(at: number, lengths: readonly number[], strides: readonly number[]): boolean {
  let rest = at;
  for (let axis = lengths.length - 1; axis >= 0; axis--) {
    if ((rest % lengths[axis]) % strides[axis] !== 0) return false;
    rest = Math.floor(rest / lengths[axis]);
  }
  return true;
}
