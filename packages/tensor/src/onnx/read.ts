/** Reads an ONNX file from bytes that may be hostile. Field numbers are those of onnx.proto, see write.ts. */
import { SoukError } from "@souk/core";
import { Budget, type OnnxLimits, onnxLimits } from "./limits.ts";
import type { Attribute, Dim, OnnxGraph, OnnxModel, OnnxNode, ValueInfo } from "./model.ts";
import { orderGraph } from "./order.ts";
import { MessageReader } from "./protobuf-reader.ts";
import { addEntry, elementTypeOf, readTensor, type TensorSource } from "./read-tensor.ts";
import type { ElementType, Tensor } from "./tensor.ts";

/** How to read a file. */
export interface ReadOptions {
  /** Limits that differ from `onnxLimits`. */
  readonly limits?: Partial<OnnxLimits>;
  /** Folder of the files with external data. Only for files of our own: without it such data is refused. */
  readonly externalData?: string;
}

/** Oldest operator set that can be read. */
const OLDEST_OPSET = 7;
/** Newest operator set that can be read. */
const NEWEST_OPSET = 24;

/**
 * The model in the bytes of an ONNX file of operator set 7 to 24: every value is computed once, and before it is used
 * (nodes in another order are sorted).
 *
 * @throws SoukError `ONNX_MALFORMED` for bytes that are no valid model, `ONNX_LIMIT` for one too large,
 * `ONNX_UNSUPPORTED` for text and sparse tensors, sequences, functions and other operator sets,
 * `ONNX_EXTERNAL` for data in other files without `externalData`, or outside that folder.
 */
export function readOnnx(
  bytes: Uint8Array,
  { limits = {}, externalData }: ReadOptions = {},
): OnnxModel {
  const budget = new Budget({ ...onnxLimits, ...limits });
  budget.check("fileBytes", bytes.byteLength);
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const model = readModel(MessageReader.over(plain, "model"), { budget, folder: externalData });
  checkOpset(model.opsets[""]);
  return { ...model, graph: orderGraph(model.graph) };
}

function checkOpset(version: number | undefined): void {
  if (version === undefined) {
    throw new SoukError("ONNX_MALFORMED", "model: no version of the standard operator set");
  }
  if (version >= OLDEST_OPSET && version <= NEWEST_OPSET) return;
  throw new SoukError(
    "ONNX_UNSUPPORTED",
    `operator sets ${OLDEST_OPSET} to ${NEWEST_OPSET} are read, the model has ${version}`,
  );
}

function readModel(reader: MessageReader, source: TensorSource): OnnxModel {
  const { budget } = source;
  const opsets = new Map<string, number>();
  const metadata = new Map<string, string>();
  let [irVersion, producer] = [0, ""];
  let graph: OnnxGraph | undefined;
  while (reader.next()) {
    if (reader.field === 1) irVersion = reader.integer();
    else if (reader.field === 2) producer = reader.text(budget.limits.nameBytes);
    else if (reader.field === 7) {
      if (graph) reader.fail("a second graph");
      graph = readGraph(reader.message("graph"), source, 0);
    } else if (reader.field === 8) addOpset(opsets, reader, budget);
    else if (reader.field === 14) addEntry(metadata, reader, budget);
    else if (reader.field === 25) unsupported("model", "local functions; export with them inlined");
    else reader.skip();
  }
  if (!graph) reader.fail("no graph");
  return {
    irVersion,
    producer,
    opsets: Object.fromEntries(opsets),
    graph,
    metadata: Object.fromEntries(metadata),
  };
}

function addOpset(opsets: Map<string, number>, parent: MessageReader, budget: Budget): void {
  budget.spend("metadata");
  const reader = parent.message("operator set");
  let [domain, version] = ["", 0];
  while (reader.next()) {
    if (reader.field === 1) domain = readDomain(reader, budget);
    else if (reader.field === 2) version = reader.integer();
    else reader.skip();
  }
  opsets.set(domain, version);
}

/** The standard domain has two names. */
function readDomain(reader: MessageReader, budget: Budget): string {
  const domain = reader.text(budget.limits.nameBytes);
  return domain === "ai.onnx" ? "" : domain;
}

function readGraph(reader: MessageReader, source: TensorSource, depth: number): OnnxGraph {
  const { budget } = source;
  budget.check("nesting", depth);
  const nodes: OnnxNode[] = [];
  const initializers = new Map<string, Tensor>();
  const [inputs, outputs, values]: ValueInfo[][] = [[], [], []];
  let name = "";
  while (reader.next()) {
    if (reader.field === 1) nodes.push(readNode(reader.message("node"), source, depth));
    else if (reader.field === 2) name = reader.text(budget.limits.nameBytes);
    else if (reader.field === 5) addInitializer(initializers, reader, source);
    else if (reader.field === 11) inputs.push(readValueInfo(reader.message("input"), budget));
    else if (reader.field === 12) outputs.push(readValueInfo(reader.message("output"), budget));
    else if (reader.field === 13) values.push(...readHint(reader.message("value"), budget));
    else if (reader.field === 15) unsupported("graph", "sparse initializers");
    else reader.skip();
  }
  return { name, nodes, initializers, inputs, outputs, values };
}

function addInitializer(
  initializers: Map<string, Tensor>,
  parent: MessageReader,
  source: TensorSource,
): void {
  source.budget.spend("values");
  const { name, content } = readTensor(parent.message("initializer"), source);
  if (name === "" || initializers.has(name)) parent.fail(`a second initializer "${name}"`);
  initializers.set(name, content);
}

function readNode(reader: MessageReader, source: TensorSource, depth: number): OnnxNode {
  const { budget } = source;
  budget.spend("nodes");
  const [inputs, outputs]: string[][] = [[], []];
  const attributes = new Map<string, Attribute>();
  let [operator, domain, name] = ["", "", ""];
  while (reader.next()) {
    if (reader.field === 1 || reader.field === 2) {
      budget.spend("connections");
      (reader.field === 1 ? inputs : outputs).push(reader.text(budget.limits.nameBytes));
    } else if (reader.field === 3) name = reader.text(budget.limits.nameBytes);
    else if (reader.field === 4) operator = reader.text(budget.limits.nameBytes);
    else if (reader.field === 5) {
      const [key, value] = readAttribute(reader.message("attribute"), source, depth);
      if (attributes.has(key)) reader.fail(`a second attribute "${key}"`);
      attributes.set(key, value);
    } else if (reader.field === 7) domain = readDomain(reader, budget);
    else reader.skip();
  }
  if (operator === "") reader.fail(`node "${name}" without operator`);
  return { operator, domain, name, inputs, outputs, attributes: Object.fromEntries(attributes) };
}

/** Kinds by `AttributeProto.type`, and by field for files of before that was written. */
const kindsByType = new Map<number, Attribute["kind"]>([
  [1, "float"],
  [2, "int"],
  [3, "string"],
  [4, "tensor"],
  [5, "graph"],
  [6, "floats"],
  [7, "ints"],
  [8, "strings"],
]);
const kindsByField = new Map<number, Attribute["kind"]>([
  [2, "float"],
  [3, "int"],
  [4, "string"],
  [5, "tensor"],
  [6, "graph"],
  [7, "floats"],
  [8, "ints"],
  [9, "strings"],
]);

interface AttributeParts {
  float: number;
  int: number;
  string: string;
  tensor: Tensor | undefined;
  graph: OnnxGraph | undefined;
  readonly floats: number[];
  readonly ints: number[];
  readonly strings: string[];
}

function readAttribute(
  reader: MessageReader,
  source: TensorSource,
  depth: number,
): [string, Attribute] {
  const { budget } = source;
  budget.spend("attributes");
  const parts: AttributeParts = {
    float: 0,
    int: 0,
    string: "",
    tensor: undefined,
    graph: undefined,
    floats: [],
    ints: [],
    strings: [],
  };
  let [name, type, seen] = ["", 0, 0];
  while (reader.next()) {
    if (reader.field === 1) name = reader.text(budget.limits.nameBytes);
    else if (reader.field === 20) type = reader.integer();
    else if (kindsByField.has(reader.field)) {
      seen = reader.field;
      readAttributePart(reader, { parts, source, depth });
    } else reader.skip();
  }
  const kind = type === 0 ? kindsByField.get(seen) : kindsByType.get(type);
  if (name === "" || (!kind && (type < 1 || type > 14)))
    reader.fail(`attribute "${name}" of no kind`);
  if (!kind) return unsupported(`attribute ${name}`, "sparse tensors, types and lists of graphs");
  return [name, attributeOf(kind, parts) ?? reader.fail(`attribute ${name} without ${kind}`)];
}

function readAttributePart(
  reader: MessageReader,
  { parts, source, depth }: { parts: AttributeParts; source: TensorSource; depth: number },
): void {
  const { budget } = source;
  const add = <T>(list: T[]) => {
    return (value: T) => {
      budget.spend("listElements");
      list.push(value);
    };
  };
  if (reader.field === 2) parts.float = reader.float();
  else if (reader.field === 3) parts.int = reader.integer();
  else if (reader.field === 4) parts.string = reader.text(budget.limits.textBytes);
  else if (reader.field === 5)
    parts.tensor = readTensor(reader.message("attribute"), source).content;
  else if (reader.field === 6) parts.graph = readGraph(reader.message("body"), source, depth + 1);
  else if (reader.field === 7) reader.floats(add(parts.floats));
  else if (reader.field === 8) reader.integers(add(parts.ints));
  else add(parts.strings)(reader.text(budget.limits.textBytes));
}

function attributeOf(kind: Attribute["kind"], parts: AttributeParts): Attribute | undefined {
  if (kind === "float" || kind === "int") return { kind, value: parts[kind] };
  if (kind === "floats" || kind === "ints") return { kind, value: parts[kind] };
  if (kind === "string") return { kind, value: parts.string };
  if (kind === "strings") return { kind, value: parts.strings };
  if (kind === "tensor") return parts.tensor && { kind, value: parts.tensor };
  return parts.graph && { kind, value: parts.graph };
}

/** An input or output, which must be a tensor. */
function readValueInfo(reader: MessageReader, budget: Budget): ValueInfo {
  budget.spend("values");
  let name = "";
  let type: { type?: ElementType; shape?: readonly Dim[] } = {};
  while (reader.next()) {
    if (reader.field === 1) name = reader.text(budget.limits.nameBytes);
    else if (reader.field === 2) type = readType(reader.message("type"), budget);
    else reader.skip();
  }
  return { name, ...type };
}

/** The type of an intermediate value is only a hint: one we do not have is left out. */
function readHint(reader: MessageReader, budget: Budget): ValueInfo[] {
  try {
    return [readValueInfo(reader, budget)];
  } catch (error) {
    if (error instanceof SoukError && error.code === "ONNX_UNSUPPORTED") return [];
    throw error;
  }
}

function readType(
  reader: MessageReader,
  budget: Budget,
): { type?: ElementType; shape?: readonly Dim[] } {
  let type: { type?: ElementType; shape?: readonly Dim[] } = {};
  while (reader.next()) {
    if (reader.field === 1) type = readTensorType(reader.message("tensor type"), budget);
    else if (reader.field === 6) reader.skip();
    else unsupported("type", "sequences, maps, optional and sparse values");
  }
  return type;
}

function readTensorType(
  reader: MessageReader,
  budget: Budget,
): { type?: ElementType; shape?: readonly Dim[] } {
  let type: ElementType | undefined;
  let shape: readonly Dim[] | undefined;
  while (reader.next()) {
    if (reader.field === 1) type = elementTypeOf(reader.integer(), "type");
    else if (reader.field === 2) shape = readShape(reader.message("shape"), budget);
    else reader.skip();
  }
  return { ...(type && { type }), ...(shape && { shape }) };
}

function readShape(reader: MessageReader, budget: Budget): readonly Dim[] {
  const shape: Dim[] = [];
  while (reader.next()) {
    if (reader.field === 1) shape.push(readDim(reader.message("axis"), budget));
    else reader.skip();
    budget.check("rank", shape.length);
  }
  return shape;
}

/** A length, a name, or "" when neither is known; some exporters write -1 for that. */
function readDim(reader: MessageReader, budget: Budget): Dim {
  let dim: Dim = "";
  while (reader.next()) {
    if (reader.field === 1) dim = reader.integer();
    else if (reader.field === 2) dim = reader.text(budget.limits.nameBytes);
    else reader.skip();
  }
  if (typeof dim === "number" && dim > Number.MAX_SAFE_INTEGER) reader.fail(`a length of ${dim}`);
  return typeof dim === "number" && dim < 0 ? "" : dim;
}

function unsupported(place: string, what: string): never {
  throw new SoukError("ONNX_UNSUPPORTED", `${place}: ${what} are not read`);
}
