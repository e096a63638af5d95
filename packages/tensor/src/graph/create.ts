/** Builds graphs: names values, infers their shapes, shares small constants. */
import { SoukError } from "@souk/core";
import type { Dim } from "../onnx/model.ts";
import {
  bytesOf,
  formatShape,
  type ElementType,
  int64,
  sizeOf,
  type Tensor,
  tensor,
} from "../onnx/tensor.ts";
import { inferShapes } from "../shapes/infer.ts";
import type {
  Graph,
  GraphInput,
  GraphOutput,
  InputOptions,
  Node,
  NodeOptions,
  Value,
} from "./graph.ts";

/** An empty graph. */
export function createGraph(name = "graph"): Graph {
  return new GraphUnderConstruction(name);
}

interface GrowingNode extends Node {
  readonly outputs: Value[];
}

class GraphUnderConstruction implements Graph {
  readonly name: string;
  readonly parent: Graph | undefined;
  readonly #root: GraphUnderConstruction;
  readonly #nodes: GrowingNode[] = [];
  readonly #inputs: GraphInput[] = [];
  readonly #outputs: GraphOutput[] = [];
  readonly #outputNames = new Set<string>();
  readonly #constants = new Map<string, Tensor>();
  readonly #memo = new Map<string, Value>();
  readonly #producers = new Map<string, Node>();
  readonly #names = new Set<string>();
  readonly #counters = new Map<string, number>();

  constructor(name: string, parent?: GraphUnderConstruction) {
    this.name = name;
    this.parent = parent;
    this.#root = parent ? parent.#root : this;
  }

  get nodes(): readonly Node[] {
    return this.#nodes;
  }

  get inputs(): readonly GraphInput[] {
    return this.#inputs;
  }

  get outputs(): readonly GraphOutput[] {
    return this.#outputs;
  }

  get constants(): ReadonlyMap<string, Tensor> {
    return this.#constants;
  }

  input(
    name: string,
    shape: readonly Dim[],
    { type = "float32", role = "data" }: InputOptions = {},
  ): Value {
    const value = this.#value(this.#claim(name), type, shape);
    this.#inputs.push({ value, role });
    return value;
  }

  parameter(name: string, shape: readonly number[]): Value {
    return this.input(name, shape, { role: "parameter" });
  }

  constant(content: Tensor, name?: string): Value {
    if (name !== undefined) return this.#addConstant(this.#claim(name), content);
    if (sizeOf(content.shape) > 64) return this.#addConstant(this.uniqueName("constant"), content);
    const key = `${content.type}${formatShape(content.shape)}${bytesOf(content).join(",")}`;
    const known = this.#memo.get(key);
    if (known) return known;
    const value = this.#addConstant(this.uniqueName("constant"), content);
    this.#memo.set(key, value);
    return value;
  }

  scalar(value: number): Value {
    return this.constant(tensor("float32", Float32Array.of(value), []));
  }

  integers(values: readonly number[]): Value {
    return this.constant(int64(values));
  }

  constantOf({ name }: Pick<Value, "name">): Tensor | undefined {
    return this.#constants.get(name) ?? this.parent?.constantOf({ name });
  }

  producerOf({ name }: Pick<Value, "name">): Node | undefined {
    return this.#producers.get(name);
  }

  node(
    operator: string,
    inputs: readonly (Value | null)[],
    { attributes = {}, domain = "", outputs = 1, name }: NodeOptions = {},
  ): readonly Value[] {
    const label = name === undefined ? this.uniqueName(operator) : this.#claim(name);
    for (const input of inputs) if (input) this.#checkScope(input, label);
    const node: GrowingNode = { operator, domain, name: label, inputs, outputs: [], attributes };
    const types = inferShapes(node, { outputs, constant: (value) => this.constantOf(value) });
    for (let index = 0; index < outputs; index++) this.#addOutput(node, types[index]);
    this.#nodes.push(node);
    return node.outputs;
  }

  apply(operator: string, inputs: readonly (Value | null)[], options: NodeOptions = {}): Value {
    const [value] = this.node(operator, inputs, { ...options, outputs: 1 });
    if (!value) throw new SoukError("GRAPH_OUTPUTS", `${operator} gave no output`);
    return value;
  }

  outputOf(node: Node, index: number): Value {
    const growing = this.#nodes.find((one) => one === node);
    if (!growing) throw new SoukError("GRAPH_FOREIGN", `node ${node.name} is not in ${this.name}`);
    const types = inferShapes(node, {
      outputs: Math.max(index + 1, node.outputs.length),
      constant: (value) => this.constantOf(value),
    });
    for (let at = growing.outputs.length; at <= index; at++) this.#addOutput(growing, types[at]);
    const value = growing.outputs[index];
    if (!value) throw new SoukError("GRAPH_OUTPUTS", `${node.name} has no output number ${index}`);
    return value;
  }

  output(value: Value, name: string = value.name): void {
    if (this.#outputNames.has(name)) {
      throw new SoukError("GRAPH_NAME", `output "${name}" exists already`);
    }
    this.#outputNames.add(name);
    this.#outputs.push({ name, value });
  }

  body(name: string): Graph {
    return new GraphUnderConstruction(name, this);
  }

  hasName(name: string): boolean {
    return this.#shared().names.has(name);
  }

  uniqueName(prefix: string): string {
    const { counters, names } = this.#shared();
    for (;;) {
      const count = counters.get(prefix) ?? 0;
      counters.set(prefix, count + 1);
      const name = `${prefix}_${count}`;
      if (!names.has(name)) return this.#claim(name);
    }
  }

  #shared(): { counters: Map<string, number>; names: Set<string> } {
    return { counters: this.#root.#counters, names: this.#root.#names };
  }

  #claim(name: string): string {
    const { names } = this.#shared();
    if (name === "" || names.has(name)) {
      throw new SoukError("GRAPH_NAME", `a value needs a name of its own, "${name}" is taken`);
    }
    names.add(name);
    return name;
  }

  #addConstant(name: string, content: Tensor): Value {
    this.#constants.set(name, content);
    return this.#value(name, content.type, content.shape);
  }

  #addOutput(node: GrowingNode, type: { type: ElementType; shape: readonly Dim[] } | undefined) {
    if (!type) {
      throw new SoukError(
        "GRAPH_OUTPUTS",
        `${node.operator} ${node.name} has no output number ${node.outputs.length}`,
      );
    }
    const suffix = node.outputs.length === 0 ? "" : `:${node.outputs.length}`;
    const value = this.#value(this.#claim(`${node.name}.out${suffix}`), type.type, type.shape);
    node.outputs.push(value);
    this.#producers.set(value.name, node);
  }

  #value(name: string, type: ElementType, shape: readonly Dim[]): Value {
    return { graph: this, name, type, shape };
  }

  #checkScope(value: Value, label: string): void {
    const encloses = (graph: Graph): boolean =>
      graph === value.graph || (graph.parent !== undefined && encloses(graph.parent));
    if (encloses(this)) return;
    throw new SoukError("GRAPH_FOREIGN", `${label}: value ${value.name} is of another graph`);
  }
}
