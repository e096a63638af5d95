/** Operators that move elements without changing them. */
import { intAttribute, intsAttribute, tensorAttribute } from "../graph/attributes.ts";
import {
  addDims,
  broadcastShapes,
  divideDims,
  multiplyDims,
  normalizeAxis,
} from "../graph/dims.ts";
import type { Dim } from "../onnx/model.ts";
import { formatShape, numbersOf } from "../onnx/tensor.ts";
import { failShape, type ShapeContext, type ShapeRule } from "./rule.ts";

/** Axes, bounds and sizes are few; reading a long list for each of many nodes would take long. */
const LONGEST_LIST = 4096;

/** The integers of constant input `index`, or of attribute `name` in older operator sets; undefined when left out. */
export function integersOf(
  { node, constant, optional }: ShapeContext,
  index: number,
  name: string,
): readonly number[] | undefined {
  const old = intsAttribute(node, name, undefined);
  if (old) return old;
  if (!optional(index)) return undefined;
  const content = constant(index);
  if (!content) failShape(node, `expected ${name} (input ${index}) to be a constant`);
  if (content.data.length > LONGEST_LIST)
    failShape(node, `expected at most ${LONGEST_LIST} ${name}, not ${content.data.length}`);
  return numbersOf(content);
}

/** Like `integersOf`, where lengths known only by name will do. */
function lengthsAt(context: ShapeContext, index: number, name: string): readonly Dim[] {
  const lengths = context.lengths(index) ?? integersOf(context, index, name);
  return lengths ?? failShape(context.node, `expected ${name}`);
}

const reshape: ShapeRule = (context) => {
  const { node, input } = context;
  const wanted = lengthsAt(context, 1, "shape");
  const source = input(0).shape;
  const allowZero = intAttribute(node, "allowzero", 0) === 1;
  const shape = wanted.map((dim, axis): Dim =>
    dim === 0 && !allowZero ? (source[axis] ?? 0) : dim,
  );
  const open = shape.indexOf(-1);
  const total = multiplyDims(source);
  const known = multiplyDims(shape.filter((dim) => dim !== -1));
  if (open >= 0) {
    const rest = divideDims(total, known);
    if (rest === undefined && typeof total === "number" && typeof known === "number")
      failShape(node, `expected a size divisible by ${known}`);
    shape[open] = rest ?? `${node.name}.${open}`;
  } else if (typeof total === "number" && typeof known === "number" && total !== known) {
    failShape(node, `expected ${known} elements for ${formatShape(shape)}, there are ${total}`);
  }
  return [{ type: input(0).type, shape }];
};

const transpose: ShapeRule = ({ node, input }) => {
  const { type, shape } = input(0);
  const perm = intsAttribute(node, "perm", undefined) ?? shape.map((_, axis) => axis).toReversed();
  if (
    perm.toSorted((a, b) => a - b).some((axis, at) => axis !== at) ||
    perm.length !== shape.length
  )
    failShape(node, `expected perm to order ${shape.length} axes, not ${formatShape(perm)}`);
  return [{ type, shape: perm.map((axis) => shape[axis]) }];
};

const unsqueeze: ShapeRule = (context) => {
  const { type, shape } = context.input(0);
  const axes = integersOf(context, 1, "axes") ?? failShape(context.node, "expected axes");
  const rank = shape.length + axes.length;
  const added = new Set(axes.map((axis) => normalizeAxis(axis, rank, context.node.name)));
  const rest = shape.values();
  const out = Array.from({ length: rank }, (_, axis): Dim =>
    added.has(axis) ? 1 : (rest.next().value ?? 1),
  );
  return [{ type, shape: out }];
};

const squeeze: ShapeRule = (context) => {
  const { type, shape } = context.input(0);
  const axes = integersOf(context, 1, "axes")?.map((axis) =>
    normalizeAxis(axis, shape.length, context.node.name),
  );
  const wrong = axes?.find((axis) => typeof shape[axis] === "number" && shape[axis] !== 1);
  if (wrong !== undefined) failShape(context.node, `expected axis ${wrong} of length 1`);
  const kept = shape.filter((dim, axis) => (axes ? !axes.includes(axis) : dim !== 1));
  return [{ type, shape: kept }];
};

const flatten: ShapeRule = ({ node, input }) => {
  const { type, shape } = input(0);
  const given = intAttribute(node, "axis", 1);
  const axis = given === shape.length ? given : normalizeAxis(given, shape.length, node.name);
  return [{ type, shape: [multiplyDims(shape.slice(0, axis)), multiplyDims(shape.slice(axis))] }];
};

const expand: ShapeRule = (context) => {
  const wanted = lengthsAt(context, 1, "shape");
  const { type, shape } = context.input(0);
  const out = broadcastShapes(shape, wanted);
  if (!out) failShape(context.node, `expected a shape that broadcasts to ${formatShape(wanted)}`);
  return [{ type, shape: out }];
};

const concat: ShapeRule = ({ node, input }) => {
  const first = input(0);
  const axis = normalizeAxis(intAttribute(node, "axis", 0), first.shape.length, node.name);
  const shapes = node.inputs.map((_, index) => input(index).shape);
  const fits = (shape: readonly Dim[]) =>
    shape.length === first.shape.length &&
    shape.every((dim, at) => at === axis || dim === first.shape[at] || typeof dim === "string");
  if (!shapes.every(fits)) failShape(node, `expected shapes equal but for axis ${axis}`);
  const length = addDims(shapes.map((shape) => shape[axis]));
  return [{ type: first.type, shape: first.shape.with(axis, length) }];
};

const split: ShapeRule = (context) => {
  const { node, input, outputs } = context;
  const { type, shape } = input(0);
  const axis = normalizeAxis(intAttribute(node, "axis", 0), shape.length, node.name);
  const length = shape[axis];
  const parts = intAttribute(node, "num_outputs", outputs);
  if (parts !== outputs) failShape(node, `expected ${outputs} parts, not ${parts}`);
  const size = typeof length === "number" ? Math.ceil(length / parts) : 0;
  const sizes =
    integersOf(context, 1, "split") ??
    Array.from({ length: parts }, (_, at) => Math.min(size, Number(length) - at * size));
  if (typeof length === "number" && sizes.reduce((sum, one) => sum + one, 0) !== length)
    failShape(node, `expected parts ${formatShape(sizes)} to add up to ${length} on axis ${axis}`);
  return sizes.map((part) => ({ type, shape: shape.with(axis, part) }));
};

const slice: ShapeRule = (context) => {
  const { node, input } = context;
  const { type, shape } = input(0);
  const out = [...shape];
  const axes = integersOf(context, 3, "axes");
  const steps = integersOf(context, 4, "steps");
  const [starts, ends] = [sliceBounds(context, 1, "starts"), sliceBounds(context, 2, "ends")];
  const count = starts?.length ?? axes?.length ?? Number(input(1).shape[0]);
  for (let at = 0; at < count; at++) {
    const axis = normalizeAxis(axes?.[at] ?? at, shape.length, node.name);
    const length = shape[axis];
    const end = ends?.[at] ?? context.lengths(2)?.[at];
    if (!starts || typeof end !== "number" || typeof length === "string") {
      const whole = (steps?.[at] ?? 1) === 1 && starts?.[at] === 0 && end !== undefined;
      out[axis] = (whole && headLength(length, end)) || `${node.name}.${axis}`;
    } else out[axis] = slicedLength(length, starts[at], end, steps?.[at] ?? 1);
  }
  return [{ type, shape: out }];
};

function sliceBounds(context: ShapeContext, index: number, name: string) {
  return context.optional(index) && !context.constant(index)
    ? undefined
    : integersOf(context, index, name);
}

/** Length of `[0, end)` when one of the two is known by name: what is asked for is taken to be there. */
function headLength(length: Dim, end: Dim): Dim | undefined {
  if (typeof end === "string") return end;
  return end >= 2 ** 31 - 1 ? length : undefined;
}

/** Elements of `[start, end)` by `step` on an axis of `length`, negative bounds counted from the end. */
export function slicedLength(length: number, start: number, end: number, step: number): number {
  const [low, high] = step > 0 ? [0, length] : [-1, length - 1];
  const place = (bound: number, floor: number) =>
    Math.min(Math.max(bound < 0 ? bound + length : bound, floor), high);
  return Math.max(0, Math.ceil((place(end, low) - place(start, Math.max(low, 0))) / step));
}

const pad: ShapeRule = (context) => {
  const { type, shape } = context.input(0);
  const pads = integersOf(context, 1, "pads") ?? failShape(context.node, "expected pads");
  const axes = integersOf(context, 3, "axes") ?? shape.map((_, axis) => axis);
  if (pads.length !== 2 * axes.length)
    failShape(context.node, `expected ${2 * axes.length} pads, not ${pads.length}`);
  const out = [...shape];
  axes.forEach((given, at) => {
    const axis = normalizeAxis(given, shape.length, context.node.name);
    out[axis] = addDims([shape[axis], pads[at] + pads[at + axes.length]]);
  });
  return [{ type, shape: out }];
};

const tile: ShapeRule = (context) => {
  const { type, shape } = context.input(0);
  const repeats = integersOf(context, 1, "repeats") ?? failShape(context.node, "expected repeats");
  if (repeats.length !== shape.length)
    failShape(context.node, `expected ${shape.length} repeats, not ${repeats.length}`);
  return [{ type, shape: shape.map((dim, axis) => multiplyDims([dim, repeats[axis]])) }];
};

const constantOfShape: ShapeRule = (context) => {
  const shape = lengthsAt(context, 0, "shape");
  return [{ type: tensorAttribute(context.node, "value")?.type ?? "float32", shape }];
};

const range: ShapeRule = ({ node, input, constant, lengths }) => {
  const [start, limit, delta] = [0, 1, 2].map((index) => {
    const content = constant(index);
    return content ? numbersOf(content)[0] : undefined;
  });
  const count = start === 0 && delta === 1 ? lengths(1)?.[0] : undefined;
  if (count !== undefined) return [{ type: input(0).type, shape: [count] }];
  if (start === undefined || limit === undefined || delta === undefined)
    return [{ type: input(0).type, shape: [`${node.name}.0`] }];
  return [{ type: input(0).type, shape: [Math.max(0, Math.ceil((limit - start) / delta))] }];
};

/** Channels become blocks of `blocksize` by `blocksize`, or the other way round. */
function depthAndSpace(toSpace: boolean): ShapeRule {
  return ({ node, input }) => {
    const { type, shape } = input(0);
    const size = intAttribute(node, "blocksize", 1);
    if (shape.length !== 4) failShape(node, "expected [batch, channels, height, width]");
    const [batch, depth, ...spatial] = shape;
    const scale = (dim: Dim, factor: number, grow: boolean) =>
      (grow ? multiplyDims([dim, factor]) : divideDims(dim, factor)) ??
      failShape(node, `expected ${dim} divisible by ${factor}`);
    const lengths = spatial.map((dim) => scale(dim, size, toSpace));
    return [{ type, shape: [batch, scale(depth, size * size, !toSpace), ...lengths] }];
  };
}

const resize: ShapeRule = (context) => {
  const { type, shape } = context.input(0);
  const [scales, sizes] = [context.constant(2), context.constant(3)];
  const out = sizes && sizes.data.length > 0 ? numbersOf(sizes) : undefined;
  const factors = scales && scales.data.length > 0 ? numbersOf(scales) : undefined;
  if (!out && !factors) failShape(context.node, "expected constant scales or sizes");
  return [
    {
      type,
      shape: shape.map((dim, axis) =>
        out ? out[axis] : typeof dim === "number" ? Math.floor(dim * (factors?.[axis] ?? 1)) : dim,
      ),
    },
  ];
};

/** The axes that a Shape node asks for: `start` and `end` count like those of `Array.slice`. */
export function shapePart(node: ShapeContext["node"], shape: readonly Dim[]): readonly Dim[] {
  return shape.slice(intAttribute(node, "start", 0), intAttribute(node, "end", shape.length));
}

/** Shape rules by operator. */
export const layoutShapes: Readonly<Record<string, ShapeRule>> = {
  Reshape: reshape,
  Transpose: transpose,
  Unsqueeze: unsqueeze,
  Squeeze: squeeze,
  Flatten: flatten,
  Expand: expand,
  Concat: concat,
  Split: split,
  Slice: slice,
  Pad: pad,
  Tile: tile,
  Shape: ({ node, input }) => [{ type: "int64", shape: [shapePart(node, input(0).shape).length] }],
  Size: () => [{ type: "int64", shape: [] }],
  ConstantOfShape: constantOfShape,
  Range: range,
  Resize: resize,
  DepthToSpace: depthAndSpace(true),
  SpaceToDepth: depthAndSpace(false),
};
