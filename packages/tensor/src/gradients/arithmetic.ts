/** Gradients of arithmetic. g is dL/dy; what operands with broadcasting get is summed to their shape. */
import { staticShape, type Value } from "../graph/graph.ts";
import { type Tensor, numbersOf } from "../onnx/tensor.ts";
import {
  Cast,
  Cos,
  Div,
  Equal,
  Exp,
  Log,
  Mul,
  Neg,
  Pow,
  Sin,
  Where,
} from "../operators/arithmetic.ts";
import { scale, shift, subtractFrom } from "./affine.ts";
import { signOf } from "./masks.ts";
import {
  binaryRule,
  constantInput,
  gradientOf,
  type GradientRule,
  type GradientRules,
  inputOf,
  sumToShape,
  type Unary,
  unaryRule,
} from "./rule.ts";

/** Rules by operator. */
export const arithmeticGradients: GradientRules = {
  // y = a + b: da = g, db = g
  Add: binaryRule(
    ({ g }) => g,
    ({ g }) => g,
  ),
  // y = a - b: da = g, db = -g
  Sub: difference,
  // y = a b: da = g b, db = g a
  Mul: binaryRule(
    ({ g, b }) => Mul(g, b),
    ({ g, a }) => Mul(g, a),
  ),
  // y = a / b: da = g / b, db = -g y / b
  Div: binaryRule(
    ({ g, b }) => Div(g, b),
    ({ g, b, y }) => Neg(Div(Mul(g, y), b)),
  ),
  // y = Σ a_i: da_i = g
  Sum: ({ inputs, ...rest }) => {
    const g = gradientOf({ inputs, ...rest });
    return inputs.map((a) => a && sumToShape(g, staticShape(a)));
  },
  // y = Σ a_i / n: da_i = g / n
  Mean: ({ inputs, ...rest }) => {
    const g = scale(gradientOf({ inputs, ...rest }), 1 / inputs.length);
    return inputs.map((a) => a && sumToShape(g, staticShape(a)));
  },
  // y = a^b: da = g b a^(b-1), db = g y ln a
  Pow: power,
  // y = -x: dx = -g
  Neg: unaryRule(({ g }) => Neg(g)),
  // y = |x|: dx = g sign(x)
  Abs: unaryRule(({ g, x }) => Mul(g, signOf(x))),
  // y = √x: dx = g / 2y
  Sqrt: unaryRule(({ g, y }) => Div(scale(g, 0.5), y)),
  // y = e^x: dx = g y
  Exp: unaryRule(({ g, y }) => Mul(g, y)),
  // y = ln x: dx = g / x
  Log: unaryRule(({ g, x }) => Div(g, x)),
  // y = 1 / x: dx = -g y²
  Reciprocal: unaryRule(({ g, y }) => Neg(Mul(g, Mul(y, y)))),
  // y = sin x: dx = g cos x
  Sin: unaryRule(({ g, x }) => Mul(g, Cos(x))),
  // y = cos x: dx = -g sin x
  Cos: unaryRule(({ g, x }) => Neg(Mul(g, Sin(x)))),
  // y = erf x: dx = g 2/√π e^(-x²)
  Erf: unaryRule(({ g, x }) =>
    Mul(g, Exp(subtractFrom(Math.log(2 / Math.sqrt(Math.PI)), Mul(x, x)))),
  ),
};

function difference(context: Parameters<GradientRule>[0]): readonly (Value | null)[] {
  const g = gradientOf(context);
  const [a, b] = [inputOf(context, 0), inputOf(context, 1)];
  return [
    context.needs[0] ? sumToShape(g, staticShape(a)) : null,
    context.needs[1] ? Neg(sumToShape(g, staticShape(b))) : null,
  ];
}

function power(context: Parameters<GradientRule>[0]): readonly (Value | null)[] {
  const exponent = constantInput(context, 1);
  const rule = exponent?.data.length === 1 ? unaryRule(powerOf(exponent)) : powerOfTensor;
  return rule(context);
}

/** y = x^p: dx = g p x^(p-1), without Pow where p is common. */
function powerOf(exponent: Tensor): (of: Unary) => Value | null {
  const [p] = numbersOf(exponent);
  return ({ g, x, y }) => {
    if (p === 0) return null;
    if (p === 0.5) return Div(scale(g, 0.5), y);
    if (p === 3) return Mul(g, scale(Mul(x, x), 3));
    const rest = p === 2 ? x : Pow(x, x.graph.scalar(p - 1));
    return p === 1 ? g : Mul(g, scale(rest, p));
  };
}

/** Where b is 0, da is 0, and where a is 0, db is 0, as their limits are: the formulas would give 0 times infinity. */
const powerOfTensor = binaryRule(
  ({ g, a, b }) => {
    const [p, none] = [Cast(b, "float32"), g.graph.scalar(0)];
    return Mul(g, Where(Equal(p, none), none, Mul(p, Pow(a, shift(p, -1)))));
  },
  ({ g, a, y }) => {
    const none = g.graph.scalar(0);
    return Mul(g, Where(Equal(a, none), none, Mul(y, Log(a))));
  },
);
