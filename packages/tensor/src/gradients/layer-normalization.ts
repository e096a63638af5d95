/**
 * Gradient of LayerNormalization. Per row of D elements with mean μ and r = 1 / √(variance + ε), which the operator gives:
 *
 *   n = (x - μ) r,   y = n s + b
 *   dx = r (g s - mean(g s) - n mean(g n s)),   ds = Σ g n,   db = Σ g
 *
 * The two means are products with the column s / D, so that nothing of the size of x is made for them.
 * Source: Ba, Kiros, Hinton, "Layer Normalization", 2016.
 */
import { intAttribute } from "../graph/attributes.ts";
import { normalizeAxis } from "../graph/dims.ts";
import { staticShape, type Value } from "../graph/graph.ts";
import { sizeOf } from "../onnx/tensor.ts";
import { Mul, Sub } from "../operators/arithmetic.ts";
import { Reshape } from "../operators/layout.ts";
import { MatMul } from "../operators/matmul.ts";
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
    const rows = rowsOf(context);
    const flat = (value: Value) => Reshape(value, [rows.count, rows.length]);
    const g = flat(gradientOf(context));
    const [mean, inverse] = [1, 2].map((index) =>
      Reshape(context.graph.outputOf(context.node, index), [rows.count, 1]),
    );
    const n = Mul(Sub(flat(x), mean), inverse);
    const gn = Mul(g, n);
    const weights = Reshape(s, [rows.length]);
    const sum = (value: Value, to: Value) =>
      sumToShape(Reshape(value, staticShape(x)), staticShape(to));
    return [
      context.needs[0] ? Reshape(dx({ g, n, gn, inverse, weights }), staticShape(x)) : null,
      context.needs[1] ? sum(gn, s) : null,
      b && context.needs[2] ? sum(g, b) : null,
    ];
  },
};

interface Rows {
  readonly count: number;
  readonly length: number;
}

function rowsOf({ node, ...context }: GradientContext): Rows {
  const shape = staticShape(inputOf({ node, ...context }, 0));
  const axis = normalizeAxis(intAttribute(node, "axis", -1), shape.length, node.name);
  return { count: sizeOf(shape.slice(0, axis)), length: sizeOf(shape.slice(axis)) };
}

interface Parts {
  readonly g: Value;
  readonly n: Value;
  readonly gn: Value;
  readonly inverse: Value;
  readonly weights: Value;
}

function dx({ g, n, gn, inverse, weights }: Parts): Value {
  const [length] = staticShape(weights);
  const column = Reshape(scale(weights, 1 / length), [length, 1]);
  return Mul(Sub(Sub(Mul(g, weights), MatMul(g, column)), Mul(n, MatMul(gn, column))), inverse);
}
