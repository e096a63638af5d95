/** Arithmetic, comparison and logic, element by element with broadcasting. Names and meaning are ONNX's. */
import { graphOf, type Value } from "../graph/graph.ts";
import { int } from "../onnx/model.ts";
import { type ElementType, elementTypeCodes } from "../onnx/tensor.ts";

function binary(operator: string): (a: Value, b: Value) => Value {
  return (a, b) => graphOf([a, b]).apply(operator, [a, b]);
}

function unary(operator: string): (x: Value) => Value {
  return (x) => x.graph.apply(operator, [x]);
}

export const Add = binary("Add");
export const Sub = binary("Sub");
export const Mul = binary("Mul");
export const Div = binary("Div");
export const Pow = binary("Pow");
export const Min = binary("Min");
export const Max = binary("Max");
export const Equal = binary("Equal");
export const Greater = binary("Greater");
export const GreaterOrEqual = binary("GreaterOrEqual");
export const Less = binary("Less");
export const LessOrEqual = binary("LessOrEqual");
export const And = binary("And");
export const Or = binary("Or");

export const Identity = unary("Identity");
export const Neg = unary("Neg");
export const Abs = unary("Abs");
export const Exp = unary("Exp");
export const Log = unary("Log");
export const Sqrt = unary("Sqrt");
export const Reciprocal = unary("Reciprocal");
export const Sign = unary("Sign");
export const Not = unary("Not");
export const Sin = unary("Sin");
export const Cos = unary("Cos");
export const Floor = unary("Floor");
export const Ceil = unary("Ceil");
/** To the nearest integer, halves to the even one. */
export const Round = unary("Round");
export const IsNaN = unary("IsNaN");
export const IsInf = unary("IsInf");

/** The remainder of a / b with the sign of b, for integers. */
export const Mod = binary("Mod");

/** The sum of any number of values. */
export function Sum(...values: readonly Value[]): Value {
  return graphOf(values).apply("Sum", values);
}

/** The mean of any number of values. */
export function Mean(...values: readonly Value[]): Value {
  return graphOf(values).apply("Mean", values);
}

/** `yes` where `condition` holds, else `no`. */
export function Where(condition: Value, yes: Value, no: Value): Value {
  return graphOf([condition, yes, no]).apply("Where", [condition, yes, no]);
}

/** Limits elements to [`min`, `max`]. */
export function Clip(x: Value, min: number, max: number): Value {
  return x.graph.apply("Clip", [x, x.graph.scalar(min), x.graph.scalar(max)]);
}

/** The elements as another type. */
export function Cast(x: Value, type: ElementType): Value {
  if (x.type === type) return x;
  return x.graph.apply("Cast", [x], { attributes: { to: int(elementTypeCodes[type]) } });
}
