/** Gradients of operators that let some elements through and stop others. g is dL/dy. */
import { staticShape, type Value } from "../graph/graph.ts";
import { numbersOf } from "../onnx/tensor.ts";
import { Cast, Div, Mul, Sub, Sum } from "../operators/arithmetic.ts";
import { scale } from "./affine.ts";
import { halfStep, isNotNegative, isPositive } from "./masks.ts";
import {
  constantInput,
  type GradientContext,
  gradientOf,
  type GradientRule,
  type GradientRules,
  inputOf,
  sumToShape,
  unaryRule,
} from "./rule.ts";

/** Bounds from here on limit nothing: half the largest float32. */
const UNLIMITED = 1.7e38;

/** Rules by operator. */
export const selectionGradients: GradientRules = {
  // y = x: dx = g
  Identity: unaryRule(({ g }) => g),
  // y = x in another type: dx = g in the type of x
  Cast: unaryRule(({ g, x }) => Cast(g, x.type)),
  // y = max_i a_i: g goes to the largest, in equal parts to equals
  Max: extreme((difference) => difference),
  // y = min_i a_i: g goes to the smallest, in equal parts to equals
  Min: extreme((difference) => scale(difference, -1)),
  // y = a where c, else b: da = g c, db = g - g c
  Where: (context) => {
    const g = gradientOf(context);
    const [c, a, b] = [0, 1, 2].map((index) => inputOf(context, index));
    const chosen = Mul(g, Cast(c, "float32"));
    return [
      null,
      context.needs[1] ? sumToShape(chosen, staticShape(a)) : null,
      context.needs[2] ? sumToShape(Sub(g, chosen), staticShape(b)) : null,
    ];
  },
  // y = max(low, min(high, x)): dx = g where low < y < high; what x does not get, the bound that holds it gets
  Clip: clip,
  // y is constant but for jumps: dx = 0
  Sign: unaryRule(() => null),
  Floor: unaryRule(() => null),
  Ceil: unaryRule(() => null),
  Round: unaryRule(() => null),
  // inference: y = x, dx = g; training: y = x m / (1 - rate) for the mask m, dx = g m / (1 - rate)
  Dropout: unaryRule(({ g, node, context }) => {
    const training = constantInput(context, 2);
    if (!training || Number(training.data[0]) === 0) return g;
    const [rate] = numbersOf(
      constantInput(context, 1) ?? { ...training, data: Float32Array.of(0.5) },
    );
    const mask = Cast(context.graph.outputOf(node, 1), "float32");
    return Mul(g, scale(mask, 1 / (1 - rate)));
  }),
};

/** `upwards` turns a - y into what is 0 where a is chosen and negative elsewhere. */
function extreme(upwards: (difference: Value) => Value): GradientRule {
  return (context) => {
    const g = gradientOf(context);
    const operands = context.inputs.map((_, index) => inputOf(context, index));
    if (operands.length === 1) return [g];
    const shares = operands.length === 2 ? sharesOfTwo(operands, upwards) : undefined;
    const parts = shares ?? sharesOfMany(operands, context.outputs[0], upwards);
    return operands.map((a, index) =>
      context.needs[index] ? sumToShape(Mul(g, parts[index]), staticShape(a)) : null,
    );
  };
}

/** 1, 1/2 or 0 as a is above, equal to or below b. */
function sharesOfTwo([a, b]: readonly Value[], upwards: (difference: Value) => Value): Value[] {
  return [halfStep(upwards(Sub(a, b))), halfStep(upwards(Sub(b, a)))];
}

function sharesOfMany(
  operands: readonly Value[],
  y: Value,
  upwards: (difference: Value) => Value,
): Value[] {
  const chosen = operands.map((a) => isNotNegative(upwards(Sub(a, y))));
  const count = Sum(...chosen);
  return chosen.map((mask) => Div(mask, count));
}

function clip(context: GradientContext): readonly (Value | null)[] {
  const g = gradientOf(context);
  const [x, y] = [inputOf(context, 0), context.outputs[0]];
  const [low, high] = [bound(context, 1, "min"), bound(context, 2, "max")];
  const above = low && Sub(y, low);
  const below = high && Sub(high, y);
  const room = above && below ? Mul(above, below) : (above ?? below);
  return [
    room ? Mul(g, isPositive(room)) : g,
    low && context.needs[1] ? sumToShape(Mul(g, isNotNegative(Sub(low, x))), []) : null,
    high && context.needs[2] ? sumToShape(Mul(g, isNotNegative(Sub(x, high))), []) : null,
  ];
}

/** A bound of Clip, given as an input or, in old operator sets, as an attribute; none when it limits nothing. */
function bound(context: GradientContext, index: number, attribute: string): Value | undefined {
  const old = context.node.attributes[attribute];
  const value = context.inputs[index] ?? undefined;
  const content = constantInput(context, index);
  const known = old?.kind === "float" ? old.value : content && numbersOf(content)[0];
  if (known === undefined) return value;
  return Math.abs(known) > UNLIMITED ? undefined : context.graph.scalar(known);
}
