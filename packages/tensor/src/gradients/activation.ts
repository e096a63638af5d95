/** Gradients of activation functions. g is dL/dy. */
import { floatAttribute, textAttribute } from "../graph/attributes.ts";
import { staticShape, type Value } from "../graph/graph.ts";
import { Erf, HardSigmoid, Sigmoid } from "../operators/activation.ts";
import { Abs, Add, Exp, Mul, Reciprocal, Sub } from "../operators/arithmetic.ts";
import { scale, shift, subtractFrom } from "./affine.ts";
import { isNegative, isPositive } from "./masks.ts";
import { isZeroWithRelu } from "./max-pooling.ts";
import {
  gradientOf,
  type GradientRules,
  inputOf,
  sumToShape,
  type Unary,
  unaryRule,
} from "./rule.ts";

const SELU_ALPHA = 1.67326319217681884765625;
const SELU_GAMMA = 1.05070102214813232421875;

/** Rules by operator. */
export const activationGradients: GradientRules = {
  // y = max(0, x): dx = g [y > 0]
  Relu: unaryRule(({ g, y }) => (isZeroWithRelu(g, y) ? g : Mul(g, isPositive(y)))),
  // y = x > 0 ? x : α x: dx = g (α + (1 - α) [x > 0])
  LeakyRelu: unaryRule(({ g, x, node }) => {
    const alpha = floatAttribute(node, "alpha", 0.01);
    return Mul(g, shift(scale(isPositive(x), 1 - alpha), alpha));
  }),
  // y = x > α ? x : 0: dx = g [x > α]
  ThresholdedRelu: unaryRule(({ g, x, node }) =>
    Mul(g, isPositive(shift(x, -floatAttribute(node, "alpha", 1)))),
  ),
  // y = x > 0 ? x : s x: dx = g (s + (1 - s) [x > 0]), ds = g min(0, x)
  PRelu: (context) => {
    const g = gradientOf(context);
    const [x, s] = [inputOf(context, 0), inputOf(context, 1)];
    const above = isPositive(x);
    return [
      context.needs[0] ? Mul(g, Add(above, Mul(s, subtractFrom(1, above)))) : null,
      context.needs[1] ? sumToShape(Mul(g, negativePart(x)), staticShape(s)) : null,
    ];
  },
  // y = x > 0 ? x : α (e^x - 1): dx = g (α e^min(0, x) + (1 - α) [x > 0])
  Elu: unaryRule((of) => Mul(of.g, eluSlope(of.x, floatAttribute(of.node, "alpha", 1)))),
  // y = γ Elu(x): dx = γ times that of Elu
  Selu: unaryRule(({ g, x, node }) => {
    const slope = eluSlope(x, floatAttribute(node, "alpha", SELU_ALPHA));
    return Mul(g, scale(slope, floatAttribute(node, "gamma", SELU_GAMMA)));
  }),
  // y = max(0, x) + min(0, α (e^(x/α) - 1)): dx = g e^(min(0, x) / α)
  Celu: unaryRule(({ g, x, node }) =>
    Mul(g, Exp(scale(negativePart(x), 1 / floatAttribute(node, "alpha", 1)))),
  ),
  // y = σ(x): dx = g (y - y²)
  Sigmoid: unaryRule(({ g, y }) => Mul(g, Sub(y, Mul(y, y)))),
  // y = tanh(x): dx = g (1 - y²)
  Tanh: unaryRule(({ g, y }) => Mul(g, subtractFrom(1, Mul(y, y)))),
  // y = max(0, min(1, α x + β)): dx = g α [0 < y < 1]
  HardSigmoid: unaryRule(({ g, y, node }) =>
    Mul(g, scale(isInside(y), floatAttribute(node, "alpha", 0.2))),
  ),
  // y = x h, h = max(0, min(1, x / 6 + 1/2)): dx = g (h + x / 6 [0 < h < 1])
  HardSwish: unaryRule(({ g, x }) => {
    const h = HardSigmoid(x, { alpha: 1 / 6, beta: 0.5 });
    return Mul(g, Add(h, Mul(scale(x, 1 / 6), isInside(h))));
  }),
  // y = ln(1 + e^x): dx = g σ(x)
  Softplus: unaryRule(({ g, x }) => Mul(g, Sigmoid(x))),
  // y = x / (1 + |x|): dx = g (1 - |y|)²
  Softsign: unaryRule(({ g, y }) => {
    const rest = subtractFrom(1, Abs(y));
    return Mul(g, Mul(rest, rest));
  }),
  // y = x t, t = tanh(ln(1 + e^x)) = 1 - 2 / (e^x (e^x + 2) + 2): dx = g (t + x σ(x) (1 - t²))
  Mish: unaryRule(({ g, x }) => {
    const e = Exp(x);
    const t = subtractFrom(1, scale(Reciprocal(shift(Mul(e, shift(e, 2)), 2)), 2));
    return Mul(g, Add(t, Mul(Mul(x, Sigmoid(x)), subtractFrom(1, Mul(t, t)))));
  }),
  // y = x Φ(x): dx = g (Φ(x) + x φ(x)); or its approximation
  Gelu: unaryRule((of) =>
    textAttribute(of.node, "approximate", "none") === "tanh" ? tanhGelu(of) : exactGelu(of),
  ),
  "com.microsoft.Gelu": unaryRule(exactGelu),
  // y = z s, z = x + bias, s = σ(2 √(2/π) (z + 0.044715 z³))
  "com.microsoft.FastGelu": (context) => {
    const [x, bias] = context.inputs;
    const z = bias ? Add(inputOf(context, 0), bias) : inputOf(context, 0);
    const dz = tanhGelu({ g: gradientOf(context), x: z });
    return [x && dz, bias && context.needs[1] ? sumToShape(dz, staticShape(bias)) : null];
  },
  // y = x s, s = σ(α x): dx = g (s + α x (s - s²))
  "com.microsoft.QuickGelu": unaryRule(({ g, x, node }) => {
    const u = scale(x, floatAttribute(node, "alpha", 1.702));
    const s = Sigmoid(u);
    return Mul(g, Add(s, Mul(u, Sub(s, Mul(s, s)))));
  }),
};

/** min(0, x) */
function negativePart(x: Value): Value {
  return Mul(x, isNegative(x));
}

/** α e^min(0, x) + (1 - α) [x > 0] */
function eluSlope(x: Value, alpha: number): Value {
  const below = scale(Exp(negativePart(x)), alpha);
  return alpha === 1 ? below : Add(below, scale(isPositive(x), 1 - alpha));
}

/** 1 where 0 < y < 1, else 0. */
function isInside(y: Value): Value {
  return isPositive(Sub(y, Mul(y, y)));
}

/**
 * With s = x / √2: Φ = (1 + erf s) / 2, which HardSigmoid computes in one node, and x φ(x) = s e^(ln(1/√π) - s²).
 * Source: Hendrycks and Gimpel, "Gaussian Error Linear Units", 2016.
 */
function exactGelu({ g, x }: Pick<Unary, "g" | "x">): Value {
  const s = scale(x, Math.SQRT1_2);
  const phi = HardSigmoid(Erf(s), { alpha: 0.5, beta: 0.5 });
  const density = Exp(subtractFrom(-0.5 * Math.log(Math.PI), Mul(s, s)));
  return Mul(g, Add(phi, Mul(s, density)));
}

/** (1 + tanh u) / 2 = σ(2u). With v = 2 √(2/π) (1 + 0.044715 x²) and s = σ(x v): dx = g (s + x (s - s²) (3v - 2v₀)). */
function tanhGelu({ g, x }: Pick<Unary, "g" | "x">): Value {
  const v0 = 2 * Math.sqrt(2 / Math.PI);
  const v = shift(scale(Mul(x, x), 0.044715 * v0), v0);
  const s = Sigmoid(Mul(x, v));
  const slope = shift(scale(v, 3), -2 * v0);
  return Mul(g, Add(s, Mul(Mul(x, slope), Sub(s, Mul(s, s)))));
}
