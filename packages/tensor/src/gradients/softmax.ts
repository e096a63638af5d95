/** Gradients of Softmax and its logarithm along any axis. g is dL/dy. */
import { intAttribute } from "../graph/attributes.ts";
import { Exp, Mul, Sub } from "../operators/arithmetic.ts";
import { ReduceSum } from "../operators/reduction.ts";
import { type GradientRules, type Unary, unaryRule } from "./rule.ts";

/** Rules by operator. */
export const softmaxGradients: GradientRules = {
  // y_i = e^x_i / Σ e^x: dx = y (g - Σ g y)
  Softmax: unaryRule((of) => {
    const part = Mul(of.g, of.y);
    return Sub(part, Mul(of.y, sumAlongAxis(of, part)));
  }),
  // y_i = x_i - ln Σ e^x: dx = g - e^y Σ g
  LogSoftmax: unaryRule((of) => Sub(of.g, Mul(Exp(of.y), sumAlongAxis(of, of.g)))),
};

function sumAlongAxis({ node }: Unary, value: Unary["g"]): Unary["g"] {
  return ReduceSum(value, { axes: [intAttribute(node, "axis", -1)], keepdims: true });
}
