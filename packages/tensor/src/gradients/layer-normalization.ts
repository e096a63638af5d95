/**
 * Gradient of LayerNormalization. Per row of D elements with mean μ and r = 1 / √(variance + ε), which the operator gives:
 *
 *   c = x - μ,   y = c r s + b
 *   dx = r (g s - mean(g s) - c r² mean(g c s)),   ds = Σ r g c,   db = Σ g
 *
 * mean(g c s) is a product with the column s / D and ds one with the row of all r, so that c r is never made.
 * Source: Ba, Kiros, Hinton, "Layer Normalization", 2016.
 */
import { intAttribute } from "../graph/attributes.ts";
import { normalizeAxis } from "../graph/dims.ts";
import { staticShape, type Value } from "../graph/graph.ts";
import { sizeOf } from "../onnx/tensor.ts";
import { Mul, Sub } from "../operators/arithmetic.ts";
import { Expand, Reshape } from "../operators/layout.ts";
import { MatMul } from "../operators/matmul.ts";
import { ReduceMean } from "../operators/reduction.ts";
import { scale } from "./affine.ts";
import {
  type GradientContext,
  gradientOf,
  type GradientRules,
  inputOf,
  sumToShape,
} from "./rule.ts";

/** Rules by operator. */
export const layerNormalizationGradients: GradientRules = {
  LayerNormalization: (context) => {
    const [x, s, b] = [inputOf(context, 0), inputOf(context, 1), context.inputs[2]];
    const normalized = normalizedShape(context);
    const length = sizeOf(normalized);
    const count = sizeOf(staticShape(x)) / length;
    const g = Reshape(gradientOf(context), [count, length]);
    const [mean, r] = [1, 2].map((index) =>
      Reshape(context.graph.outputOf(context.node, index), [count, 1]),
    );
    const c = Sub(Reshape(x, [count, length]), mean);
    const gc = Mul(g, c);
    const ds = () => Reshape(MatMul(Reshape(r, [1, count]), gc), normalized);
    const whole = sizeOf(staticShape(s)) === length ? s : Expand(s, normalized);
    const dx = () => gradientOfRows({ g, c, gc, r, s: Reshape(whole, [length]) });
    return [
      context.needs[0] ? Reshape(dx(), staticShape(x)) : null,
      context.needs[1] ? sumToShape(ds(), staticShape(s)) : null,
      b && context.needs[2] ? sumToShape(gradientOf(context), staticShape(b)) : null,
    ];
  },
};

/** The axes over which a row is normalised. */
function normalizedShape(context: GradientContext): readonly number[] {
  const { node } = context;
  const shape = staticShape(inputOf(context, 0));
  return shape.slice(normalizeAxis(intAttribute(node, "axis", -1), shape.length, node.name));
}

/** r (g s - mean(g s) - c r² mean(g c s)) */
function gradientOfRows({ g, c, gc, r, s }: Record<"g" | "c" | "gc" | "r" | "s", Value>): Value {
  const [length] = staticShape(s);
  const gs = Mul(g, s);
  const mean = ReduceMean(gs, { axes: [1], keepdims: true });
  const slope = Mul(Mul(r, r), MatMul(gc, Reshape(scale(s, 1 / length), [length, 1])));
  return Mul(r, Sub(Sub(gs, mean), Mul(c, slope)));
}
