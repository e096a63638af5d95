/** Operators that work element by element, with multidirectional broadcasting. */
import { broadcastShapes } from "../graph/dims.ts";
import type { Dim } from "../onnx/model.ts";
import { type ElementType, elementTypeCodes } from "../onnx/tensor.ts";
import { intAttribute } from "../graph/attributes.ts";
import { failShape, type ShapeContext, type ShapeRule } from "./rule.ts";

const unary: ShapeRule = ({ input }) => [{ type: input(0).type, shape: input(0).shape }];

const broadcast: ShapeRule = (context) => [
  { type: sameType(context), shape: broadcastInputs(context, 0) },
];

const comparison: ShapeRule = (context) => {
  sameType(context);
  return [{ type: "bool", shape: broadcastInputs(context, 0) }];
};

const where: ShapeRule = (context) => [
  { type: context.input(1).type, shape: broadcastInputs(context, 0) },
];

const pow: ShapeRule = (context) => [
  { type: context.input(0).type, shape: broadcastInputs(context, 0) },
];

const cast: ShapeRule = ({ node, input }) => {
  const code = intAttribute(node, "to", 1);
  const type = (Object.keys(elementTypeCodes) as ElementType[]).find(
    (name) => elementTypeCodes[name] === code,
  );
  if (!type) failShape(node, `to must be a known element type, not ${code}`);
  return [{ type, shape: input(0).shape }];
};

const dropout: ShapeRule = ({ input }) => [
  { type: input(0).type, shape: input(0).shape },
  { type: "bool", shape: input(0).shape },
];

/** The shape to which all inputs from `first` on broadcast. */
export function broadcastInputs({ node }: ShapeContext, first: number): readonly Dim[] {
  let shape: readonly Dim[] = [];
  for (const value of node.inputs.slice(first)) {
    if (!value) continue;
    shape =
      broadcastShapes(shape, value.shape) ?? failShape(node, "expected shapes that broadcast");
  }
  return shape;
}

function sameType({ node, input }: ShapeContext): ElementType {
  const { type } = input(0);
  for (const value of node.inputs) {
    if (value && value.type !== type) {
      failShape(node, `expected inputs of one type, got ${type} and ${value.type};`);
    }
  }
  return type;
}

const unaryNames = `
  Identity Neg Abs Exp Log Sqrt Reciprocal Sign Floor Ceil Round Not BitwiseNot Clip Erf CumSum Trilu
  Sin Cos Tan Asin Acos Atan Sinh Cosh Asinh Acosh Atanh Hardmax Shrink LRN LpNormalization MeanVarianceNormalization
  Sigmoid Tanh Relu LeakyRelu Elu Selu Celu Softplus Softsign HardSigmoid HardSwish Gelu Mish ThresholdedRelu
  Softmax LogSoftmax com.microsoft.QuickGelu com.microsoft.FastGelu com.microsoft.Gelu`
  .trim()
  .split(/\s+/);
const broadcastNames = ["Add", "Sub", "Mul", "Div", "Mod", "Min", "Max", "Sum", "Mean", "PRelu"];
const logicNames = ["And", "Or", "Xor", "BitwiseAnd", "BitwiseOr", "BitwiseXor", "BitShift"];
const comparisonNames = ["Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual"];

/** Shape rules by operator. */
export const elementwiseShapes: Readonly<Record<string, ShapeRule>> = {
  ...Object.fromEntries(unaryNames.map((name) => [name, unary])),
  ...Object.fromEntries([...broadcastNames, ...logicNames].map((name) => [name, broadcast])),
  ...Object.fromEntries(comparisonNames.map((name) => [name, comparison])),
  Where: where,
  Pow: pow,
  Cast: cast,
  CastLike: ({ input }) => [{ type: input(1).type, shape: input(0).shape }],
  Dropout: dropout,
  IsNaN: ({ input }) => [{ type: "bool", shape: input(0).shape }],
  IsInf: ({ input }) => [{ type: "bool", shape: input(0).shape }],
};
