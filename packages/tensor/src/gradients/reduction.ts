/** Gradients of operators that fold axes. g is dL/dy, spread again over the folded axes. */
import { intAttribute } from "../graph/attributes.ts";
import { staticShape, type Value } from "../graph/graph.ts";
import { sizeOf } from "../onnx/tensor.ts";
import { Cast, Div, Equal, Exp, Max, Mul, Sub, Where } from "../operators/arithmetic.ts";
import { ScatterElements } from "../operators/indexing.ts";
import { Expand, Reshape } from "../operators/layout.ts";
import { CumSum, ReduceProd, ReduceSum } from "../operators/reduction.ts";
import { reducedAxes } from "../shapes/reduction.ts";
import { scale } from "./affine.ts";
import { isNotNegative, signOf } from "./masks.ts";
import {
  constantInput,
  type GradientRule,
  type GradientRules,
  shapeContextOf,
  type Unary,
  unaryRule,
  zerosLike,
} from "./rule.ts";

/** Rules by operator. */
export const reductionGradients: GradientRules = {
  // y = Σ x: dx = g
  ReduceSum: reductionRule(({ g, x }) => Expand(g, staticShape(x))),
  // y = Σ x / n: dx = g / n
  ReduceMean: reductionRule(({ g, x }) => {
    const count = sizeOf(staticShape(x)) / Math.max(1, sizeOf(staticShape(g)));
    return Expand(scale(g, 1 / count), staticShape(x));
  }),
  // y = max x: g goes to the largest, in equal parts to equals
  ReduceMax: reductionRule(({ g, x, y, axes }) => share(g, isNotNegative(Sub(x, y)), axes)),
  // y = min x: g goes to the smallest, in equal parts to equals
  ReduceMin: reductionRule(({ g, x, y, axes }) => share(g, isNotNegative(Sub(y, x)), axes)),
  // y = Π x: dx_i = g Π_{j≠i} x_j
  ReduceProd: reductionRule(productRule),
  // y = Σ x²: dx = 2 g x
  ReduceSumSquare: reductionRule(({ g, x }) => Mul(scale(g, 2), x)),
  // y = Σ |x|: dx = g sign(x)
  ReduceL1: reductionRule(({ g, x }) => Mul(g, signOf(x))),
  // y = √Σ x²: dx = g x / y, 0 where y is 0
  ReduceL2: reductionRule(({ g, x, y }) => Mul(Div(g, Max(y, y.graph.scalar(1e-37))), x)),
  // y = ln Σ x: dx = g e^-y
  ReduceLogSum: reductionRule(({ g, x, y }) => Expand(Mul(g, Exp(scale(y, -1))), staticShape(x))),
  // y = ln Σ e^x: dx = g e^(x - y)
  ReduceLogSumExp: reductionRule(({ g, x, y }) => Mul(g, Exp(Sub(x, y)))),
  // y = Σ_{j≤i} x_j: dx = the same from the other end
  CumSum: unaryRule(({ g, node, context }) => {
    const axis = constantInput(context, 1);
    const flags = ["exclusive", "reverse"].map((name) => intAttribute(node, name, 0) === 1);
    return CumSum(g, Number(axis?.data[0]), { exclusive: flags[0], reverse: !flags[1] });
  }),
  // y = the k largest of x: g goes where they came from
  TopK: unaryRule(({ g, x, node, context }) =>
    ScatterElements(zerosLike(x), {
      indices: context.graph.outputOf(node, 1),
      updates: g,
      axis: intAttribute(node, "axis", -1),
    }),
  ),
};

interface Reduction extends Unary {
  readonly axes: readonly number[];
}

/** Gives the rule g and y with the folded axes in their places, of length 1; a scalar broadcasts as it is. */
function reductionRule(dx: (of: Reduction) => Value): GradientRule {
  return unaryRule(({ g, x, y, ...rest }) => {
    const axes = reducedAxes(shapeContextOf(rest.context));
    const shape = staticShape(x).map((dim, axis) => (axes.includes(axis) ? 1 : dim));
    const kept = (value: Value) => (value.shape.length === 0 ? value : Reshape(value, shape));
    const of = { ...rest, g: kept(g), x, axes };
    return dx({
      ...of,
      get y() {
        return kept(y);
      },
    });
  });
}

/** g in equal parts to the elements of a mask. */
function share(g: Value, mask: Value, axes: readonly number[]): Value {
  return Mul(Div(g, total(mask, axes)), mask);
}

/** With zeros taken for ones, the product of the others is P / x; it is 0 unless every zero is the element itself. */
function productRule({ g, x, axes }: Reduction): Value {
  const [none, one] = [x.graph.scalar(0), x.graph.scalar(1)];
  const isZero = Equal(x, none);
  const nonzero = Where(isZero, one, x);
  const zero = Cast(isZero, "float32");
  const alone = Equal(total(zero, axes), zero);
  const product = axes.length === 0 ? nonzero : ReduceProd(nonzero, { axes, keepdims: true });
  const others = Div(product, nonzero);
  return Mul(Mul(g, others), Cast(alone, "float32"));
}

/** Sums over the folded axes, which stay with length 1; nothing to do when none is folded. */
function total(value: Value, axes: readonly number[]): Value {
  return axes.length === 0 ? value : ReduceSum(value, { axes, keepdims: true });
}
