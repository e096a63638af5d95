/** Operators that fold axes. Names and meaning are ONNX's. Axes default to all; `keepdims` leaves them with length 1. */
import type { Value } from "../graph/graph.ts";
import { int } from "../onnx/model.ts";

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
export const ReduceL2 = reduction("ReduceL2");

/** Index of the largest element along an axis, int64; the first of equals. */
export function ArgMax(x: Value, { axis = -1, keepdims = false } = {}): Value {
  return x.graph.apply("ArgMax", [x], {
    attributes: { axis: int(axis), keepdims: int(Number(keepdims)) },
  });
}
