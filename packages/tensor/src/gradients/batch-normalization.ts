/**
 * Gradient of batch normalisation with given statistics, as at inference: the mean μ and the variance v of each channel
 * are numbers that do not depend on the batch. g is dL/dy, r = 1 / √(v + ε), sums go over all axes but the channel's.
 * Source: Ioffe and Szegedy, "Batch Normalization", ICML 2015, section 3.1.
 */
import { floatAttribute, intAttribute } from "../graph/attributes.ts";
import type { Value } from "../graph/graph.ts";
import { Mul, Neg, Reciprocal, Sqrt, Sub } from "../operators/arithmetic.ts";
import { Reshape } from "../operators/layout.ts";
import { failShape } from "../shapes/rule.ts";
import { scale as times, shift } from "./affine.ts";
import { sumPerChannel } from "./convolution.ts";
import { gradientOf, type GradientRules, inputOf } from "./rule.ts";

/** Rules by operator. */
export const batchNormalizationGradients: GradientRules = {
  // y = s r (x - μ) + b: dx = s r g, ds = r (Σ g x - μ Σ g), db = Σ g, dμ = -s r Σ g, dv = -s r ds / 2 · r
  BatchNormalization: (context) => {
    const { node, needs } = context;
    if (intAttribute(node, "training_mode", 0) === 1)
      failShape(node, "expected given statistics (training_mode 0): they stay frozen");
    const g = gradientOf(context);
    const [x, s, , mean, variance] = [0, 1, 2, 3, 4].map((index) => inputOf(context, index));
    const r = Reciprocal(Sqrt(shift(variance, floatAttribute(node, "epsilon", 1e-5))));
    const slope = Mul(s, r);
    const needsScale = needs[1] || needs[4];
    const db = needs[2] || needs[3] || needsScale ? sumPerChannel(g) : null;
    const ds = db && needsScale ? Mul(r, Sub(sumPerChannel(Mul(g, x)), Mul(mean, db))) : null;
    return [
      needs[0] ? Mul(g, perChannel(slope, x)) : null,
      ds,
      db,
      needs[3] && db ? Neg(Mul(slope, db)) : null,
      needs[4] && ds ? times(Mul(Mul(slope, r), ds), -0.5) : null,
    ];
  },
};

/** A vector [channels] in a shape that broadcasts over `x`. */
function perChannel(vector: Value, x: Value): Value {
  return Reshape(vector, [Number(vector.shape[0]), ...x.shape.slice(2).map(() => 1)]);
}
