/** Gradients of arithmetic. g is dL/dy; operands that were broadcast get their sum. */
import { staticShape, type Value } from "../graph/graph.ts";
import { Mul } from "../operators/arithmetic.ts";
import { type GradientContext, type GradientRules, sumToShape } from "./rule.ts";

function operands({ inputs, outputGradients: [g] }: GradientContext): [Value, Value, Value] {
  const [a, b] = inputs;
  if (!a || !b || !g) throw new RangeError("a binary operator has two operands and a gradient");
  return [a, b, g];
}

/** Rules by operator. */
export const elementwiseGradients: GradientRules = {
  // y = a + b: da = g, db = g
  Add: (context) => {
    const [a, b, g] = operands(context);
    return [sumToShape(g, staticShape(a)), sumToShape(g, staticShape(b))];
  },
  // y = a b: da = g b, db = g a
  Mul: (context) => {
    const [a, b, g] = operands(context);
    const [needsA, needsB] = context.needs;
    return [
      needsA ? sumToShape(Mul(g, b), staticShape(a)) : null,
      needsB ? sumToShape(Mul(g, a), staticShape(b)) : null,
    ];
  },
};
