/**
 * Older and newer forms of operators, rewritten to those of opset 20, the one Souk writes. Each rule names the version
 * that changed the form. Source: https://github.com/onnx/onnx/blob/main/docs/Changelog.md
 */
import { SoukError } from "@souk/core";
import { int, type OnnxNode, text } from "../onnx/model.ts";
import { float32, int64, type Tensor } from "../onnx/tensor.ts";
import { Flatten, Reshape } from "../operators/layout.ts";
import { floatAttribute, intAttribute, intsAttribute, textAttribute } from "./attributes.ts";
import { normalizeAxis } from "./dims.ts";
import type { Incoming } from "./fold.ts";
import { newerOperators } from "./import-newer.ts";
import { requiredInput as required, unsupported } from "./import-scope.ts";
import type { Graph, Value } from "./graph.ts";

/** What became of a node: another node, or values that stand for its outputs. */
export type Upgraded =
  | { readonly kind: "node"; readonly node: Incoming }
  | { readonly kind: "values"; readonly values: readonly Value[] };

type Upgrade = (node: Incoming, graph: Graph) => Upgraded;

/** The node in the form of opset 20. @throws SoukError `ONNX_UNSUPPORTED` for training forms and what has no such form. */
export function upgradeNode(node: Incoming, graph: Graph, version: number): Upgraded {
  if (node.domain !== "") return { kind: "node", node };
  for (const [before, names, upgrade] of changes) {
    if (version < before && names.includes(node.operator)) return upgrade(node, graph);
  }
  const decompose = version > 20 ? newerOperators.get(node.operator) : undefined;
  return decompose ? { kind: "values", values: [decompose(node, graph)] } : { kind: "node", node };
}

const always = Number.POSITIVE_INFINITY;
const reductions = ["Mean", "Max", "Min", "Prod", "SumSquare", "L1", "L2", "LogSum", "LogSumExp"];

/** An attribute of integers that became input `index`. */
function toInput(name: string, index: number): Upgrade {
  return (node, graph) => {
    const one = node.attributes[name];
    const list = one?.kind === "int" ? [one.value] : intsAttribute(node, name, undefined);
    if (!list) return { kind: "node", node };
    return changed(withInput(node, index, graph.integers(list)), without(node, [name]));
  };
}

function split(before: number): Upgrade {
  return (node, graph) => {
    const sized = before < 13 ? toInput("split", 1)(node, graph) : asNode(node);
    if (sized.kind === "values" || sized.node.inputs.length > 1) return sized;
    const count = { ...sized.node.attributes, num_outputs: int(node.outputs) };
    return changed(sized.node, count);
  };
}

const slice: Upgrade = (node, graph) => {
  const [starts, ends] = [intsAttribute(node, "starts", []), intsAttribute(node, "ends", [])];
  const axes = intsAttribute(
    node,
    "axes",
    starts.map((_, axis) => axis),
  );
  const bounds = [starts, ends, axes].map((list) => graph.integers(list.map(withinSafe)));
  return changed({ ...node, inputs: [node.inputs[0], ...bounds] }, {});
};

/** "To the end" is written as the largest int64. */
function withinSafe(bound: number): number {
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(bound, Number.MAX_SAFE_INTEGER));
}

const pad: Upgrade = (node, graph) => {
  const pads = graph.integers(intsAttribute(node, "pads", []));
  const value = graph.scalar(floatAttribute(node, "value", 0));
  const inputs = [node.inputs[0], pads, value];
  return changed({ ...node, inputs }, without(node, ["pads", "value"]));
};

const clip: Upgrade = (node, graph) => {
  const bounds = ["min", "max"].map((name) =>
    node.attributes[name] ? graph.scalar(floatAttribute(node, name, 0)) : null,
  );
  return changed({ ...node, inputs: [node.inputs[0], ...bounds] }, {});
};

/** Upsample, and Resize before it learned other grids, have the grid "asymmetric". */
const resize: Upgrade = (node, graph) => {
  const [x, scales = null] = node.inputs;
  const given = node.attributes.scales;
  const factors = given?.kind === "floats" ? graph.constant(float32(given.value)) : scales;
  const attributes = {
    mode: text(textAttribute(node, "mode", "nearest")),
    coordinate_transformation_mode: text("asymmetric"),
    nearest_mode: text("floor"),
  };
  return changed({ ...node, operator: "Resize", inputs: [x, null, factors] }, attributes);
};

/** Before 13 the axes from `axis` on were one: softmax over a matrix. */
const softmax: Upgrade = (node, graph) => {
  const x = required(node);
  const rank = x.shape.length;
  const axis = normalizeAxis(intAttribute(node, "axis", 1), rank, node.name);
  if (axis === rank - 1) return changed(node, { axis: int(-1) });
  const rows = graph.apply(node.operator, [Flatten(x, axis)], { attributes: { axis: int(-1) } });
  return { kind: "values", values: [Reshape(rows, x.shape)] };
};

/** At inference it passes its input on. */
const dropout: Upgrade = (node, graph) => {
  const training = node.inputs[2];
  const content = training ? graph.constantOf(training) : undefined;
  if (node.outputs > 1) unsupported(node, "its mask is used");
  if (training && !(content && Number(content.data[0]) === 0))
    unsupported(node, "it is in training mode");
  return { kind: "values", values: [required(node)] };
};

const batchNormalization: Upgrade = (node) => {
  if (intAttribute(node, "training_mode", 0) === 1) unsupported(node, "it is in training mode");
  if (intAttribute(node, "spatial", 1) === 0) unsupported(node, "its statistics are per element");
  const dropped = without(node, ["spatial", "momentum", "training_mode", "is_test"]);
  return changed({ ...node, outputs: 1 }, dropped);
};

const scanBefore9: Upgrade = (node) => unsupported(node, "Scan has this form since opset 9");
const identity: Upgrade = (node) => ({ kind: "values", values: [required(node)] });
const scatter: Upgrade = (node) => asNode({ ...node, operator: "ScatterElements" });

/** The first version with the new form, the operators, and how to get there. The first that fits is used. */
const changes: readonly (readonly [number, readonly string[], Upgrade])[] = [
  [always, ["Identity"], identity],
  [always, ["Dropout"], dropout],
  [always, ["BatchNormalization"], batchNormalization],
  [9, ["Scan"], scanBefore9],
  [10, ["Slice"], slice],
  [10, ["TopK"], toInput("k", 1)],
  [always, ["Upsample"], resize],
  [11, ["Resize"], resize],
  [11, ["Pad"], pad],
  [11, ["Clip"], clip],
  [always, ["Scatter"], scatter],
  [13, ["ReduceSum", "Squeeze", "Unsqueeze"], toInput("axes", 1)],
  [13, ["Split"], split(0)],
  [18, ["Split"], split(13)],
  [13, ["Softmax", "LogSoftmax", "Hardmax"], softmax],
  [18, reductions.map((name) => `Reduce${name}`), toInput("axes", 1)],
];

function asNode(node: Incoming): Upgraded {
  return { kind: "node", node };
}

function changed(node: Incoming, attributes: Incoming["attributes"]): Upgraded {
  return asNode({ ...node, attributes });
}

function without(node: Incoming, names: readonly string[]): Incoming["attributes"] {
  return Object.fromEntries(
    Object.entries(node.attributes).filter(([name]) => !names.includes(name)),
  );
}

function withInput(node: Incoming, index: number, value: Value): Incoming {
  const inputs = [...node.inputs];
  while (inputs.length < index) inputs.push(null);
  return { ...node, inputs: inputs.toSpliced(index, 1, value) };
}

/** The content of a Constant node, which has a form for every kind. */
export function constantContent(node: OnnxNode): Tensor {
  const { value, value_float, value_floats, value_int, value_ints } = node.attributes;
  if (value?.kind === "tensor") return value.value;
  if (value_float?.kind === "float") return float32(value_float.value);
  if (value_floats?.kind === "floats") return float32(value_floats.value);
  if (value_int?.kind === "int") return int64(value_int.value);
  if (value_ints?.kind === "ints") return int64(value_ints.value);
  throw new SoukError("ONNX_UNSUPPORTED", `Constant ${node.name}: expected numbers`);
}
