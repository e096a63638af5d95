/** Replaces what can be computed now by constants. */
import type { Tensor } from "../onnx/tensor.ts";
import { inferShapes } from "../shapes/infer.ts";
import { shapePart } from "../shapes/layout.ts";
import { int64, sizeOf } from "../onnx/tensor.ts";
import { evaluators } from "./evaluate.ts";
import type { Graph, Node } from "./graph.ts";

/** Larger results stay nodes: they would make the file larger than the time they save is worth. */
export const FOLDED_ELEMENTS = 65_536;
/** Elements that one import may compute; more take longer than a second. */
export const FOLDED_IN_ALL = 4_000_000;

/** How many elements may still be computed. */
export interface FoldBudget {
  elements: number;
}

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
export function foldNode(
  graph: Graph,
  node: Incoming,
  budget: FoldBudget = { elements: FOLDED_IN_ALL },
): Tensor | undefined {
  if (node.domain !== "" || node.outputs !== 1) return undefined;
  if (node.operator === "Shape" || node.operator === "Size") return foldShape(node);
  const evaluate = evaluators.get(node.operator);
  if (!evaluate) return undefined;
  const inputs = node.inputs.map((value) => (value ? graph.constantOf(value) : undefined));
  if (inputs.some((input, index) => !input && node.inputs[index])) return undefined;
  const [result] = inferShapes(node, { outputs: 1, constant: (value) => graph.constantOf(value) });
  const shape = result.shape.flatMap((dim) => (typeof dim === "number" ? [dim] : []));
  if (shape.length < result.shape.length && node.operator !== "NonZero") return undefined;
  if (!sharing.has(node.operator) && !affords(node, inputs, { shape, budget })) return undefined;
  return evaluate({ node, inputs, type: result.type, shape });
}

/** Takes the work of a node off the budget, if it is small and there is enough left. */
function affords(
  { operator }: Incoming,
  inputs: readonly (Tensor | undefined)[],
  { shape, budget }: { shape: readonly number[]; budget: FoldBudget },
): boolean {
  const sizes = [...inputs.map((input) => (input ? sizeOf(input.shape) : 0)), sizeOf(shape)];
  // A row of a large table is cheap.
  const read = operator === "Gather" ? sizes.slice(1) : sizes;
  if (read.some((size) => size > FOLDED_ELEMENTS)) return false;
  const work = read.reduce((most, size) => Math.max(most, size), 0) * read.length;
  if (work > budget.elements) return false;
  budget.elements -= work;
  return true;
}

function foldShape(node: Incoming): Tensor | undefined {
  const [x] = node.inputs;
  if (!x) return undefined;
  const part = node.operator === "Shape" ? shapePart(node, x.shape) : x.shape;
  const lengths = part.flatMap((dim) => (typeof dim === "number" ? [dim] : []));
  if (lengths.length < part.length) return undefined;
  return int64(node.operator === "Shape" ? lengths : sizeOf(lengths));
}
