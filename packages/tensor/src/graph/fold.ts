/** Replaces what can be computed now by constants. */
import type { Tensor } from "../onnx/tensor.ts";
import { inferShapes } from "../shapes/infer.ts";
import { shapePart } from "../shapes/layout.ts";
import { int64, sizeOf } from "../onnx/tensor.ts";
import { evaluators } from "./evaluate.ts";
import type { Graph, Node } from "./graph.ts";

/** Larger results stay nodes: they would make the file larger than the time they save is worth. */
export const FOLDED_ELEMENTS = 65_536;
/** Operators whose result shares the elements of the input, so that its size does not matter. */
const sharing = new Set(["Identity", "Reshape", "Squeeze", "Unsqueeze", "Flatten"]);

/** A node that is not in a graph yet, and how many outputs are wanted of it. */
export type Incoming = Pick<Node, "operator" | "domain" | "name" | "inputs" | "attributes"> & {
  readonly outputs: number;
};

/**
 * The only output of a node, when it can be computed exactly from constants and known shapes.
 *
 * @returns undefined when it depends on data, is larger than `FOLDED_ELEMENTS`, or is of an operator that is not folded.
 */
export function foldNode(graph: Graph, node: Incoming): Tensor | undefined {
  if (node.domain !== "" || node.outputs !== 1) return undefined;
  if (node.operator === "Shape" || node.operator === "Size") return foldShape(node);
  const evaluate = evaluators.get(node.operator);
  if (!evaluate) return undefined;
  const inputs = node.inputs.map((value) => (value ? graph.constantOf(value) : undefined));
  if (inputs.some((input, index) => !input && node.inputs[index])) return undefined;
  const large = inputs.some((input) => input && sizeOf(input.shape) > FOLDED_ELEMENTS);
  if (large && !sharing.has(node.operator) && node.operator !== "Gather") return undefined;
  const [result] = inferShapes(node, { outputs: 1, constant: (value) => graph.constantOf(value) });
  const shape = result.shape.flatMap((dim) => (typeof dim === "number" ? [dim] : []));
  if (shape.length < result.shape.length && node.operator !== "NonZero") return undefined;
  if (sizeOf(shape) > FOLDED_ELEMENTS && !sharing.has(node.operator)) return undefined;
  return evaluate({ node, inputs, type: result.type, shape });
}

function foldShape(node: Incoming): Tensor | undefined {
  const [x] = node.inputs;
  if (!x) return undefined;
  const part = node.operator === "Shape" ? shapePart(node, x.shape) : x.shape;
  const lengths = part.flatMap((dim) => (typeof dim === "number" ? [dim] : []));
  if (lengths.length < part.length) return undefined;
  return int64(node.operator === "Shape" ? lengths : sizeOf(lengths));
}
