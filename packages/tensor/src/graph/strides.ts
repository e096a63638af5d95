/** Where the elements of a row-major tensor are. */
import { sizeOf } from "../onnx/tensor.ts";

/** Row-major strides of a shape. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = shape.map(() => 1);
  for (let axis = shape.length - 2; axis >= 0; axis--)
    strides[axis] = strides[axis + 1] * shape[axis + 1];
  return strides;
}

/** For each element of `shape`, in order, the sum of its coordinates times `strides`. */
export function places(shape: readonly number[], strides: readonly number[]): Int32Array {
  const result = new Int32Array(sizeOf(shape));
  const at = shape.map(() => 0);
  let place = 0;
  for (let index = 0; index < result.length; index++) {
    result[index] = place;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      place += strides[axis];
      if (++at[axis] < shape[axis]) break;
      place -= at[axis] * strides[axis];
      at[axis] = 0;
    }
  }
  return result;
}

/** For each element of `shape`, the element of a tensor of `from` that broadcasts to it. */
export function broadcastPlaces(from: readonly number[], shape: readonly number[]): Int32Array {
  const strides = stridesOf(from).map((stride, axis) => (from[axis] === 1 ? 0 : stride));
  return places(shape, [...shape.slice(from.length).map(() => 0), ...strides]);
}
