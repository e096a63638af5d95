/** What computes a node whose inputs are all known. */
import { allocate, type ElementType, sizeOf, type Tensor } from "../onnx/tensor.ts";
import type { Node } from "./graph.ts";

/** A node to compute: its inputs, and the type and shape of its first output. */
export interface Evaluation {
  readonly node: Pick<Node, "operator" | "name" | "attributes">;
  readonly inputs: readonly (Tensor | undefined)[];
  readonly type: ElementType;
  readonly shape: readonly number[];
}

/** The first output; undefined when it cannot be computed exactly, which leaves the node as it is. */
export type Evaluator = (evaluation: Evaluation) => Tensor | undefined;

const ranges: Partial<Record<ElementType, readonly [number, number]>> = {
  int64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint8: [0, 255],
  int8: [-128, 127],
  bool: [0, 1],
};

/** A number as an element of a tensor; undefined when it does not fit: results are exact or not given at all. */
export function toElement(type: ElementType, value: number): number | bigint | undefined {
  if (type === "float32" || type === "float64") return value;
  const range = ranges[type];
  if (!range || !Number.isInteger(value) || value < range[0] || value > range[1]) return undefined;
  return type === "int64" ? BigInt(value) : value;
}

/** A tensor whose elements are worked out one by one; undefined when one does not fit the type. */
export function fill(
  type: ElementType,
  shape: readonly number[],
  element: (at: number) => number,
): Tensor | undefined {
  const data = allocate(type, sizeOf(shape));
  for (let at = 0; at < data.length; at++) {
    const value = toElement(type, element(at));
    if (value === undefined) return undefined;
    data[at] = value;
  }
  return { type, shape, data };
}
