import { SoukError } from "@souk/core";

// Named arrays in one file, in the layout of safetensors (Hugging Face), so that other tools can read it:
//
//   u64 LE  header length n
//   n bytes JSON {"name": {"dtype": "F32", "shape": [r, c], "data_offsets": [from, to]}, "__metadata__": {...}}
//   data    each tensor little-endian, offsets from here

/** A dense array with its shape, row-major. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: TensorData;
}

/** Element types: float, half float, integers, bytes. */
type TensorData =
  | Float32Array
  | Float64Array
  | Float16Array
  | Uint32Array
  | Int32Array
  | Uint8Array;

const MAX_HEADER_BYTES = 1 << 20;
const MAX_TENSORS = 1000;

const KINDS = {
  F32: Float32Array,
  F64: Float64Array,
  F16: Float16Array,
  U32: Uint32Array,
  I32: Int32Array,
  U8: Uint8Array,
} as const;

/** The bytes of the file. `metadata` is any JSON value. */
export function encodeTensors(
  tensors: Readonly<Record<string, Tensor>>,
  metadata: unknown = {},
): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: { souk: JSON.stringify(metadata) } };
  let offset = 0;
  // Widest elements first keeps every array aligned without gaps, which safetensors forbids.
  const entries = Object.entries(tensors).toSorted(
    ([, a], [, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT,
  );
  for (const [name, tensor] of entries) {
    const end = offset + tensor.data.byteLength;
    header[name] = {
      dtype: dtypeOf(tensor.data),
      shape: tensor.shape,
      data_offsets: [offset, end],
    };
    offset = end;
  }
  const json = Buffer.from(JSON.stringify(header));
  const padded = Math.ceil(json.length / 8) * 8;
  const file = Buffer.alloc(8 + padded + offset, " ");
  file.writeBigUInt64LE(BigInt(padded), 0);
  json.copy(file, 8);
  let at = 8 + padded;
  for (const [, { data }] of entries) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return file;
}

/**
 * Reads a file back; the arrays are copies.
 * @throws SoukError `MODEL_WEIGHTS` when lengths, offsets or types do not fit.
 */
export function decodeTensors(bytes: Uint8Array): {
  tensors: Record<string, Tensor>;
  metadata: unknown;
} {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerBytes = bytes.length < 8 ? -1 : Number(view.getBigUint64(0, true));
  if (headerBytes < 2 || headerBytes > Math.min(MAX_HEADER_BYTES, bytes.length - 8))
    throw broken(`a header of 2..${MAX_HEADER_BYTES} bytes`, `${headerBytes}`);
  const header = parseHeader(bytes.subarray(8, 8 + headerBytes));
  const data = bytes.subarray(8 + headerBytes);
  const tensors: Record<string, Tensor> = {};
  let metadata: unknown;
  for (const [name, entry] of Object.entries(header)) {
    if (name === "__metadata__") metadata = metadataOf(entry);
    else tensors[name] = readTensor(name, entry, data);
  }
  return { tensors, metadata };
}

function readTensor(name: string, entry: unknown, data: Uint8Array): Tensor {
  const { dtype, shape, data_offsets: offsets } = record(entry, name);
  const Kind = Object.entries(KINDS).find(([key]) => key === dtype)?.[1];
  if (Kind === undefined) throw broken(`${name}: a known dtype`, String(dtype));
  const sizes = integers(shape, `${name}: shape`);
  const [from, to] = integers(offsets, `${name}: data_offsets`);
  const count = sizes.reduce((product, size) => product * size, 1);
  if (!(from <= to && to <= data.length && to - from === count * Kind.BYTES_PER_ELEMENT))
    throw broken(
      `${name}: ${count} elements inside the file`,
      `bytes ${from}..${to} of ${data.length}`,
    );
  const { buffer } = Uint8Array.from(data.subarray(from, to));
  return { shape: sizes, data: new Kind(buffer, 0, count) };
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch (cause) {
    throw new SoukError("MODEL_WEIGHTS", "expected a JSON header, got other bytes", { cause });
  }
  const entries = record(header, "header");
  if (Object.keys(entries).length > MAX_TENSORS)
    throw broken(`at most ${MAX_TENSORS} tensors`, `${Object.keys(entries).length}`);
  return entries;
}

function metadataOf(entry: unknown): unknown {
  const { souk } = record(entry, "__metadata__");
  if (typeof souk !== "string") return undefined;
  try {
    return JSON.parse(souk);
  } catch (cause) {
    throw new SoukError("MODEL_WEIGHTS", "expected JSON metadata, got other text", { cause });
  }
}

function dtypeOf(data: TensorData): string {
  const found = Object.entries(KINDS).find(([, Kind]) => data instanceof Kind);
  if (found === undefined) throw broken("a known array type", "another");
  return found[0];
}

function record(value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw broken(`${path}: an object`, typeof value);
  return Object.fromEntries(Object.entries(value));
}

function integers(value: unknown, path: string): number[] {
  if (!Array.isArray(value) || value.length > 8)
    throw broken(`${path}: at most 8 integers`, typeof value);
  return value.map((item: unknown) => {
    if (typeof item !== "number" || !Number.isSafeInteger(item) || item < 0)
      throw broken(`${path}: integers of 0 or more`, String(item));
    return item;
  });
}

function broken(expected: string, got: string): SoukError {
  return new SoukError("MODEL_WEIGHTS", `weights file: expected ${expected}, got ${got}`);
}
