/** Operators that move elements. Names and meaning are ONNX's; shapes may hold named lengths. */
import { SoukError } from "@souk/core";
import { graphOf, type Value } from "../graph/graph.ts";
import { type Dim, int, ints, text } from "../onnx/model.ts";
import { formatShape, int64, type Tensor } from "../onnx/tensor.ts";

/**
 * The elements in another shape. A named length is copied from the same axis of `x` when it stands there too, else it
 * is worked out at run time; only one axis can be.
 */
export function Reshape(x: Value, shape: readonly Dim[]): Value {
  if (shape.length === x.shape.length && shape.every((dim, axis) => dim === x.shape[axis]))
    return x;
  const target = shape.map((dim, axis) =>
    typeof dim === "number" ? dim : x.shape[axis] === dim ? 0 : -1,
  );
  if (target.filter((dim) => dim === -1).length > 1) {
    throw new SoukError(
      "ONNX_SHAPE",
      `Reshape of ${x.name} ${formatShape(x.shape)} to ${formatShape(shape)}: only one length can be open`,
    );
  }
  return x.graph.apply("Reshape", [x, x.graph.integers(target)]);
}

/** Axes in another order: axis i of the result is axis `perm[i]` of `x`. */
export function Transpose(x: Value, perm: readonly number[]): Value {
  if (perm.every((axis, at) => axis === at)) return x;
  return x.graph.apply("Transpose", [x], { attributes: { perm: ints(perm) } });
}

/** Adds axes of length 1 at these places of the result. */
export function Unsqueeze(x: Value, axes: readonly number[]): Value {
  return x.graph.apply("Unsqueeze", [x, x.graph.integers(axes)]);
}

/** Drops axes of length 1. */
export function Squeeze(x: Value, axes: readonly number[]): Value {
  return x.graph.apply("Squeeze", [x, x.graph.integers(axes)]);
}

/** A matrix: axes before `axis` by the rest. */
export function Flatten(x: Value, axis = 1): Value {
  return x.graph.apply("Flatten", [x], { attributes: { axis: int(axis) } });
}

/** Repeats axes of length 1 to reach `shape`. */
export function Expand(x: Value, shape: readonly number[]): Value {
  return x.graph.apply("Expand", [x, x.graph.integers(shape)]);
}

/** Values one after the other along an axis. */
export function Concat(values: readonly Value[], axis: number): Value {
  const [only] = values;
  if (only && values.length === 1) return only;
  return graphOf(values).apply("Concat", values, { attributes: { axis: int(axis) } });
}

/** Parts of these lengths along an axis. */
export function Split(x: Value, sizes: readonly number[], axis: number): readonly Value[] {
  return x.graph.node("Split", [x, x.graph.integers(sizes)], {
    attributes: { axis: int(axis) },
    outputs: sizes.length,
  });
}

/** Elements [start, end) by step along each of `axes`; negative bounds count from the end. */
export function Slice(
  x: Value,
  {
    starts,
    ends,
    axes,
    steps,
  }: {
    starts: readonly number[];
    ends: readonly number[];
    axes: readonly number[];
    steps?: readonly number[];
  },
): Value {
  const inputs = [x, ...[starts, ends, axes].map((list) => x.graph.integers(list))];
  return x.graph.apply("Slice", steps ? [...inputs, x.graph.integers(steps)] : inputs);
}

/** Zeros around: `pads` are all begins, then all ends; negative ones crop. */
export function Pad(x: Value, pads: readonly number[]): Value {
  if (pads.every((count) => count === 0)) return x;
  return x.graph.apply("Pad", [x, x.graph.integers(pads)]);
}

/** `x` repeated along every axis. */
export function Tile(x: Value, repeats: readonly number[]): Value {
  return x.graph.apply("Tile", [x, x.graph.integers(repeats)]);
}

/** The shape of `x` as an int64 vector. */
export function Shape(x: Value): Value {
  return x.graph.apply("Shape", [x]);
}

/** A tensor of `shape` filled with the one element of `content` (float32 zero by default). */
export function ConstantOfShape(
  like: Pick<Value, "graph">,
  { shape, content }: { shape: readonly number[]; content?: Tensor },
): Value {
  const { graph } = like;
  return graph.apply("ConstantOfShape", [graph.constant(int64(shape))], {
    attributes: content ? { value: { kind: "tensor", value: content } } : {},
  });
}

/** Nearest-neighbour enlargement by whole factors per axis. */
export function Resize(x: Value, scales: readonly number[]): Value {
  const factors = x.graph.constant({
    type: "float32",
    shape: [scales.length],
    data: Float32Array.from(scales),
  });
  return x.graph.apply("Resize", [x, null, factors], {
    attributes: {
      mode: text("nearest"),
      coordinate_transformation_mode: text("asymmetric"),
      nearest_mode: text("floor"),
    },
  });
}
