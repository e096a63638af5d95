/** Damages files for tests, by chance from a seed: what a reader of hostile bytes must bear. */
import type { Rng } from "@souk/core";
import type { Attribute, OnnxGraph, OnnxModel, OnnxNode } from "./model.ts";
import { shapeRules } from "../shapes/rules.ts";
import { int64, type Tensor } from "./tensor.ts";

/** Files to start from, and pieces that are likely to hurt in this format. */
export interface Corpus {
  readonly files: readonly Uint8Array[];
  readonly pieces: readonly Uint8Array[];
  /** Only the first bytes of a file are damaged, where its structure is and not the weights. */
  readonly reach?: number;
}

/** One of the files with one to four damages. */
export function mutate({ files, pieces, reach = Infinity }: Corpus, rng: Rng): Uint8Array {
  let bytes: Uint8Array = rng.pick(files).slice();
  const count = 1 + rng.integer(4);
  for (let at = 0; at < count; at++) {
    const place = rng.integer(Math.min(bytes.byteLength, reach) + 1);
    bytes = rng.pick(damages)(bytes, place, { rng, files, pieces });
  }
  return bytes;
}

interface Source {
  readonly rng: Rng;
  readonly files: readonly Uint8Array[];
  readonly pieces: readonly Uint8Array[];
}

type Damage = (bytes: Uint8Array, at: number, source: Source) => Uint8Array;

const flipBit: Damage = (bytes, at, { rng }) => {
  if (at < bytes.byteLength) bytes[at] ^= 1 << rng.integer(8);
  return bytes;
};

const setByte: Damage = (bytes, at, { rng }) => {
  if (at < bytes.byteLength) bytes[at] = rng.pick([0, 1, 0x7f, 0x80, 0xff, rng.integer(256)]);
  return bytes;
};

const truncate: Damage = (bytes, at) => bytes.slice(0, at);

const insert: Damage = (bytes, at, { rng }) => {
  const noise = Uint8Array.from({ length: 1 + rng.integer(16) }, () => rng.integer(256));
  return join(bytes.subarray(0, at), noise, bytes.subarray(at));
};

const remove: Damage = (bytes, at, { rng }) =>
  join(bytes.subarray(0, at), bytes.subarray(at + 1 + rng.integer(32)));

const repeat: Damage = (bytes, at, { rng }) => {
  const end = at + 1 + rng.integer(200);
  return join(bytes.subarray(0, end), bytes.subarray(at, end), bytes.subarray(end));
};

/** A varint of a large number where a length may stand. */
const inflate: Damage = (bytes, at, { rng }) => {
  const long = new Uint8Array(1 + rng.integer(9)).fill(0xff);
  return join(bytes.subarray(0, at), long, Uint8Array.of(rng.integer(128)), bytes.subarray(at + 1));
};

const splice: Damage = (bytes, at, { rng, files }) => {
  const other = rng.pick(files);
  const start = rng.integer(Math.min(other.byteLength, 1 << 14) + 1);
  const part = other.subarray(start, start + rng.integer(400));
  return join(bytes.subarray(0, at), part, bytes.subarray(at + rng.integer(part.byteLength + 1)));
};

const place: Damage = (bytes, at, { rng, pieces }) =>
  join(bytes.subarray(0, at), rng.pick(pieces), bytes.subarray(at));

const damages = [
  flipBit,
  flipBit,
  setByte,
  truncate,
  insert,
  remove,
  repeat,
  inflate,
  splice,
  place,
];

function join(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}

const operators = Object.keys(shapeRules).filter((name) => !name.includes("."));
const oddNumbers = [
  0,
  1,
  -1,
  2,
  3,
  7,
  -2,
  255,
  65_536,
  2 ** 31 - 1,
  -(2 ** 31),
  2 ** 33,
  2 ** 53,
  2 ** 63,
];
const attributeNames = [
  "axis",
  "axes",
  "pads",
  "strides",
  "kernel_shape",
  "group",
  "perm",
  "to",
  "keepdims",
];
const moreNames = [
  "num_outputs",
  "split",
  "start",
  "end",
  "auto_pad",
  "dilations",
  "blocksize",
  "num_scan_inputs",
];

/** A valid encoding of a model with one to four parts that do not fit: other operators, names, numbers and shapes. */
export function misfit(model: OnnxModel, rng: Rng): OnnxModel {
  let { graph } = model;
  const count = 1 + rng.integer(4);
  for (let at = 0; at < count; at++)
    graph = rng.pick([misfitNode, misfitNode, misfitTensor])(graph, rng);
  const version = rng.integer(4) === 0 ? 7 + rng.integer(18) : (model.opsets[""] ?? 20);
  return { ...model, graph, opsets: { ...model.opsets, "": version } };
}

function misfitNode(graph: OnnxGraph, rng: Rng): OnnxGraph {
  if (graph.nodes.length === 0) return graph;
  const at = rng.integer(graph.nodes.length);
  const names = [
    ...graph.initializers.keys(),
    ...graph.nodes.flatMap(({ outputs }) => outputs),
    "x",
    "",
  ];
  const node = graph.nodes[at];
  return { ...graph, nodes: graph.nodes.with(at, rng.pick(changes)(node, rng, names)) };
}

type Change = (node: OnnxNode, rng: Rng, names: readonly string[]) => OnnxNode;

const changes: readonly Change[] = [
  (node, rng) => ({ ...node, operator: rng.pick(operators) }),
  (node, rng) => ({
    ...node,
    operator: rng.pick(["constructor", "__proto__", "Constant", "Dropout"]),
  }),
  (node, rng, names) => ({
    ...node,
    inputs: node.inputs.map((name) => (rng.integer(2) ? name : rng.pick(names))),
  }),
  (node, rng, names) => ({ ...node, inputs: [...node.inputs, rng.pick(names)] }),
  (node) => ({ ...node, inputs: node.inputs.slice(1) }),
  (node, rng) => ({ ...node, outputs: [...node.outputs, `more${rng.integer(99)}`] }),
  (node, rng) => {
    const name = rng.pick([...attributeNames, ...moreNames, ...Object.keys(node.attributes)]);
    return { ...node, attributes: { ...node.attributes, [name]: oddAttribute(rng) } };
  },
  (node, rng) => ({
    ...node,
    attributes: Object.fromEntries(
      Object.entries(node.attributes).map(([key, one]): [string, Attribute] => [
        key,
        one.kind === "graph"
          ? { kind: "graph", value: misfitNode(one.value, rng) }
          : oddAttribute(rng),
      ]),
    ),
  }),
];

function oddAttribute(rng: Rng): Attribute {
  const list = Array.from({ length: rng.integer(5) }, () => rng.pick(oddNumbers));
  return rng.pick<Attribute>([
    { kind: "int", value: rng.pick(oddNumbers) },
    { kind: "ints", value: list },
    { kind: "float", value: rng.pick([Number.NaN, Infinity, 0, -1]) },
    { kind: "string", value: rng.pick(["SAME_UPPER", "", "linear", "bidirectional"]) },
    { kind: "tensor", value: int64(list.map(clampToSafe)) },
  ]);
}

/** Other numbers in an initializer, or another shape of a graph input. */
function misfitTensor(graph: OnnxGraph, rng: Rng): OnnxGraph {
  const names = [...graph.initializers.keys()];
  if (names.length === 0 || rng.integer(3) === 0) {
    const shape = Array.from({ length: rng.integer(5) }, () =>
      rng.pick(["n", "n*n", 1, ...oddNumbers.filter((one) => one >= 0)]),
    );
    return { ...graph, inputs: graph.inputs.map((input) => ({ ...input, shape })) };
  }
  const list = Array.from({ length: rng.integer(6) }, () => clampToSafe(rng.pick(oddNumbers)));
  const content: Tensor =
    rng.integer(3) === 0 ? int64(rng.pick(list.length ? list : [1])) : int64(list);
  return { ...graph, initializers: new Map(graph.initializers).set(rng.pick(names), content) };
}

function clampToSafe(value: number): number {
  return Math.min(value, Number.MAX_SAFE_INTEGER);
}
