/**
 * The header of a safetensors file.
 *
 *   | 8 bytes: n, little-endian | n bytes: JSON, may end in spaces | data |
 *
 *   { "__metadata__": { "key": "text" }, "name": { "dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24] }, ... }
 *
 * Offsets count from the start of the data; tensors follow each other without holes and fill it.
 * Source: https://github.com/huggingface/safetensors, "Format"
 */
import { SoukError } from "@souk/core";
import { elementBytes, type ElementType, formatShape, sizeOf } from "../onnx/tensor.ts";

/** Limits on a file from outside. */
export interface SafetensorsLimits {
  /** Length of the JSON: memory, about 30 times as much once parsed. */
  readonly headerBytes: number;
  /** Number of tensors. */
  readonly tensors: number;
  /** Axes of a tensor. */
  readonly rank: number;
  /** Length of all data: memory, when it is read at once. */
  readonly dataBytes: number;
}

/** Ten times what the largest models in use have. */
export const safetensorsLimits: SafetensorsLimits = {
  headerBytes: 16 * 2 ** 20,
  tensors: 100_000,
  rank: 32,
  dataBytes: 8 * 2 ** 30,
};

/** Names of element types in the format, in the order in which the reference writer puts their tensors last to first. */
export const dtypes = {
  BOOL: "bool",
  U8: "uint8",
  I8: "int8",
  I16: "int16",
  U16: "uint16",
  F16: "float16",
  BF16: "bfloat16",
  I32: "int32",
  U32: "uint32",
  F32: "float32",
  F64: "float64",
  I64: "int64",
  U64: "uint64",
} as const satisfies Record<string, ElementType>;

const typesByName = new Map<string, ElementType>(Object.entries(dtypes));

/** Where one tensor is: bytes [start, end) of the data. */
export interface Entry {
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly start: number;
  readonly end: number;
}

/** What a file holds. */
export interface Header {
  readonly entries: ReadonlyMap<string, Entry>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Length of the JSON, from the first eight bytes of a file of `fileBytes`. */
export function headerLength(
  prefix: Uint8Array,
  fileBytes: number,
  { headerBytes, dataBytes }: SafetensorsLimits,
): number {
  if (prefix.byteLength < 8) malformed(`expected at least 8 bytes, got ${prefix.byteLength}`);
  const view = new DataView(prefix.buffer, prefix.byteOffset, 8);
  const length = Number(view.getBigUint64(0, true));
  if (length > fileBytes - 8) {
    malformed(`a header of ${length} bytes is announced where ${fileBytes - 8} are left`);
  }
  if (length > headerBytes) limit(`a header of ${length} bytes, at most ${headerBytes} are read`);
  const data = fileBytes - 8 - length;
  if (data > dataBytes) limit(`${data} bytes of data, at most ${dataBytes} are read`);
  return length;
}

/**
 * Parses the JSON.
 *
 * @param dataBytes length of what follows it, which the tensors must fill.
 * @throws SoukError `SAFETENSORS_MALFORMED`, `SAFETENSORS_LIMIT`, `SAFETENSORS_UNSUPPORTED` for other element types.
 */
export function parseHeader(
  json: Uint8Array,
  { dataBytes, limits }: { dataBytes: number; limits: SafetensorsLimits },
): Header {
  const root = parseJson(json);
  const { __metadata__: metadata = {}, ...tensors } = root;
  const named = Object.entries(tensors);
  if (named.length > limits.tensors) {
    limit(`${named.length} tensors, at most ${limits.tensors} are read`);
  }
  const entries = new Map(named.map(([name, value]) => [name, parseEntry(name, value, limits)]));
  checkFilled(entries, dataBytes);
  return { entries, metadata: parseMetadata(metadata) };
}

function parseJson(json: Uint8Array): Record<string, unknown> {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(json);
  } catch (cause) {
    return malformed("the header is not UTF-8", cause);
  }
  if (!text.startsWith("{")) malformed("expected a header that starts with {");
  checkStructure(text);
  try {
    const root: unknown = JSON.parse(text);
    return isRecord(root) ? root : malformed("expected an object as header");
  } catch (cause) {
    return malformed("the header is not JSON", cause);
  }
}

/** Nesting is at most {name: {shape: []}}, and no key comes twice: JSON.parse would take any depth and the last key. */
function checkStructure(text: string): void {
  const open: (Set<string> | undefined)[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === "{") open.push(new Set());
    else if (character === "[") open.push(undefined);
    else if (character === "}" || character === "]") open.pop();
    else if (character === '"') {
      const end = endOfString(text, at);
      if (isKey(text, end)) addKey(text.slice(at, end), open.at(-1));
      at = end - 1;
    }
    if (open.length > 3) malformed("brackets are nested deeper than three");
  }
}

/** The place behind the closing quote of the string that starts at `start`. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return at + 1;
  }
  return malformed("the header is not JSON: a text does not end");
}

function isKey(text: string, end: number): boolean {
  let at = end;
  while (" \t\n\r".includes(text.charAt(at) || "x")) at++;
  return text[at] === ":";
}

function addKey(quoted: string, keys: Set<string> | undefined): void {
  const key = quoted.includes("\\") ? unescape(quoted) : quoted.slice(1, -1);
  if (keys?.has(key)) malformed(`the key ${quoted} comes twice`);
  keys?.add(key);
}

function unescape(quoted: string): string {
  try {
    return String(JSON.parse(quoted));
  } catch (cause) {
    return malformed("the header is not JSON", cause);
  }
}

function parseEntry(name: string, value: unknown, { rank }: SafetensorsLimits): Entry {
  if (!isRecord(value)) malformed(`${name}: expected an object`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== "string") malformed(`${name}: no dtype`);
  const type = typesByName.get(dtype);
  if (!type) {
    throw new SoukError("SAFETENSORS_UNSUPPORTED", `${name}: element type ${dtype} is not read`);
  }
  if (!isLengths(shape)) malformed(`${name}: expected a shape of whole numbers`);
  if (shape.length > rank) limit(`${name}: ${shape.length} axes, at most ${rank} are read`);
  if (!isLengths(offsets) || offsets.length !== 2) malformed(`${name}: expected two data_offsets`);
  const [start, end] = offsets;
  const want = sizeOf(shape) * elementBytes(type);
  if (end - start !== want) {
    malformed(`${name}: ${dtype} ${formatShape(shape)} needs ${want} bytes, got ${end - start}`);
  }
  return { type, shape, start, end };
}

/** In the order of their offsets, each tensor starts where the one before ends. */
function checkFilled(entries: ReadonlyMap<string, Entry>, dataBytes: number): void {
  const ordered = [...entries].sort(([, a], [, b]) => a.start - b.start || a.end - b.end);
  let at = 0;
  for (const [name, { start, end }] of ordered) {
    if (start !== at) malformed(`${name}: starts at ${start}, the data before it ends at ${at}`);
    at = end;
  }
  if (at !== dataBytes) malformed(`the tensors take ${at} bytes, there are ${dataBytes}`);
}

function parseMetadata(metadata: unknown): Readonly<Record<string, string>> {
  if (!isRecord(metadata)) malformed("expected an object as __metadata__");
  return Object.fromEntries(
    Object.entries(metadata).map(([key, value]) => [
      key,
      typeof value === "string" ? value : malformed(`metadata ${key}: expected text`),
    ]),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isLengths(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((one) => Number.isSafeInteger(one) && one >= 0);
}

function malformed(message: string, cause?: unknown): never {
  throw new SoukError("SAFETENSORS_MALFORMED", `safetensors: ${message}`, { cause });
}

function limit(message: string): never {
  throw new SoukError("SAFETENSORS_LIMIT", `safetensors: ${message}`);
}
