/** Operators that fold axes. Names and meaning are ONNX's. Axes default to all; `keepdims` leaves them with length 1. */
import type { Value } from "../graph/graph.ts";
import { int } from "../onnx/model.ts";
import { int64 } from "../onnx/tensor.ts";

/** Which axes to fold, and whether they stay with length 1. */
export interface ReduceOptions {
  readonly axes?: readonly number[];
  readonly keepdims?: boolean;
}

function reduction(operator: string): (x: Value, options?: ReduceOptions) => Value {
  return (x, { axes, keepdims = false } = {}) =>
    x.graph.apply(operator, axes ? [x, x.graph.integers(axes)] : [x], {
      attributes: { keepdims: int(Number(keepdims)) },
    });
}

export const ReduceSum = reduction("ReduceSum");
export const ReduceMean = reduction("ReduceMean");
export const ReduceMax = reduction("ReduceMax");
export const ReduceMin = reduction("ReduceMin");
export const ReduceProd = reduction("ReduceProd");
export const ReduceSumSquare = reduction("ReduceSumSquare");
export const ReduceL1 = reduction("ReduceL1");
export const ReduceLogSum = reduction("ReduceLogSum");
export const ReduceLogSumExp = reduction("ReduceLogSumExp");
export const ReduceL2 = reduction("ReduceL2");

/** Index of the largest element along an axis, int64; the first of equals. */
export function ArgMax(x: Value, { axis = -1, keepdims = false } = {}): Value {
  return x.graph.apply("ArgMax", [x], {
    attributes: { axis: int(axis), keepdims: int(Number(keepdims)) },
  });
}

/** The `k` largest elements along an axis (or smallest), in order, and their int64 indices. */
export function TopK(
  x: Value,
  k: number,
  { axis = -1, largest = true } = {},
): { values: Value; indices: Value } {
  const [values, indices] = x.graph.node("TopK", [x, x.graph.integers([k])], {
    attributes: { axis: int(axis), largest: int(Number(largest)), sorted: int(1) },
    outputs: 2,
  });
  return { values, indices };
}

/** Running sums along an axis; `exclusive` leaves the element itself out, `reverse` runs from the end. */
export function CumSum(x: Value, axis: number, { exclusive = false, reverse = false } = {}): Value {
  return x.graph.apply("CumSum", [x, x.graph.constant(int64(axis))], {
    attributes: { exclusive: int(Number(exclusive)), reverse: int(Number(reverse)) },
  });
}
