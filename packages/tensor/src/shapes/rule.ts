/** What a shape rule is: a function from what is known of a node's inputs to the types and shapes of its outputs. */
import { SoukError } from "@souk/core";
import type { Node, Value } from "../graph/graph.ts";
import type { Dim } from "../onnx/model.ts";
import { formatShape, type ElementType, type Tensor } from "../onnx/tensor.ts";

/** Element type and shape of a value. */
export interface ValueType {
  readonly type: ElementType;
  readonly shape: readonly Dim[];
}

/** What a shape rule sees: the node, and what is known about its inputs. */
export interface ShapeContext {
  readonly node: Pick<Node, "operator" | "name" | "inputs" | "attributes">;
  /** How many outputs are wanted, from the first. */
  readonly outputs: number;
  /** Input `index`; throws `ONNX_SHAPE` when it is missing. */
  readonly input: (index: number) => Value;
  /** Input `index`, or undefined when it was left out. */
  readonly optional: (index: number) => Value | undefined;
  /** Content of input `index` when it is a constant. */
  readonly constant: (index: number) => Tensor | undefined;
  /** Elements of integer input `index` when they are known, if only by the names of lengths. */
  readonly lengths: (index: number) => readonly Dim[] | undefined;
}

/** Types and shapes of the outputs, the required ones at least. */
export type ShapeRule = (context: ShapeContext) => readonly ValueType[];

/** Throws `ONNX_SHAPE` with the node and the shapes it got. */
export function failShape(
  node: Pick<Node, "operator" | "name" | "inputs">,
  expected: string,
): never {
  const got = node.inputs.map((value) => (value ? formatShape(value.shape) : "–")).join(", ");
  throw new SoukError("ONNX_SHAPE", `${node.operator} ${node.name}: ${expected}, got ${got}`);
}
