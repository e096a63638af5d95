/** Reads TensorProto: a type, axes, and the elements in one of six places. */
import { SoukError } from "@souk/core";
import { readExternal } from "./external-data.ts";
import type { Budget } from "./limits.ts";
import type { MessageReader } from "./protobuf-reader.ts";
import {
  allocate,
  elementBytes,
  type ElementType,
  elementTypeCodes,
  formatShape,
  sizeOf,
  type Tensor,
  type TensorData,
  tensorFromBytes,
} from "./tensor.ts";

const typesByCode = new Map<number, ElementType>(
  Object.entries(elementTypeCodes).map(([name, code]) => [code, name as ElementType]),
);
/** The highest code of TensorProto.DataType in onnx.proto of IR 14. */
const LAST_CODE = 28;

/** What reading tensors needs: limits, and the folder of external data if it is allowed. */
export interface TensorSource {
  readonly budget: Budget;
  readonly folder: string | undefined;
}

/** The element type with this code; undefined for 0, "not given". */
export function elementTypeOf(code: number, place: string): ElementType | undefined {
  if (code === 0) return undefined;
  const type = typesByCode.get(code);
  if (type) return type;
  if (Number.isInteger(code) && code > 0 && code <= LAST_CODE) {
    throw new SoukError(
      "ONNX_UNSUPPORTED",
      `${place}: element type ${code} (text, complex, 8 bits or less) is not read`,
    );
  }
  throw new SoukError("ONNX_MALFORMED", `${place}: there is no element type ${code}`);
}

interface Header {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly raw: Uint8Array | undefined;
  readonly external: ReadonlyMap<string, string> | undefined;
}

/**
 * A tensor and its name.
 *
 * @throws SoukError `ONNX_MALFORMED`, `ONNX_LIMIT`, `ONNX_UNSUPPORTED`, `ONNX_EXTERNAL`.
 */
export function readTensor(
  reader: MessageReader,
  source: TensorSource,
): { name: string; content: Tensor } {
  const header = readHeader(reader.again(), source.budget);
  const { name, type, shape, external, raw } = header;
  const elements = sizeOf(shape);
  const bytes = elements * elementBytes(type);
  source.budget.check("tensorElements", elements);
  source.budget.spend("tensorBytes", bytes);
  if (external) {
    const content = readExternal(external, { bytes, folder: source.folder, tensor: name });
    return { name, content: fromBytes(header, content) };
  }
  return { name, content: raw ? fromBytes(header, raw) : fromLists(header, reader) };
}

function readHeader(reader: MessageReader, budget: Budget): Header {
  const shape: number[] = [];
  const entries = new Map<string, string>();
  let [name, code, location] = ["", 0, 0];
  let raw: Uint8Array | undefined;
  while (reader.next()) {
    if (reader.field === 1) {
      reader.integers((dim) => {
        shape.push(dim);
        budget.check("rank", shape.length);
      });
    } else if (reader.field === 2) code = reader.integer();
    else if (reader.field === 3) reader.fail("a tensor in segments");
    else if (reader.field === 8) name = reader.text(budget.limits.nameBytes);
    else if (reader.field === 9) raw = reader.bytes();
    else if (reader.field === 13) addEntry(entries, reader, budget);
    else if (reader.field === 14) location = reader.integer();
    else reader.skip();
  }
  const wrong = shape.find((dim) => dim < 0 || !Number.isSafeInteger(dim));
  if (wrong !== undefined) reader.fail(`tensor ${name} with an axis of ${wrong}`);
  const type = elementTypeOf(code, `tensor ${name}`) ?? reader.fail(`tensor ${name} without type`);
  return { name, type, shape, raw, external: location === 1 ? entries : undefined };
}

/** Adds one `key`, `value` pair of StringStringEntryProto. */
export function addEntry(
  entries: Map<string, string>,
  parent: MessageReader,
  budget: Budget,
): void {
  budget.spend("metadata");
  const reader = parent.message(`${parent.name} entry`);
  let [key, value] = ["", ""];
  while (reader.next()) {
    if (reader.field === 1) key = reader.text(budget.limits.nameBytes);
    else if (reader.field === 2) value = reader.text(budget.limits.textBytes);
    else reader.skip();
  }
  entries.set(key, value);
}

function fromBytes({ name, type, shape }: Header, bytes: Uint8Array): Tensor {
  const want = sizeOf(shape) * elementBytes(type);
  if (bytes.byteLength !== want) {
    throw new SoukError(
      "ONNX_MALFORMED",
      `tensor ${name}: ${type} ${formatShape(shape)} needs ${want} bytes, got ${bytes.byteLength}`,
    );
  }
  const content = tensorFromBytes(type, bytes, shape);
  if (type === "bool") normalizeBool(content.data);
  return content;
}

function normalizeBool(data: TensorData): void {
  for (let at = 0; at < data.length; at++) if (data[at] !== 0) data[at] = 1;
}

/** Field of TensorProto that holds the elements of a type when raw_data does not. */
const listFields: Readonly<Record<ElementType, number>> = {
  float32: 4,
  int32: 5,
  int16: 5,
  int8: 5,
  uint16: 5,
  uint8: 5,
  bool: 5,
  float16: 5,
  bfloat16: 5,
  int64: 7,
  float64: 10,
  uint32: 11,
  uint64: 11,
};

/** Reads the elements from the list of their type. Each takes at least a byte of the message, which bounds the memory. */
function fromLists({ name, type, shape }: Header, reader: MessageReader): Tensor {
  const want = sizeOf(shape);
  if (want > reader.byteLength) reader.fail(`tensor ${name} of ${want} elements without data`);
  const data = allocate(type, want);
  let got = 0;
  const put = (value: number | bigint) => {
    if (got === want) reader.fail(`tensor ${name} with more than ${want} elements`);
    data[got++] = value;
  };
  while (reader.next()) {
    if (reader.field !== listFields[type]) reader.skip();
    else if (type === "float32") reader.floats(put);
    else if (type === "float64") reader.doubles(put);
    else if (type === "int64" || type === "uint64") reader.bigIntegers(put);
    else reader.integers(put);
  }
  if (got !== want) reader.fail(`tensor ${name} with ${got} of ${want} elements`);
  if (type === "bool") normalizeBool(data);
  return { type, shape, data };
}
