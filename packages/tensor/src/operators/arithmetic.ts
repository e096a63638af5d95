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
export const IsNaN = unary("IsNaN");
export const IsInf = unary("IsInf");

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
