/** Operators that work element by element, with multidirectional broadcasting. */
import { broadcastShapes, broadcastsTo, normalizeAxis } from "../graph/dims.ts";
import type { Dim } from "../onnx/model.ts";
import { type ElementType, elementTypeCodes, formatShape } from "../onnx/tensor.ts";
import { intAttribute } from "../graph/attributes.ts";
import { failShape, type ShapeContext, type ShapeRule } from "./rule.ts";

const unary: ShapeRule = ({ input }) => [{ type: input(0).type, shape: input(0).shape }];

/** Softmax and its like work along `axis`, which has to be there. */
const alongAxis: ShapeRule = ({ node, input }) => {
  const { type, shape } = input(0);
  normalizeAxis(intAttribute(node, "axis", -1), shape.length, node.name);
  return [{ type, shape }];
};

const variadic: ShapeRule = (context) => [
  { type: sameType(context, 0), shape: broadcastInputs(context, 0) },
];

const binary: ShapeRule = (context) => {
  context.input(1);
  return variadic(context);
};

const comparison: ShapeRule = (context) => [{ type: "bool", shape: binary(context)[0].shape }];

const where: ShapeRule = (context) => {
  const { type } = context.input(0);
  if (type !== "bool") failShape(context.node, `expected a condition of bool, not ${type}`);
  context.input(2);
  return [{ type: sameType(context, 1), shape: broadcastInputs(context, 0) }];
};

const pow: ShapeRule = (context) => {
  context.input(1);
  return [{ type: context.input(0).type, shape: broadcastInputs(context, 0) }];
};

const prelu: ShapeRule = ({ node, input }) => {
  const [{ type, shape }, slope] = [input(0), input(1)];
  if (!broadcastsTo(slope.shape, shape))
    failShape(node, `expected a slope that broadcasts to ${formatShape(shape)}`);
  return [{ type, shape }];
};

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
function broadcastInputs({ node }: ShapeContext, first: number): readonly Dim[] {
  let shape: readonly Dim[] = [];
  for (const value of node.inputs.slice(first)) {
    if (!value) continue;
    shape =
      broadcastShapes(shape, value.shape) ?? failShape(node, "expected shapes that broadcast");
  }
  return shape;
}

/** The one type of all inputs from `first` on. */
function sameType({ node, input }: ShapeContext, first: number): ElementType {
  const { type } = input(first);
  for (const value of node.inputs.slice(first)) {
    if (value && value.type !== type) {
      failShape(node, `expected inputs of one type, not ${type} and ${value.type}`);
    }
  }
  return type;
}

const unaryNames = `
  Identity Neg Abs Exp Log Sqrt Reciprocal Sign Floor Ceil Round Not BitwiseNot Clip Erf CumSum Trilu
  Sin Cos Tan Asin Acos Atan Sinh Cosh Asinh Acosh Atanh Shrink LRN MeanVarianceNormalization
  Sigmoid Tanh Relu LeakyRelu Elu Selu Celu Softplus Softsign HardSigmoid HardSwish Gelu Mish ThresholdedRelu
  com.microsoft.QuickGelu com.microsoft.FastGelu com.microsoft.Gelu`
  .trim()
  .split(/\s+/);
const axisNames = ["Softmax", "LogSoftmax", "Hardmax", "LpNormalization"];
const variadicNames = ["Min", "Max", "Sum", "Mean"];
const binaryNames = ["Add", "Sub", "Mul", "Div", "Mod"];
const logicNames = ["And", "Or", "Xor", "BitwiseAnd", "BitwiseOr", "BitwiseXor", "BitShift"];
const comparisonNames = ["Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual"];

/** Shape rules by operator. */
export const elementwiseShapes: Readonly<Record<string, ShapeRule>> = {
  ...Object.fromEntries(unaryNames.map((name) => [name, unary])),
  ...Object.fromEntries(axisNames.map((name) => [name, alongAxis])),
  ...Object.fromEntries(variadicNames.map((name) => [name, variadic])),
  ...Object.fromEntries([...binaryNames, ...logicNames].map((name) => [name, binary])),
  ...Object.fromEntries(comparisonNames.map((name) => [name, comparison])),
  Where: where,
  Pow: pow,
  PRelu: prelu,
  Cast: cast,
  CastLike: ({ input }) => [{ type: input(1).type, shape: input(0).shape }],
  Dropout: dropout,
  IsNaN: ({ input }) => [{ type: "bool", shape: input(0).shape }],
  IsInf: ({ input }) => [{ type: "bool", shape: input(0).shape }],
};
