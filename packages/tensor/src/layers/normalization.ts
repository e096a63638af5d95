/** Layer normalisation, and batch normalisation with frozen statistics. */
import type { Value } from "../graph/graph.ts";
import { op } from "../operators/operators.ts";
import { knownLength } from "./dense.ts";
import { ones, zeros } from "./initializers.ts";
import type { Scope } from "./scope.ts";

/**
 * Normalises the last axis of `x` to mean 0 and variance 1, then times `weight` plus `bias`, both of that axis' length.
 * Source: Ba, Kiros and Hinton, "Layer Normalization", 2016.
 */
export function layerNorm(scope: Scope, x: Value, { epsilon = 1e-5 } = {}): Value {
  const width = knownLength(x, -1);
  return op.LayerNormalization(x, {
    scale: scope.parameter("weight", [width], ones),
    bias: scope.parameter("bias", [width], zeros),
    epsilon,
  });
}

/**
 * (x - running_mean) / sqrt(running_var + epsilon) * weight + bias per channel of `x` [batch, channels, ...].
 * The statistics are those of pre-training and never move; names and default epsilon are PyTorch's.
 * Source: Ioffe and Szegedy, "Batch Normalization", ICML 2015, equation for inference.
 */
export function batchNormalization(scope: Scope, x: Value, { epsilon = 1e-5 } = {}): Value {
  const channels = knownLength(x, 1);
  return op.BatchNormalization(x, {
    scale: scope.parameter("weight", [channels], ones),
    bias: scope.parameter("bias", [channels], zeros),
    mean: scope.statistic("running_mean", [channels], zeros),
    variance: scope.statistic("running_var", [channels], ones),
    epsilon,
  });
}
