/** Reads safetensors files, which may come from outside, at once or tensor by tensor. */
import { open } from "node:fs/promises";
import { SoukError } from "@souk/core";
import { type Tensor, tensorFromBytes } from "../onnx/tensor.ts";
import {
  type Entry,
  type Header,
  headerLength,
  parseHeader,
  type SafetensorsLimits,
  safetensorsLimits,
} from "./header.ts";

/** All tensors of a file, by name. */
export interface Safetensors {
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** An open file, whose tensors are read when they are asked for. */
export interface SafetensorsFile {
  readonly entries: Header["entries"];
  readonly metadata: Header["metadata"];
  /** @throws SoukError `SAFETENSORS_NAME` when there is no tensor of this name. */
  read(name: string): Promise<Tensor>;
  close(): Promise<void>;
}

/**
 * The tensors in the bytes of a file; their data is copied.
 *
 * @throws SoukError `SAFETENSORS_MALFORMED` for bytes that are no valid file (overlaps, holes and keys that come twice
 * included), `SAFETENSORS_LIMIT` for one too large, `SAFETENSORS_UNSUPPORTED` for other element types.
 */
export function readSafetensors(
  bytes: Uint8Array,
  { limits: changed = {} }: { limits?: Partial<SafetensorsLimits> } = {},
): Safetensors {
  const limits = { ...safetensorsLimits, ...changed };
  const length = headerLength(bytes, bytes.byteLength, limits);
  const data = bytes.subarray(8 + length);
  const json = bytes.subarray(8, 8 + length);
  const { entries, metadata } = parseHeader(json, { dataBytes: data.byteLength, limits });
  const tensors = new Map(
    [...entries].map(([name, { type, shape, start, end }]) => [
      name,
      tensorFromBytes(type, data.subarray(start, end), shape),
    ]),
  );
  return { tensors, metadata };
}

/**
 * Opens a file and reads its header; the caller closes it.
 *
 * @throws SoukError as `readSafetensors`, `SAFETENSORS_FILE` when the file cannot be opened.
 */
export async function openSafetensors(
  path: string,
  { limits: changed = {} }: { limits?: Partial<SafetensorsLimits> } = {},
): Promise<SafetensorsFile> {
  const limits = { ...safetensorsLimits, ...changed };
  const file = await openFile(path);
  try {
    const { size } = await file.stat();
    const length = headerLength(await readPart(file, 0, Math.min(8, size)), size, limits);
    const json = await readPart(file, 8, length);
    const header = parseHeader(json, { dataBytes: size - 8 - length, limits });
    return {
      ...header,
      read: (name) => readEntry(file, { name, entry: header.entries.get(name), from: 8 + length }),
      close: () => file.close(),
    };
  } catch (cause) {
    await file.close();
    throw cause;
  }
}

type File = Awaited<ReturnType<typeof open>>;

async function openFile(path: string): Promise<File> {
  try {
    return await open(path, "r");
  } catch (cause) {
    throw new SoukError("SAFETENSORS_FILE", `${path} cannot be opened`, { cause });
  }
}

async function readEntry(
  file: File,
  { name, entry, from }: { name: string; entry: Entry | undefined; from: number },
): Promise<Tensor> {
  if (!entry) throw new SoukError("SAFETENSORS_NAME", `the file has no tensor ${name}`);
  const { type, shape, start, end } = entry;
  return tensorFromBytes(type, await readPart(file, from + start, end - start), shape);
}

async function readPart(file: File, start: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length;) {
    const wanted = Math.min(length - done, 1 << 30);
    const { bytesRead } = await file.read(bytes, done, wanted, start + done);
    if (bytesRead === 0) {
      throw new SoukError(
        "SAFETENSORS_MALFORMED",
        `safetensors: the file ended at ${start + done}, expected ${length - done} more bytes`,
      );
    }
    done += bytesRead;
  }
  return bytes;
}
