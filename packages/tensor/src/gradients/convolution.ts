/** Gradients of convolutions over [batch, channels, ...spatial]. g is dL/dy. */
import { intAttribute } from "../graph/attributes.ts";
import { staticShape, type Value } from "../graph/graph.ts";
import { Conv } from "../operators/convolution.ts";
import { ReduceSum } from "../operators/reduction.ts";
import { transposedWindowOf, windowOf } from "../shapes/convolution.ts";
import { inputGradient } from "./convolution-input.ts";
import { weightGradient } from "./convolution-weight.ts";
import { gradientOf, type GradientRules, inputOf } from "./rule.ts";

/** Rules by operator. */
export const convolutionGradients: GradientRules = {
  // y[o, p] = b[o] + Σ_{c, t} w[o, c, t] x[c, s p + d t - pad]:
  // dx = the transposed convolution of g, dw[o, c, t] = Σ_p g[o, p] x[c, s p + d t - pad], db = Σ_p g[p]
  Conv: (context) => {
    const [x, w, g] = [inputOf(context, 0), inputOf(context, 1), gradientOf(context)];
    const window = windowOf(context.node, staticShape(x).slice(2), staticShape(w).slice(2));
    const convolution = { x, w, g, window, group: intAttribute(context.node, "group", 1) };
    const [needsX, needsW, needsB] = context.needs;
    return [
      needsX ? inputGradient(convolution) : null,
      needsW ? weightGradient(convolution) : null,
      needsB ? sumPerChannel(g) : null,
    ];
  },
  // y = b + ConvTranspose(x, w), which is linear with <ConvTranspose(x, w), z> = <x, Conv(z, w)>:
  // dx = Conv(g, w), dw = the weight gradient of Conv(g, w) when x is the gradient of its output, db = Σ_p g[p]
  ConvTranspose: (context) => {
    const [x, w] = [inputOf(context, 0), inputOf(context, 1)];
    const [lengths, kernel] = [staticShape(x).slice(2), staticShape(w).slice(2)];
    const { window } = transposedWindowOf(context.node, lengths, kernel);
    const g = gradientOf(context);
    const group = intAttribute(context.node, "group", 1);
    const { strides, pads, dilations } = window;
    const [needsX, needsW, needsB] = context.needs;
    return [
      needsX ? Conv(g, w, { strides, pads, dilations, group }) : null,
      needsW ? weightGradient({ x: g, w, g: x, window, group }) : null,
      needsB ? sumPerChannel(g) : null,
    ];
  },
};

/** Σ over all axes but the channel's. */
export function sumPerChannel(g: Value): Value {
  const axes = g.shape.flatMap((_, axis) => (axis === 1 ? [] : [axis]));
  return ReduceSum(g, { axes });
}
