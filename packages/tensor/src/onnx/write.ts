/**
 * Writes an ONNX file. Field numbers are those of onnx.proto,
 * https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
import { createHash, type Hash } from "node:crypto";
import { mkdir, open, rename, rm, type FileHandle } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { SoukError, syncFolder, writeFileAtomic } from "@souk/core";
import type { Attribute, OnnxGraph, OnnxModel, OnnxNode, ValueInfo } from "./model.ts";
import {
  bytesField,
  encodeMessage,
  type Field,
  floatField,
  lengthOf,
  messageField,
  packedFloatsField,
  packedVarintsField,
  textField,
  varintField,
} from "./protobuf-writer.ts";
import { bytesOf, elementTypeCodes, type Tensor } from "./tensor.ts";

/** Largest message that Protocol Buffers readers accept. */
const PROTOBUF_BYTES = 2 ** 31 - 1;

/** Where the bytes of an initializer are: fields of TensorProto. */
type Place = (content: Tensor) => readonly Field[];

const inline: Place = (content) => [bytesField(9, bytesOf(content))];

/**
 * The bytes of an ONNX file. Weights are copied once.
 *
 * @throws SoukError `ONNX_LIMIT` above 2 GB, which no reader takes: use `writeOnnxWithExternalData`.
 */
export function writeOnnx(model: OnnxModel): Uint8Array {
  return encode(modelFields(model, inline));
}

/**
 * Writes `path` with its larger initializers in a second file beside it, named by its content, for models above 2 GB.
 * The data is on the disk before the model names it, so that a reader after `kill -9` sees the old model or the new.
 *
 * @returns the names of the two files.
 */
export async function writeOnnxWithExternalData(
  model: OnnxModel,
  path: string,
  { threshold = 1024 }: { threshold?: number } = {},
): Promise<{ model: string; data: string }> {
  await mkdir(dirname(path), { recursive: true });
  const large = largeTensors(model.graph, threshold);
  const temporary = `${path}.data.partial`;
  const { offsets, digest } = await writeData(temporary, large);
  const data = `${basename(path)}.${digest.slice(0, 16)}.data`;
  const external: Place = (content) => {
    const offset = offsets.get(content);
    return offset === undefined ? inline(content) : externalFields(data, offset, content);
  };
  const bytes = encode(modelFields(model, external));
  await rename(temporary, join(dirname(path), data));
  await syncFolder(dirname(path));
  await writeFileAtomic(path, bytes);
  return { model: basename(path), data };
}

function largeTensors({ initializers }: OnnxGraph, threshold: number): readonly Tensor[] {
  return [...new Set(initializers.values())].filter(({ data }) => data.byteLength >= threshold);
}

interface DataFile {
  readonly offsets: ReadonlyMap<Tensor, number>;
  readonly digest: string;
}

async function writeData(path: string, tensors: readonly Tensor[]): Promise<DataFile> {
  const file = await open(path, "w");
  try {
    const written = await writeTensors(file, tensors);
    await file.sync();
    return written;
  } catch (cause) {
    await rm(path, { force: true });
    throw cause;
  } finally {
    await file.close();
  }
}

/** Each tensor starts at a multiple of 64 bytes, a cache line, so that it can be mapped into memory as it is. */
async function writeTensors(file: FileHandle, tensors: readonly Tensor[]): Promise<DataFile> {
  const offsets = new Map<Tensor, number>();
  const hash = createHash("sha256");
  let offset = 0;
  for (const content of tensors) {
    offsets.set(content, offset);
    const padding = new Uint8Array((64 - (content.data.byteLength % 64)) % 64);
    offset += await append(file, hash, bytesOf(content));
    offset += await append(file, hash, padding);
  }
  return { offsets, digest: hash.digest("hex") };
}

async function append(file: FileHandle, hash: Hash, bytes: Uint8Array): Promise<number> {
  hash.update(bytes);
  await file.writeFile(bytes);
  return bytes.byteLength;
}

function externalFields(location: string, offset: number, { data }: Tensor): readonly Field[] {
  const entries = { location, offset: String(offset), length: String(data.byteLength) };
  return [...entryFields(13, entries), varintField(14, 1)];
}

function encode(fields: readonly Field[]): Uint8Array {
  const bytes = lengthOf(fields);
  if (bytes <= PROTOBUF_BYTES) return encodeMessage(fields);
  throw new SoukError(
    "ONNX_LIMIT",
    `an ONNX file holds at most ${PROTOBUF_BYTES} bytes, this one would have ${bytes}: write it with external data`,
  );
}

function modelFields(model: OnnxModel, place: Place): readonly Field[] {
  return [
    varintField(1, model.irVersion),
    textField(2, model.producer),
    messageField(7, graphFields(model.graph, place)),
    ...Object.entries(model.opsets).map(([domain, version]) =>
      messageField(8, [textField(1, domain), varintField(2, version)]),
    ),
    ...entryFields(14, model.metadata),
  ];
}

function graphFields(graph: OnnxGraph, place: Place): readonly Field[] {
  return [
    ...graph.nodes.map((node) => messageField(1, nodeFields(node))),
    textField(2, graph.name),
    ...[...graph.initializers].map(([name, content]) =>
      messageField(5, tensorFields(content, name, place)),
    ),
    ...graph.inputs.map((input) => messageField(11, valueInfoFields(input))),
    ...graph.outputs.map((output) => messageField(12, valueInfoFields(output))),
    ...graph.values.map((value) => messageField(13, valueInfoFields(value))),
  ];
}

function nodeFields(node: OnnxNode): readonly Field[] {
  return [
    ...node.inputs.map((name) => textField(1, name)),
    ...node.outputs.map((name) => textField(2, name)),
    textField(3, node.name),
    textField(4, node.operator),
    ...Object.entries(node.attributes).map(([name, attribute]) =>
      messageField(5, [textField(1, name), ...attributeFields(attribute)]),
    ),
    textField(7, node.domain),
  ];
}

/** The value of an attribute, and in field 20 which kind it is. */
function attributeFields({ kind, value }: Attribute): readonly Field[] {
  if (kind === "float") return [floatField(2, value), varintField(20, 1)];
  if (kind === "int") return [varintField(3, value), varintField(20, 2)];
  if (kind === "string") return [textField(4, value), varintField(20, 3)];
  if (kind === "tensor")
    return [messageField(5, tensorFields(value, "", inline)), varintField(20, 4)];
  if (kind === "graph") return [messageField(6, graphFields(value, inline)), varintField(20, 5)];
  if (kind === "floats") return [packedFloatsField(7, value), varintField(20, 6)];
  if (kind === "ints") return [packedVarintsField(8, value), varintField(20, 7)];
  return [...value.map((one) => textField(9, one)), varintField(20, 8)];
}

function tensorFields(content: Tensor, name: string, place: Place): readonly Field[] {
  return [
    packedVarintsField(1, content.shape),
    varintField(2, elementTypeCodes[content.type]),
    textField(8, name),
    ...place(content),
  ];
}

function valueInfoFields({ name, type, shape }: ValueInfo): readonly Field[] {
  if (type === undefined) return [textField(1, name)];
  const dims = shape?.map((dim) =>
    messageField(1, [typeof dim === "number" ? varintField(1, dim) : textField(2, dim)]),
  );
  const fields = [varintField(1, elementTypeCodes[type]), ...(dims ? [messageField(2, dims)] : [])];
  return [textField(1, name), messageField(2, [messageField(1, fields)])];
}

function entryFields(number: number, entries: Readonly<Record<string, string>>): readonly Field[] {
  return Object.entries(entries).map(([key, value]) =>
    messageField(number, [textField(1, key), textField(2, value)]),
  );
}
