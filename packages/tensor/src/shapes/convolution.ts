/** Convolution and pooling over [batch, channels, ...spatial]. */
import { intAttribute, intsAttribute, textAttribute } from "../graph/attributes.ts";
import { differ } from "../graph/dims.ts";
import type { Node } from "../graph/graph.ts";
import { type Dim, text } from "../onnx/model.ts";
import { formatShape } from "../onnx/tensor.ts";
import { failShape, type ShapeRule } from "./rule.ts";

/** Geometry of a window that slides over the spatial axes: one entry per axis, `pads` all begins then all ends. */
export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly number[];
  /** 1 when a last, partial window counts. */
  readonly ceil: number;
}

/** The window of a Conv, ConvTranspose or pooling node, defaults and `auto_pad` resolved. */
export function windowOf(
  node: Pick<Node, "operator" | "name" | "inputs" | "attributes">,
  spatial: readonly Dim[],
  kernelOf?: readonly Dim[],
): Window {
  const kernel = (intsAttribute(node, "kernel_shape", undefined) ?? kernelOf ?? []).map(Number);
  if (kernel.length !== spatial.length)
    failShape(node, `expected a kernel of ${spatial.length} axes, not ${formatShape(kernel)}`);
  const ones = kernel.map(() => 1);
  const strides = intsAttribute(node, "strides", ones);
  const dilations = intsAttribute(node, "dilations", ones);
  const window = { kernel, strides, dilations, ceil: intAttribute(node, "ceil_mode", 0) };
  const auto = textAttribute(node, "auto_pad", "NOTSET");
  const zeros = [...kernel, ...kernel].map(() => 0);
  if (auto === "NOTSET") return { ...window, pads: intsAttribute(node, "pads", zeros) };
  if (auto === "VALID") return { ...window, pads: zeros };
  return { ...window, pads: samePads(node, spatial, window, auto) };
}

/** Pads that make the output `ceil(length / stride)`, the odd one at the end (UPPER) or the beginning (LOWER). */
function samePads(
  node: Pick<Node, "operator" | "name" | "inputs">,
  spatial: readonly Dim[],
  { kernel, strides, dilations }: Omit<Window, "pads">,
  auto: string,
): readonly number[] {
  const totals = spatial.map((dim, axis) => {
    if (typeof dim === "string") failShape(node, `auto_pad ${auto} needs known lengths`);
    const reach = (Math.ceil(dim / strides[axis]) - 1) * strides[axis];
    return Math.max(0, reach + (kernel[axis] - 1) * dilations[axis] + 1 - dim);
  });
  const small = totals.map((total) => Math.floor(total / 2));
  const large = totals.map((total) => Math.ceil(total / 2));
  return auto === "SAME_UPPER" ? [...small, ...large] : [...large, ...small];
}

/** Lengths of the spatial axes after the window has slid over them; a named length gets a new name. */
export function slidLengths(spatial: readonly Dim[], window: Window): Dim[] {
  const axes = window.kernel.length;
  return spatial.map((dim, axis) => {
    const reach = (window.kernel[axis] - 1) * window.dilations[axis] + 1;
    const pads = window.pads[axis] + window.pads[axis + axes];
    if (typeof dim === "string")
      return reach === 1 + pads && window.strides[axis] === 1
        ? dim
        : `((${dim}-${reach}+${pads})/${window.strides[axis]}+1)`;
    const steps = (dim + pads - reach) / window.strides[axis];
    return (window.ceil === 1 ? Math.ceil(steps) : Math.floor(steps)) + 1;
  });
}

const conv: ShapeRule = ({ node, input, optional }) => {
  const [x, w, b] = [input(0), input(1), optional(2)];
  const group = intAttribute(node, "group", 1);
  const [batch, channels, ...spatial] = x.shape;
  const [features, depth, ...kernel] = w.shape;
  if (typeof channels === "number" && channels !== Number(depth) * group)
    failShape(node, `expected ${Number(depth) * group} channels in ${group} group(s)`);
  if (Number(features) % group !== 0) failShape(node, `expected filters divisible by ${group}`);
  if (b && b.shape[0] !== features) failShape(node, `expected a bias of ${features}`);
  const lengths = slidLengths(spatial, windowOf(node, spatial, kernel));
  if (lengths.some((dim) => typeof dim === "number" && dim < 1))
    failShape(node, "expected an input at least as large as the kernel");
  return [{ type: x.type, shape: [batch, features, ...lengths] }];
};

const convTranspose: ShapeRule = ({ node, input }) => {
  const [x, w] = [input(0), input(1)];
  const [batch, channels, ...spatial] = x.shape;
  const [rows, depth, ...kernel] = w.shape;
  if (differ(channels, rows)) failShape(node, `expected ${rows} channels`);
  const { window, lengths } = transposedWindowOf(node, spatial, kernel);
  const features = Number(depth) * intAttribute(node, "group", 1);
  const given = intsAttribute(node, "output_shape", undefined)?.slice(-spatial.length);
  const named = spatial.map((dim, axis): Dim => {
    if (typeof dim === "number") return lengths[axis];
    const kept = window.strides[axis] === 1 && lengths[axis] === 1;
    return kept ? dim : `${node.name}.${axis}`;
  });
  return [{ type: x.type, shape: [batch, features, ...(given ?? named)] }];
};

/**
 * The window of a ConvTranspose node, and the lengths of its output; a named length counts as 1. Pads that the node
 * leaves open follow from `output_shape` or `auto_pad` as in the formulas of
 * https://onnx.ai/onnx/operators/onnx__ConvTranspose.html
 */
export function transposedWindowOf(
  node: Pick<Node, "operator" | "name" | "inputs" | "attributes">,
  spatial: readonly Dim[],
  kernel: readonly Dim[],
): { window: Window; lengths: readonly number[] } {
  const valid = { ...node, attributes: { ...node.attributes, auto_pad: text("NOTSET") } };
  const window = windowOf(valid, spatial, kernel);
  const auto = textAttribute(node, "auto_pad", "NOTSET");
  const { strides, dilations } = window;
  const zeros = strides.map(() => 0);
  const extra = intsAttribute(node, "output_padding", zeros);
  const inputs = spatial.map((dim) => (typeof dim === "number" ? dim : 1));
  const full = inputs.map(
    (length, axis) =>
      (length - 1) * strides[axis] + extra[axis] + (window.kernel[axis] - 1) * dilations[axis] + 1,
  );
  const same = auto.startsWith("SAME")
    ? inputs.map((length, axis) => length * strides[axis])
    : undefined;
  const wanted = intsAttribute(node, "output_shape", undefined)?.slice(-spatial.length) ?? same;
  const pads = wanted
    ? padsFor(full, wanted, auto)
    : auto === "VALID"
      ? [...zeros, ...zeros]
      : window.pads;
  const lengths = full.map((length, axis) => length - pads[axis] - pads[axis + zeros.length]);
  return { window: { ...window, pads }, lengths };
}

/** Pads that cut `full` lengths to `wanted` ones: half on each side, the odd one at the end for SAME_UPPER only. */
function padsFor(
  full: readonly number[],
  wanted: readonly number[],
  auto: string,
): readonly number[] {
  const totals = full.map((length, axis) => Math.max(0, length - wanted[axis]));
  const small = totals.map((total) => Math.floor(total / 2));
  const large = totals.map((total) => Math.ceil(total / 2));
  return auto === "SAME_UPPER" ? [...small, ...large] : [...large, ...small];
}

const pool: ShapeRule = ({ node, input }) => {
  const { type, shape } = input(0);
  const [batch, channels, ...spatial] = shape;
  const out = [batch, channels, ...slidLengths(spatial, windowOf(node, spatial))];
  return [
    { type, shape: out },
    { type: "int64", shape: out },
  ];
};

const globalPool: ShapeRule = ({ input }) => {
  const { type, shape } = input(0);
  return [{ type, shape: shape.map((dim, axis) => (axis < 2 ? dim : 1)) }];
};

/** Shape rules by operator. */
export const convolutionShapes: Readonly<Record<string, ShapeRule>> = {
  Conv: conv,
  ConvTranspose: convTranspose,
  MaxPool: pool,
  AveragePool: pool,
  GlobalAveragePool: globalPool,
  GlobalMaxPool: globalPool,
};
