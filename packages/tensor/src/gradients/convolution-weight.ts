/** Gradient of a convolution's weights: dw[o, c, t] = Σ_{n, p} g[n, o, p] x[n, c, s p + d t - pad]. */
import { staticShape, type Value } from "../graph/graph.ts";
import { sizeOf } from "../onnx/tensor.ts";
import { FusedMatMul } from "../operators/matmul.ts";
import { Reshape } from "../operators/layout.ts";
import { ReduceSum } from "../operators/reduction.ts";
import type { Convolution } from "./convolution-geometry.ts";
import { unfoldWindows } from "./convolution-unfold.ts";

/** dw of y = Conv(x, w). */
export function weightGradient(convolution: Convolution): Value {
  return weightGradientByUnfolding(convolution);
}

/** dw = Σ_n g_n cols_nᵀ, where cols_n holds the windows of image n as columns. */
export function weightGradientByUnfolding({ x, w, g, window, group }: Convolution): Value {
  const [features, depth, ...kernel] = staticShape(w);
  const [batch, , ...steps] = staticShape(g);
  const windows = sizeOf(steps);
  const filters = [batch, group, features / group, windows];
  const columns = [batch, group, depth * sizeOf(kernel), windows];
  const split = (shape: readonly number[]) => (group === 1 ? shape.toSpliced(1, 1) : shape);
  const products = FusedMatMul(
    Reshape(g, split(filters)),
    Reshape(unfoldWindows(x, window), split(columns)),
    { transB: true },
  );
  return Reshape(ReduceSum(products, { axes: [0] }), staticShape(w));
}
