/** Rebuilds an ONNX model as a graph of ours: known shapes, constants folded, forms of opset 20, ready to differentiate. */
import { errorMessage, SoukError } from "@souk/core";
import type { Dim, OnnxGraph, OnnxModel, OnnxNode, ValueInfo } from "../onnx/model.ts";
import { orderGraph } from "../onnx/order.ts";
import { formatShape, type Tensor } from "../onnx/tensor.ts";
import { createGraph } from "./create.ts";
import { FOLDED_IN_ALL, foldNode, type Incoming } from "./fold.ts";
import type { Graph, Value } from "./graph.ts";
import { importBodies, importTakenBranch, plainAttributes, withBodies } from "./import-body.ts";
import { inputShapes } from "./import-inputs.ts";
import { type Importing, ImportScope } from "./import-scope.ts";
import { constantContent, upgradeNode } from "./import-upgrade.ts";
import type { Weights } from "./to-onnx.ts";

/** How to import a model. */
export interface ImportOptions {
  /** Shapes of inputs where the file leaves lengths open; a number replaces a name in every input that has it. */
  readonly shapes?: Readonly<Record<string, readonly Dim[]>>;
  /** Values to use for inputs, instead of new inputs of the graph. */
  readonly inputs?: Readonly<Record<string, Value>>;
  /**
   * Which float32 initializers become parameters; none by default. Not asked for scalars, nor for the statistics of
   * BatchNormalization, which stay constants.
   */
  readonly trainable?: (name: string, content: Tensor) => boolean;
  /** How a trainable initializer is declared: as a parameter of the graph by default, else for example by a scope. */
  readonly declare?: (name: string, content: Tensor) => Value;
  /** The graph to import into. Without it there is a new one, which gets the outputs of the model. */
  readonly graph?: Graph;
}

/** A model as a graph. */
export interface ImportedGraph {
  readonly graph: Graph;
  readonly inputs: Readonly<Record<string, Value>>;
  readonly outputs: Readonly<Record<string, Value>>;
  /** Contents of the parameters; the tensors of the model, not copied. */
  readonly weights: Weights;
}

/**
 * The graph of an ONNX model. Nodes keep their names where these are free; Identity and Dropout vanish; what follows
 * from constants and known shapes is computed now, so that a graph with shapes in numbers keeps no shape arithmetic.
 * Weights that an exporter has merged because they were equal (PyTorch does, for biases of zero) stay one parameter.
 *
 * @throws SoukError `ONNX_SHAPE` when shapes do not fit, `ONNX_OPERATOR` for an operator without shape rule (the message
 * names the node), `ONNX_UNSUPPORTED` for forms that cannot be brought to opset 20, `ONNX_MALFORMED` when the graph is
 * no valid one, `GRAPH_NAME` when an input or parameter has a name that the given graph has already.
 */
export function fromOnnx(
  model: OnnxModel,
  { shapes = {}, inputs: given = {}, trainable = () => false, declare, graph }: ImportOptions = {},
): ImportedGraph {
  const onnx = orderGraph(model.graph);
  const into = graph ?? createGraph(onnx.name || "graph");
  const weights = new Map<string, Tensor>();
  const add = declare ?? ((name: string, { shape }: Tensor) => into.parameter(name, shape));
  const fixed = fixedNames(onnx);
  const importing: Importing = {
    version: model.opsets[""] ?? 0,
    budget: { nodes: 1000 + 16 * countNodes(onnx), elements: FOLDED_IN_ALL },
    reserved: new Set(graph ? [] : onnx.outputs.map(({ name }) => name)),
    counters: new Map(),
    declare: (name, content) => {
      if (content.type !== "float32" || content.shape.length === 0 || fixed.has(name))
        return undefined;
      if (!trainable(name, content)) return undefined;
      weights.set(name, content);
      return add(name, content);
    },
  };
  const scope = new ImportScope(into, onnx, { importing });
  const inputs = bindInputs(scope, onnx, { shapes, given });
  importNodes(onnx, scope);
  const outputs = Object.fromEntries(onnx.outputs.map(({ name }) => [name, scope.valueOf(name)]));
  if (!graph) for (const [name, value] of Object.entries(outputs)) into.output(value, name);
  return { graph: into, inputs, outputs, weights };
}

function countNodes({ nodes }: OnnxGraph): number {
  const bodies = nodes.flatMap(({ attributes }) =>
    Object.values(attributes).flatMap((one) => (one.kind === "graph" ? [one.value] : [])),
  );
  return bodies.reduce((count, body) => count + countNodes(body), nodes.length);
}

/** Initializers that are statistics or settings, whatever `trainable` says. */
function fixedNames({ nodes }: OnnxGraph): ReadonlySet<string> {
  return new Set(
    nodes.flatMap(({ operator, inputs }) => {
      if (operator === "BatchNormalization") return inputs.slice(3);
      return operator === "Resize" || operator === "Upsample" ? inputs.slice(1) : [];
    }),
  );
}

function bindInputs(
  scope: ImportScope,
  { inputs, initializers }: OnnxGraph,
  {
    shapes,
    given,
  }: Required<Pick<ImportOptions, "shapes">> & { given: Readonly<Record<string, Value>> },
): Readonly<Record<string, Value>> {
  const wanted = inputs.filter(({ name }) => !initializers.has(name));
  const known = inputShapes(wanted, shapes);
  const values = wanted.map((input, at): [string, Value] => {
    const value = Object.hasOwn(given, input.name)
      ? checkGiven(input, given[input.name])
      : scope.graph.input(input.name, known[at], { type: input.type ?? noType(input) });
    scope.bind(input.name, value);
    return [input.name, value];
  });
  return Object.fromEntries(values);
}

function checkGiven({ name, type, shape }: ValueInfo, value: Value): Value {
  const rank = shape?.length ?? value.shape.length;
  if ((type === undefined || type === value.type) && rank === value.shape.length) return value;
  throw new SoukError(
    "ONNX_SHAPE",
    `input ${name}: expected ${type} ${formatShape(shape ?? [])}, got ${value.type} ${formatShape(value.shape)}`,
  );
}

function noType({ name }: ValueInfo): never {
  throw new SoukError("ONNX_MALFORMED", `input ${name}: the file does not say of which type`);
}

function importNodes(onnx: OnnxGraph, scope: ImportScope): void {
  const { budget } = scope.importing;
  for (const node of onnx.nodes) {
    if (budget.nodes-- <= 0) {
      throw new SoukError("ONNX_LIMIT", "loops inside loops change too many shapes");
    }
    const values = importNode(node, scope);
    node.outputs.forEach((name, at) => {
      if (name !== "" && values[at]) scope.bind(name, values[at]);
    });
  }
}

/** Adds a node and gives its outputs. An error that is not ours comes from attributes no exporter writes. */
function importNode(node: OnnxNode, scope: ImportScope): readonly Value[] {
  try {
    return node.operator === "Constant" && node.domain === ""
      ? [scope.content(node.outputs[0] ?? "", constantContent(node))]
      : addNode(node, scope);
  } catch (cause) {
    if (cause instanceof SoukError) throw cause;
    throw new SoukError("ONNX_MALFORMED", `${node.operator} ${node.name}: ${errorMessage(cause)}`, {
      cause,
    });
  }
}

function addNode(node: OnnxNode, scope: ImportScope): readonly Value[] {
  const inputs = node.inputs.map((name) => (name === "" ? null : scope.valueOf(name)));
  const withBody = node.domain === "" && withBodies.has(node.operator);
  const parts = { node, inputs, scope, importNodes };
  const taken = withBody ? importTakenBranch(parts) : undefined;
  if (taken) return taken;
  const { graph, importing } = scope;
  const incoming: Incoming = {
    operator: node.operator,
    domain: node.domain,
    name: nodeName(node, scope),
    inputs,
    attributes: withBody ? importBodies(parts) : plainAttributes(node.attributes),
    outputs: 1 + node.outputs.findLastIndex((name) => name !== ""),
  };
  const upgraded = upgradeNode(incoming, graph, importing.version);
  if (upgraded.kind === "values") return upgraded.values;
  const folded = foldNode(graph, upgraded.node, importing.budget);
  if (folded) return [scope.constant(node.outputs[0] ?? "", folded)];
  const { operator, inputs: sources, ...options } = upgraded.node;
  return graph.node(operator, sources, options);
}

/** The name of the node where it, and the names of the outputs made from it, are free; else one of its operator. */
function nodeName(node: OnnxNode, scope: ImportScope): string {
  const fits = (name: string) =>
    scope.isFree(name) &&
    node.outputs.every((output, at) => {
      const value = at === 0 ? `${name}.out` : `${name}.out:${at}`;
      return scope.isFree(value) || (value === output && !scope.graph.hasName(value));
    });
  if (fits(node.name)) return node.name;
  for (;;) {
    const name = scope.freeName(`${node.operator}_import`);
    if (fits(name)) return name;
  }
}
