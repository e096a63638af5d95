/**
 * What a network is while it is built: an append-only list of ONNX nodes over named values of known type and shape.
 * A value can only be used after the node that computes it, so the list is always in a valid order and has no cycle.
 */
import { SoukError } from "@souk/core";
import type { Attribute, Dim } from "../onnx/model.ts";
import { formatShape, type ElementType, type Tensor } from "../onnx/tensor.ts";

/** A value of a graph: an input, a constant, or an output of a node. */
export interface Value {
  readonly graph: Graph;
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly Dim[];
}

/** One operation; a missing optional input is null. */
export interface Node {
  readonly operator: string;
  readonly domain: string;
  readonly name: string;
  readonly inputs: readonly (Value | null)[];
  /** Grows when a later reader asks for an optional output (`Graph.outputOf`). */
  readonly outputs: readonly Value[];
  readonly attributes: Readonly<Record<string, Attribute<Graph>>>;
}

/**
 * What feeds an input: `data` changes with every batch; `parameter` is a weight held between steps; `step` is a number
 * that the optimizer works out for each step; `random` is an int64 [1], uniform in [0, 2^31), that the trainer draws
 * from the seed, the input's name and the step's index.
 */
type InputRole = "data" | "parameter" | "step" | "random";

/** An input of a graph. */
export interface GraphInput {
  readonly value: Value;
  readonly role: InputRole;
}

/** An output of a graph: the value and the name it has outside. */
export interface GraphOutput {
  readonly name: string;
  readonly value: Value;
}

/** How to add a node. `outputs` is how many of the operator's outputs are wanted, from the first. */
export interface NodeOptions {
  readonly attributes?: Readonly<Record<string, Attribute<Graph>>>;
  readonly domain?: string;
  readonly outputs?: number;
  readonly name?: string;
}

/** A graph, or the body of a Loop, Scan or If when it has a parent, whose values it may use. */
export interface Graph {
  readonly name: string;
  readonly parent: Graph | undefined;
  /** Nodes in the order they were added, which is an order of computation. */
  readonly nodes: readonly Node[];
  readonly inputs: readonly GraphInput[];
  readonly outputs: readonly GraphOutput[];
  /** Constants by name. */
  readonly constants: ReadonlyMap<string, Tensor>;

  /**
   * An input named exactly `name`; float32 data unless told otherwise.
   *
   * @throws SoukError `GRAPH_NAME` when the name is taken.
   */
  input(name: string, shape: readonly Dim[], options?: InputOptions): Value;

  /** A trainable weight: an input of role `parameter`. */
  parameter(name: string, shape: readonly number[]): Value;

  /** A constant. Small ones without a name are shared: the same content twice is one value. */
  constant(content: Tensor, name?: string): Value;

  /** A float32 scalar constant. */
  scalar(value: number): Value;

  /** An int64 vector constant, as shapes, axes and pads are given to operators. */
  integers(values: readonly number[]): Value;

  /** The content of a value that is a constant here or in an enclosing graph. */
  constantOf(value: Pick<Value, "name">): Tensor | undefined;

  /** The node of this graph that computes a value; undefined for inputs, constants and values of enclosing graphs. */
  producerOf(value: Pick<Value, "name">): Node | undefined;

  /**
   * Adds a node and gives its outputs, whose types and shapes are inferred.
   *
   * @throws SoukError `ONNX_SHAPE` when inputs do not fit the operator, `ONNX_OPERATOR` when no shape rule is known,
   * `GRAPH_FOREIGN` when an input belongs to a graph that does not enclose this one.
   */
  node(
    operator: string,
    inputs: readonly (Value | null)[],
    options?: NodeOptions,
  ): readonly Value[];

  /** Like `node`, for the many operators with one output. */
  apply(operator: string, inputs: readonly (Value | null)[], options?: NodeOptions): Value;

  /** Output `index` of a node of this graph, asking the operator for it if nobody has yet. */
  outputOf(node: Node, index: number): Value;

  /** Makes a value an output of the graph, under its own name or another. */
  output(value: Value, name?: string): void;

  /** An empty body for Loop, Scan or If, which may use the values of this graph. */
  body(name: string): Graph;

  /** Whether a name is taken here, in an enclosing graph or in any of their bodies. */
  hasName(name: string): boolean;

  /** A name nobody has yet: `Conv_3`. Unique across this graph, its enclosing graphs and all their bodies. */
  uniqueName(prefix: string): string;
}

/** How to declare an input. */
export interface InputOptions {
  readonly type?: ElementType;
  readonly role?: InputRole;
}

/**
 * The shape of a value whose axis lengths are all numbers.
 *
 * @throws SoukError `ONNX_DYNAMIC` when one is known only at run time.
 */
export function staticShape({ name, shape }: Pick<Value, "name" | "shape">): readonly number[] {
  return shape.map((dim) => {
    if (typeof dim === "number") return dim;
    throw new SoukError(
      "ONNX_DYNAMIC",
      `${name}: expected a shape known now, got ${formatShape(shape)}`,
    );
  });
}

/** The graph in which a node over these values belongs: the innermost of theirs. */
export function graphOf(values: readonly (Value | null)[]): Graph {
  let innermost: Graph | undefined;
  for (const value of values) {
    if (value && (!innermost || depth(value.graph) > depth(innermost))) innermost = value.graph;
  }
  if (!innermost) throw new SoukError("GRAPH_INPUTS", "an operator needs at least one value");
  return innermost;
}

function depth(graph: Graph): number {
  return graph.parent ? 1 + depth(graph.parent) : 0;
}
