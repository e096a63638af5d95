/** Named tensors as bytes, in the layout of safetensors. */
import {
  elementBytes,
  type ElementType,
  sizeOf,
  type Tensor,
  bytesOf,
  tensorFromBytes,
} from "../onnx/tensor.ts";

const names: Partial<Record<ElementType, string>> = { float32: "F32", int64: "I64", int32: "I32" };

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

export function writeSafetensors(
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  let at = 0;
  const header: Record<string, Entry | Readonly<Record<string, string>>> = {
    __metadata__: metadata,
  };
  for (const [name, { type, shape }] of tensors) {
    const end = at + sizeOf(shape) * elementBytes(type);
    header[name] = { dtype: names[type] ?? type, shape, data_offsets: [at, end] };
    at = end;
  }
  const text = Buffer.from(JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + at);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  let offset = 8 + text.length;
  for (const content of tensors.values()) {
    bytes.set(bytesOf(content), offset);
    offset += bytesOf(content).length;
  }
  return bytes;
}

export function readSafetensors(bytes: Uint8Array): {
  tensors: ReadonlyMap<string, Tensor>;
  metadata: Readonly<Record<string, string>>;
} {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const text = Buffer.from(bytes.subarray(8, 8 + length)).toString();
  const { __metadata__: metadata, ...entries } = JSON.parse(text) as Record<string, Entry> & {
    __metadata__: Record<string, string>;
  };
  const data = bytes.subarray(8 + length);
  const tensors = Object.entries(entries).map(
    ([
      name,
      {
        dtype,
        shape,
        data_offsets: [from, to],
      },
    ]) => {
      const type =
        (Object.keys(names) as ElementType[]).find((one) => names[one] === dtype) ?? "float32";
      return [name, tensorFromBytes(type, data.subarray(from, to), shape)] as const;
    },
  );
  return { tensors: new Map(tensors), metadata };
}
