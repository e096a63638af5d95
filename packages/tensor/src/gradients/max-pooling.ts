/** Gradients of maximum pooling over [batch, channels, ...spatial]. g is dL/dy; of equal elements the first gets it. */
import { staticShape, type Value } from "../graph/graph.ts";
import { sizeOf } from "../onnx/tensor.ts";
import { ArgMax } from "../operators/reduction.ts";
import { ScatterElements } from "../operators/indexing.ts";
import { Reshape } from "../operators/layout.ts";
import { gradientOf, type GradientContext, type GradientRules, inputOf, zeros } from "./rule.ts";

/** Rules by operator. */
export const maxPoolingGradients: GradientRules = {
  // y[p] = x[i(p)], i(p) the place of the largest in window p: dx[q] = Σ over windows p with i(p) = q of g[p]
  MaxPool: (context) => [gradientByIndices(context)],
  // y = x[i], i the place of the largest: dx = g at i, 0 elsewhere
  GlobalMaxPool: (context) => {
    const [g, x] = [gradientOf(context), inputOf(context, 0)];
    const shape = staticShape(x);
    const planes = [shape[0], shape[1], sizeOf(shape.slice(2))];
    const places = ArgMax(Reshape(x, planes), { axis: 2, keepdims: true });
    const updates = Reshape(g, [shape[0], shape[1], 1]);
    const data = zeros(g.graph, planes);
    return [Reshape(ScatterElements(data, { indices: places, updates, axis: 2 }), shape)];
  },
};

/** MaxPool's second output holds i(p) as an index into all of `x`. */
function gradientByIndices(context: GradientContext): Value {
  const [g, x] = [gradientOf(context), inputOf(context, 0)];
  const shape = staticShape(x);
  const windows = sizeOf(staticShape(g));
  const places = Reshape(context.graph.outputOf(context.node, 1), [windows]);
  const data = zeros(g.graph, [sizeOf(shape)]);
  const updates = Reshape(g, [windows]);
  return Reshape(ScatterElements(data, { indices: places, updates, reduction: "add" }), shape);
}
