/** A value times, plus or minus a number: the constants of gradient formulas. */
import type { Value } from "../graph/graph.ts";
import { tensor } from "../onnx/tensor.ts";
import { Add, Mul, Sub } from "../operators/arithmetic.ts";

/** factor x */
export function scale(x: Value, factor: number): Value {
  return factor === 1 ? x : Mul(x, numberLike(x, factor));
}

/** x + offset */
export function shift(x: Value, offset: number): Value {
  return offset === 0 ? x : Add(x, numberLike(x, offset));
}

/** total - x */
export function subtractFrom(total: number, x: Value): Value {
  return Sub(numberLike(x, total), x);
}

/** A scalar of the type of x, where that is a float32 or float64. */
function numberLike({ graph, type }: Value, number: number): Value {
  if (type !== "float64") return graph.scalar(number);
  return graph.constant(tensor("float64", Float64Array.of(number), []));
}
