/** Writes a graph down as an ONNX model. */
import { SoukError } from "@souk/core";
import {
  type Attribute,
  IR_VERSION,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
  OPSET,
  type ValueInfo,
} from "../onnx/model.ts";
import { formatShape, type Tensor } from "../onnx/tensor.ts";
import type { Graph, Node, Value } from "./graph.ts";

/** Contents of parameters by name; tensors are shared, not copied. */
export type Weights = ReadonlyMap<string, Tensor>;

/**
 * The ONNX model that computes the graph's outputs and nothing else: nodes nobody needs are left out.
 * Parameters with a content in `weights` become initializers, the others stay inputs.
 *
 * @throws SoukError `ONNX_SHAPE` when a weight has another shape than its parameter.
 */
export function toOnnx(
  graph: Graph,
  {
    weights = new Map(),
    metadata = {},
  }: { weights?: Weights; metadata?: Record<string, string> } = {},
): OnnxModel {
  const needed = neededNames(graph);
  const onnx = convert(graph, { weights, needed });
  const domains = new Set(["", ...domainsOf(graph, needed)]);
  return {
    irVersion: IR_VERSION,
    producer: "souk",
    opsets: Object.fromEntries([...domains].map((domain) => [domain, domain === "" ? OPSET : 1])),
    graph: onnx,
    metadata,
  };
}

interface Conversion {
  readonly weights: Weights;
  readonly needed: ReadonlySet<string>;
}

function convert(graph: Graph, conversion: Conversion): OnnxGraph {
  const { weights, needed } = conversion;
  const held = graph.inputs.filter(({ value, role }) => {
    return role === "parameter" && weights.has(value.name);
  });
  const initializers = new Map([...graph.constants].filter(([name]) => needed.has(name)));
  for (const { value } of held) initializers.set(value.name, weightOf(value, weights));
  const renamed = graph.outputs.filter(({ name, value }) => name !== value.name);
  const nodes = graph.nodes.filter((node) => isNeeded(node, needed));
  return {
    name: graph.name,
    nodes: [
      ...nodes.map((node) => convertNode(node, conversion)),
      ...renamed.map(({ name, value }) => renaming(name, value)),
    ],
    initializers,
    inputs: graph.inputs
      .filter((input) => !held.includes(input))
      .filter(({ value }) => graph.parent !== undefined || needed.has(value.name))
      .map(({ value }) => valueInfo(value.name, value)),
    outputs: graph.outputs.map(({ name, value }) => valueInfo(name, value)),
    values: [],
  };
}

function convertNode(node: Node, conversion: Conversion): OnnxNode {
  const { operator, domain, name, inputs, outputs, attributes } = node;
  return {
    operator,
    domain,
    name,
    inputs: inputs.map((value) => value?.name ?? ""),
    outputs: outputs.map((value) => value.name),
    attributes: Object.fromEntries(
      Object.entries(attributes).map(([key, attribute]): [string, Attribute] => [
        key,
        attribute.kind === "graph"
          ? { kind: "graph", value: convert(attribute.value, conversion) }
          : attribute,
      ]),
    ),
  };
}

function renaming(name: string, value: Value): OnnxNode {
  return {
    operator: "Identity",
    domain: "",
    name: `${name}.rename`,
    inputs: [value.name],
    outputs: [name],
    attributes: {},
  };
}

function weightOf({ name, shape }: Value, weights: Weights): Tensor {
  const weight = weights.get(name);
  if (!weight || formatShape(weight.shape) !== formatShape(shape)) {
    throw new SoukError(
      "ONNX_SHAPE",
      `parameter ${name}: expected ${formatShape(shape)}, got ${formatShape(weight?.shape ?? [])}`,
    );
  }
  return weight;
}

function valueInfo(name: string, { type, shape }: Value): ValueInfo {
  return { name, type, shape };
}

/** Names of all values that the outputs depend on, bodies included. */
function neededNames(graph: Graph): ReadonlySet<string> {
  const needed = new Set<string>();
  collectNeeded(graph, needed);
  return needed;
}

function collectNeeded(graph: Graph, needed: Set<string>): void {
  for (const { value } of graph.outputs) needed.add(value.name);
  for (const node of graph.nodes.toReversed()) {
    if (!isNeeded(node, needed)) continue;
    for (const input of node.inputs) if (input) needed.add(input.name);
    for (const attribute of Object.values(node.attributes)) {
      if (attribute.kind === "graph") collectNeeded(attribute.value, needed);
    }
  }
}

function isNeeded(node: Node, needed: ReadonlySet<string>): boolean {
  return node.outputs.some((value) => needed.has(value.name));
}

function domainsOf(graph: Graph, needed: ReadonlySet<string>): string[] {
  return graph.nodes
    .filter((node) => isNeeded(node, needed))
    .flatMap((node) => [
      node.domain,
      ...Object.values(node.attributes).flatMap((attribute) =>
        attribute.kind === "graph" ? domainsOf(attribute.value, needed) : [],
      ),
    ]);
}
