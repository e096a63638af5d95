/** Tensors as plain values: an element type, a shape, and row-major data in the typed array of that element type. */
import { SoukError } from "@souk/core";

/** Element types of ONNX `TensorProto.DataType` that Souk reads and writes, with their numbers in the format. */
export const elementTypeCodes = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  bfloat16: 16,
} as const;

/** Name of an element type; `bool` is one byte 0 or 1, `float16` and `bfloat16` are their 16 bits. */
export type ElementType = keyof typeof elementTypeCodes;

const arrays = {
  float32: Float32Array,
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  bool: Uint8Array,
  float16: Uint16Array,
  float64: Float64Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  bfloat16: Uint16Array,
} as const;

/** Row-major elements of a tensor. */
export type TensorData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** A dense tensor: `data.length` is the product of `shape`, a scalar has shape `[]`. */
export interface Tensor {
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

/** A list of lengths for messages: `[batch, 3, 64]`. */
export function formatShape(shape: readonly (number | string)[]): string {
  return `[${shape.join(", ")}]`;
}

/** Number of elements of a shape; 1 for a scalar. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, dim) => size * dim, 1);
}

/** Bytes of one element. */
export function elementBytes(type: ElementType): number {
  return arrays[type].BYTES_PER_ELEMENT;
}

/** `length` zeros of an element type. */
export function allocate(type: ElementType, length: number): TensorData {
  return new arrays[type](length);
}

/**
 * A tensor over `data`, which it keeps (no copy).
 *
 * @throws SoukError `TENSOR_SIZE` when the data does not fill the shape, `TENSOR_TYPE` when it is another array type.
 */
export function tensor(type: ElementType, data: TensorData, shape: readonly number[]): Tensor {
  if (!(data instanceof arrays[type])) {
    throw new SoukError(
      "TENSOR_TYPE",
      `${type} needs a ${arrays[type].name}, got ${data.constructor.name}`,
    );
  }
  if (data.length !== sizeOf(shape)) {
    throw new SoukError(
      "TENSOR_SIZE",
      `shape ${formatShape(shape)} holds ${sizeOf(shape)} elements, got ${data.length}`,
    );
  }
  return { type, shape, data };
}

/** A float32 tensor; without a shape a vector, for a number a scalar. */
export function float32(
  values: Float32Array | readonly number[] | number,
  shape?: readonly number[],
): Tensor {
  if (typeof values === "number") return tensor("float32", Float32Array.of(values), shape ?? []);
  const data = values instanceof Float32Array ? values : Float32Array.from(values);
  return tensor("float32", data, shape ?? [data.length]);
}

/** An int64 tensor of safe integers; without a shape a vector, for a number a scalar. */
export function int64(
  values: BigInt64Array | readonly number[] | number,
  shape?: readonly number[],
): Tensor {
  if (typeof values === "number")
    return tensor("int64", BigInt64Array.of(BigInt(values)), shape ?? []);
  const data =
    values instanceof BigInt64Array ? values : BigInt64Array.from(values, (value) => BigInt(value));
  return tensor("int64", data, shape ?? [data.length]);
}

/** An int32 tensor; without a shape a vector, for a number a scalar. */
export function int32(
  values: Int32Array | readonly number[] | number,
  shape?: readonly number[],
): Tensor {
  if (typeof values === "number") return tensor("int32", Int32Array.of(values), shape ?? []);
  const data = values instanceof Int32Array ? values : Int32Array.from(values);
  return tensor("int32", data, shape ?? [data.length]);
}

/** The elements as JavaScript numbers; 64-bit integers above 2^53 lose their last digits. */
export function numbersOf({ data }: Tensor): number[] {
  return Array.from(data, Number);
}

/**
 * A tensor over the front of memory that may be larger; its content is whatever is there.
 *
 * @throws RangeError when the memory is too small.
 */
export function tensorOver(
  memory: ArrayBuffer,
  { type, shape }: Pick<Tensor, "type" | "shape">,
): Tensor {
  return { type, shape, data: new arrays[type](memory, 0, sizeOf(shape)) };
}

/** The bytes of a tensor in the machine's order (little-endian on every platform Souk runs on), without a copy. */
export function bytesOf({ data }: Tensor): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/**
 * A tensor from little-endian bytes, which are copied (they may be unaligned in a file).
 *
 * @throws SoukError `TENSOR_SIZE` when the bytes do not fill the shape exactly.
 */
export function tensorFromBytes(
  type: ElementType,
  bytes: Uint8Array,
  shape: readonly number[],
): Tensor {
  const want = sizeOf(shape) * elementBytes(type);
  if (bytes.byteLength !== want) {
    throw new SoukError(
      "TENSOR_SIZE",
      `${type} ${formatShape(shape)} needs ${want} bytes, got ${bytes.byteLength}`,
    );
  }
  const data = allocate(type, sizeOf(shape));
  new Uint8Array(data.buffer).set(bytes);
  return { type, shape, data };
}

/** A matrix with rows and columns exchanged. */
export function transposed({ type, shape: [rows, columns], data }: Tensor): Tensor {
  const turned = allocate(type, data.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      turned[column * rows + row] = data[row * columns + column];
    }
  }
  return { type, shape: [columns, rows], data: turned };
}
