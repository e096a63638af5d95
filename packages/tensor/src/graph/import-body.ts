/** Imports Loop, Scan and If, whose bodies are graphs that see the names around them. */
import { SoukError } from "@souk/core";
import type { Attribute, Dim, OnnxGraph, OnnxNode } from "../onnx/model.ts";
import { formatShape } from "../onnx/tensor.ts";
import type { ValueType } from "../shapes/rule.ts";
import { intAttribute, intsAttribute } from "./attributes.ts";
import { normalizeAxis } from "./dims.ts";
import type { Graph, Value } from "./graph.ts";
import { ImportScope } from "./import-scope.ts";

/** Imports the nodes of a graph into a scope, one after the other. */
type ImportNodes = (onnx: OnnxGraph, scope: ImportScope) => void;

/** A node with bodies, and what importing it needs. */
export interface BodyImport {
  readonly node: OnnxNode;
  readonly inputs: readonly (Value | null)[];
  readonly scope: ImportScope;
  readonly importNodes: ImportNodes;
}

type Attributes = Readonly<Record<string, Attribute<Graph>>>;

/** Operators that have bodies. */
export const withBodies: ReadonlySet<string> = new Set(["If", "Loop", "Scan"]);

/** The branch of an If whose condition is known, imported in place: its outputs. */
export function importTakenBranch(parts: BodyImport): readonly Value[] | undefined {
  const { node, inputs, scope, importNodes } = parts;
  const condition = inputs[0] ? scope.graph.constantOf(inputs[0]) : undefined;
  if (node.operator !== "If" || !condition) return undefined;
  const branch = bodyOf(node, Number(condition.data[0]) === 0 ? "else_branch" : "then_branch");
  const inner = new ImportScope(scope.graph, branch, { importing: scope.importing, outer: scope });
  importNodes(branch, inner);
  return branch.outputs.map(({ name }) => inner.valueOf(name));
}

/** The attributes of a Loop, Scan or If with its bodies imported. */
export function importBodies(parts: BodyImport): Attributes {
  const { node } = parts;
  if (node.operator === "Loop") return { body: graphAttribute(importLoop(parts)) };
  if (node.operator === "If") {
    const [yes, no] = ["then_branch", "else_branch"].map((key) => importBody(parts, key, []));
    return { then_branch: graphAttribute(yes), else_branch: graphAttribute(no) };
  }
  const plain = plainAttributes(node.attributes);
  return { ...plain, body: graphAttribute(importBody(parts, "body", scanTypes(parts, plain))) };
}

/** The attributes that are not bodies. */
export function plainAttributes(attributes: OnnxNode["attributes"]): Attributes {
  const plain: [string, Attribute<Graph>][] = [];
  for (const [name, attribute] of Object.entries(attributes))
    if (attribute.kind !== "graph") plain.push([name, attribute]);
  return Object.fromEntries(plain);
}

/**
 * A value carried through a loop may change its length. The body is imported with the shapes of the first step; where it
 * gives back other lengths these are known only at run time, and it is imported again.
 */
function importLoop(parts: BodyImport): Graph {
  const { node, inputs } = parts;
  let carried = inputs.slice(2).map((value) => typeOf(node, value));
  const counters: ValueType[] = [
    { type: "int64", shape: [] },
    { type: "bool", shape: [] },
  ];
  const attempt = () => importBody(parts, "body", [...counters, ...carried]);
  const first = attempt();
  const widened = carried.map((one, at) =>
    widen(one, first.outputs[at + 1]?.value, `${node.name}.${at}`),
  );
  if (widened.every((one, at) => formatShape(one.shape) === formatShape(carried[at].shape)))
    return first;
  carried = widened;
  return attempt();
}

function widen(before: ValueType, after: Value | undefined, name: string): ValueType {
  if (!after || after.shape.length !== before.shape.length) {
    throw new SoukError(
      "ONNX_SHAPE",
      `Loop ${name}: expected a carried value of ${before.shape.length} axes, got ${after ? formatShape(after.shape) : "none"}`,
    );
  }
  const differs = (dim: Dim, axis: number) => typeof dim === "number" && dim !== after.shape[axis];
  const shape = before.shape.map((dim, axis) => (differs(dim, axis) ? `${name}.${axis}` : dim));
  return { type: before.type, shape };
}

/** States as they are, scanned inputs without the axis they are scanned along. */
function scanTypes({ node, inputs }: BodyImport, attributes: Attributes): readonly ValueType[] {
  const attributed = { ...node, attributes };
  const states = inputs.length - intAttribute(attributed, "num_scan_inputs", 0);
  const axes = intsAttribute(attributed, "scan_input_axes", []);
  return inputs.map((value, at) => {
    const { type, shape } = typeOf(node, value);
    if (at < states) return { type, shape };
    const axis = normalizeAxis(axes[at - states] ?? 0, shape.length, node.name);
    return { type, shape: shape.toSpliced(axis, 1) };
  });
}

function importBody(
  { node, scope, importNodes }: BodyImport,
  key: string,
  types: readonly ValueType[],
): Graph {
  const onnx = bodyOf(node, key);
  if (onnx.inputs.length !== types.length) {
    throw new SoukError(
      "ONNX_SHAPE",
      `${node.operator} ${node.name}: expected a body of ${types.length} inputs, got ${onnx.inputs.length}`,
    );
  }
  const body = scope.graph.body(`${node.name}.${key}`);
  const inner = new ImportScope(body, onnx, { importing: scope.importing, outer: scope });
  onnx.inputs.forEach(({ name }, at) => {
    const { type, shape } = types[at];
    inner.bind(name, body.input(inner.freeName(name), shape, { type }));
  });
  importNodes(onnx, inner);
  addOutputs(
    body,
    onnx.outputs.map(({ name }) => inner.valueOf(name)),
  );
  return body;
}

/** An output must be computed in the body, and have a name of its own. */
function addOutputs(body: Graph, values: readonly Value[]): void {
  const taken = new Set<Value>();
  for (const value of values) {
    const given = taken.has(value) || !body.producerOf(value);
    body.output(given ? body.apply("Identity", [value]) : value);
    taken.add(value);
  }
}

function typeOf(node: OnnxNode, value: Value | null | undefined): ValueType {
  if (value) return { type: value.type, shape: value.shape };
  throw new SoukError("ONNX_SHAPE", `${node.operator} ${node.name}: an input is missing`);
}

function bodyOf(node: OnnxNode, key: string): OnnxGraph {
  const attribute = node.attributes[key];
  if (attribute?.kind === "graph") return attribute.value;
  throw new SoukError("ONNX_MALFORMED", `${node.operator} ${node.name}: expected a body ${key}`);
}

function graphAttribute(value: Graph): Attribute<Graph> {
  return { kind: "graph", value };
}
