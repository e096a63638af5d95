/** Rows for normalisation with given statistics. */
import { float32 } from "../onnx/tensor.ts";
import { op } from "../operators/operators.ts";
import type { GradientCase } from "./cases.ts";

/** All rows. */
export const batchNormalizationCases: readonly GradientCase[] = [
  {
    operator: "BatchNormalization",
    about: "scale and bias are trained, statistics are constants",
    build: (graph, [x, scale, bias]) => {
      const channels = Array.from({ length: Number(scale.shape[0]) }, (_, channel) => channel);
      return op.BatchNormalization(x, {
        scale,
        bias,
        mean: graph.constant(float32(channels.map((channel) => 0.1 * channel - 0.2))),
        variance: graph.constant(float32(channels.map((channel) => 0.5 + 0.1 * channel))),
      });
    },
    shapes: [[2, 3, 4, 4], [3], [3]],
    large: [[8, 32, 28, 28], [32], [32]],
  },
  {
    operator: "BatchNormalization",
    about: "everything is an input",
    build: (_, [x, scale, bias, mean, variance]) =>
      op.BatchNormalization(x, { scale, bias, mean, variance, epsilon: 1e-3 }),
    shapes: [[3, 4, 5], [4], [4], [4], [4]],
    options: { sample: ["normal", "normal", "normal", "normal", "positive"] },
  },
];
