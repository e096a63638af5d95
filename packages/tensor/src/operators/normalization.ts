/** Normalisation and dropout. Names and meaning are ONNX's. */
import { graphOf, type Value } from "../graph/graph.ts";
import { float, int } from "../onnx/model.ts";

/** (x - mean) / sqrt(variance + epsilon) over the axes from `axis` on, times scale plus bias. */
export function LayerNormalization(
  x: Value,
  {
    scale,
    bias,
    axis = -1,
    epsilon = 1e-5,
  }: {
    scale: Value;
    bias: Value;
    axis?: number;
    epsilon?: number;
  },
): Value {
  return graphOf([x, scale, bias]).apply("LayerNormalization", [x, scale, bias], {
    attributes: { axis: int(axis), epsilon: float(epsilon) },
  });
}

/** Per channel (x - mean) / sqrt(variance + epsilon) times scale plus bias, with given statistics. */
export function BatchNormalization(
  x: Value,
  {
    scale,
    bias,
    mean,
    variance,
    epsilon = 1e-5,
  }: {
    scale: Value;
    bias: Value;
    mean: Value;
    variance: Value;
    epsilon?: number;
  },
): Value {
  return graphOf([x, scale]).apply("BatchNormalization", [x, scale, bias, mean, variance], {
    attributes: { epsilon: float(epsilon) },
  });
}
