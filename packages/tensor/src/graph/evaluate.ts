/**
 * Computes nodes whose inputs are all known: the integer arithmetic on shapes of exported graphs, and small sums and
 * masks in floating point. Meant for thousands of elements, not for millions.
 * Source of every operator: https://onnx.ai/onnx/operators/
 */
import {
  allocate,
  type ElementType,
  numbersOf,
  sizeOf,
  type Tensor,
  type TensorData,
} from "../onnx/tensor.ts";
import { slicedLength } from "../shapes/layout.ts";
import { intAttribute, intsAttribute, tensorAttribute } from "./attributes.ts";
import { normalizeAxis } from "./dims.ts";
import { elementwise } from "./evaluate-elementwise.ts";
import { type Evaluator, fill } from "./evaluator.ts";
import { broadcastPlaces, places, stridesOf } from "./strides.ts";

/** The elements of `source` at these places. */
function take({ type, data }: Tensor, from: Int32Array, shape: readonly number[]): Tensor {
  const result = allocate(type, from.length);
  for (let index = 0; index < from.length; index++) result[index] = data[from[index]];
  return { type, shape, data: result };
}

const relabel: Evaluator = ({ inputs: [x], shape }) => x && { ...x, shape };

const expand: Evaluator = ({ inputs: [x], shape }) =>
  x && take(x, broadcastPlaces(x.shape, shape), shape);

const tile: Evaluator = ({ inputs: [x], shape }) => {
  if (!x) return undefined;
  const strides = stridesOf(x.shape);
  const from = places(
    shape,
    shape.map(() => 0),
  );
  const steps = stridesOf(shape);
  for (let index = 0; index < from.length; index++) {
    for (let axis = 0; axis < shape.length; axis++) {
      const at = Math.floor(index / steps[axis]) % shape[axis];
      from[index] += (at % x.shape[axis]) * strides[axis];
    }
  }
  return take(x, from, shape);
};

const transpose: Evaluator = ({ node, inputs: [x], shape }) => {
  if (!x) return undefined;
  const strides = stridesOf(x.shape);
  const perm =
    intsAttribute(node, "perm", undefined) ?? strides.map((_, axis) => axis).toReversed();
  return take(
    x,
    places(
      shape,
      perm.map((axis) => strides[axis]),
    ),
    shape,
  );
};

const gather: Evaluator = ({ node, inputs: [data, indices], shape }) => {
  if (!data || !indices) return undefined;
  const axis = normalizeAxis(intAttribute(node, "axis", 0), data.shape.length, node.name);
  const length = data.shape[axis];
  const rows = numbersOf(indices).map((index) => (index < 0 ? index + length : index));
  if (rows.some((row) => row < 0 || row >= length)) return undefined;
  const inner = sizeOf(data.shape.slice(axis + 1));
  const outer = sizeOf(data.shape.slice(0, axis));
  const from = new Int32Array(sizeOf(shape));
  let at = 0;
  for (let block = 0; block < outer; block++)
    for (const row of rows)
      for (let element = 0; element < inner; element++)
        from[at++] = (block * length + row) * inner + element;
  return take(data, from, shape);
};

const slice: Evaluator = ({ node, inputs: [x, starts, ends, axes, steps], shape }) => {
  if (!x || !starts || !ends) return undefined;
  const strides = stridesOf(x.shape);
  const walk = [...strides];
  let first = 0;
  numbersOf(starts).forEach((start, at) => {
    const axis = normalizeAxis(axes ? Number(axes.data[at]) : at, x.shape.length, node.name);
    const step = steps ? Number(steps.data[at]) : 1;
    const length = x.shape[axis];
    if (slicedLength(length, start, Number(ends.data[at]), step) === 0) return;
    const from = start < 0 ? Math.max(start + length, 0) : Math.min(start, length - 1);
    first += from * strides[axis];
    walk[axis] = step * strides[axis];
  });
  return take(
    x,
    places(shape, walk).map((place) => place + first),
    shape,
  );
};

const concat: Evaluator = ({ node, inputs, type, shape }) => {
  const axis = normalizeAxis(intAttribute(node, "axis", 0), shape.length, node.name);
  const data = allocate(type, sizeOf(shape));
  const outer = sizeOf(shape.slice(0, axis));
  let at = 0;
  for (let block = 0; block < outer; block++) {
    for (const part of inputs) {
      if (!part) return undefined;
      const size = sizeOf(part.shape.slice(axis));
      for (let element = 0; element < size; element++)
        data[at++] = part.data[block * size + element];
    }
  }
  return { type, shape, data };
};

const constantOfShape: Evaluator = ({ node, type, shape }) => {
  const data = allocate(type, sizeOf(shape));
  const value = tensorAttribute(node, "value");
  if (value) for (let at = 0; at < data.length; at++) data[at] = value.data[0];
  return { type, shape, data };
};

const range: Evaluator = ({ inputs: [start, , delta], type, shape }) => {
  if (!start || !delta) return undefined;
  const [from, step] = [Number(start.data[0]), Number(delta.data[0])];
  return fill(type, shape, (at) => from + at * step);
};

const where: Evaluator = ({ inputs: [condition, yes, no], type, shape }) => {
  if (!condition || !yes || !no) return undefined;
  const [c, y, n] = [condition, yes, no].map((one) => broadcastPlaces(one.shape, shape));
  const data = allocate(type, sizeOf(shape));
  for (let at = 0; at < data.length; at++)
    data[at] = condition.data[c[at]] === 0 ? no.data[n[at]] : yes.data[y[at]];
  return { type, shape, data };
};

const cast: Evaluator = ({ inputs: [x], type, shape }) => {
  if (!x || !castable.has(x.type) || !castable.has(type)) return undefined;
  if (type === "bool") return fill(type, shape, (at) => (Number(x.data[at]) === 0 ? 0 : 1));
  const whole = type !== "float32" && type !== "float64";
  return fill(type, shape, (at) => (whole ? Math.trunc(Number(x.data[at])) : Number(x.data[at])));
};

const castable: ReadonlySet<ElementType> = new Set<ElementType>([
  "float32",
  "float64",
  "int64",
  "int32",
  "bool",
  "uint8",
  "int8",
]);

const trilu: Evaluator = ({ node, inputs: [x, offset], type, shape }) => {
  if (!x) return undefined;
  const [rows, columns] = shape.slice(-2);
  const diagonal = offset ? Number(offset.data[0]) : 0;
  const upper = intAttribute(node, "upper", 1) === 1;
  const data: TensorData = x.data.slice();
  for (let at = 0; at < data.length; at++) {
    const distance = (at % columns) - (Math.floor(at / columns) % rows);
    if (upper ? distance < diagonal : distance > diagonal) data[at] = allocate(type, 1)[0];
  }
  return { type, shape, data };
};

/** Places of the elements that are not zero: [rank, found]. */
const nonZero: Evaluator = ({ inputs: [x] }) => {
  if (!x) return undefined;
  const strides = stridesOf(x.shape);
  const found = numbersOf(x).flatMap((value, at) => (value === 0 ? [] : [at]));
  const coordinates = strides.flatMap((stride, axis) =>
    found.map((at) => BigInt(Math.floor(at / stride) % x.shape[axis])),
  );
  const shape = [strides.length, found.length];
  return { type: "int64", shape, data: BigInt64Array.from(coordinates) };
};

/** Evaluators by operator of the standard domain. */
export const evaluators: ReadonlyMap<string, Evaluator> = new Map<string, Evaluator>([
  ...["Identity", "Reshape", "Squeeze", "Unsqueeze", "Flatten"].map((name): [string, Evaluator] => [
    name,
    relabel,
  ]),
  ["Expand", expand],
  ["Tile", tile],
  ["Transpose", transpose],
  ["Gather", gather],
  ["Slice", slice],
  ["Concat", concat],
  ["ConstantOfShape", constantOfShape],
  ["Range", range],
  ["Where", where],
  ["Cast", cast],
  ["Trilu", trilu],
  ["NonZero", nonZero],
  ...elementwise,
]);
