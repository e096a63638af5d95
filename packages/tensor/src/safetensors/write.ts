/** Writes safetensors files, byte for byte as the reference writer does. */
import { SoukError } from "@souk/core";
import { bytesOf, type ElementType, type Tensor } from "../onnx/tensor.ts";
import { dtypes } from "./header.ts";

const names = Object.entries(dtypes);
const ranks = new Map<ElementType, number>(names.map(([, type], rank) => [type, rank]));
const dtypeOf = new Map<ElementType, string>(names.map(([dtype, type]) => [type, dtype]));

/**
 * The bytes of a file with these tensors, larger element types first so that each is aligned, then by name.
 *
 * @throws SoukError `SAFETENSORS_NAME` for a tensor named `__metadata__`, which the format keeps for itself.
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  if (tensors.has("__metadata__")) {
    throw new SoukError("SAFETENSORS_NAME", "a tensor cannot be named __metadata__");
  }
  const ordered = [...tensors].sort(inFileOrder);
  const header = encodeHeader(ordered, metadata);
  const size = ordered.reduce((sum, [, { data }]) => sum + data.byteLength, 0);
  const bytes = new Uint8Array(8 + header.byteLength + size);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.byteLength), true);
  bytes.set(header, 8);
  let at = 8 + header.byteLength;
  for (const [, content] of ordered) {
    bytes.set(bytesOf(content), at);
    at += content.data.byteLength;
  }
  return bytes;
}

function inFileOrder([a, left]: [string, Tensor], [b, right]: [string, Tensor]): number {
  const byType = (ranks.get(right.type) ?? 0) - (ranks.get(left.type) ?? 0);
  return byType || Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** JSON, filled up with spaces to a multiple of eight bytes. */
function encodeHeader(
  ordered: readonly [string, Tensor][],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  let end = 0;
  const entries = ordered.map(([name, { type, shape, data }]): [string, unknown] => {
    const start = end;
    end += data.byteLength;
    return [name, { dtype: dtypeOf.get(type), shape, data_offsets: [start, end] }];
  });
  const members = Object.keys(metadata).length > 0 ? [["__metadata__", metadata] as const] : [];
  const json = [...members, ...entries].map(
    ([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`,
  );
  const text = `{${json.join(",")}}`;
  const length = Buffer.byteLength(text);
  return Buffer.from(text + " ".repeat((8 - (length % 8)) % 8));
}
