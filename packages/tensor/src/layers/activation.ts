/** Activation functions by the name a configuration gives them. */
import { SoukError } from "@souk/core";
import type { Value } from "../graph/graph.ts";
import { op } from "../operators/operators.ts";

const activations = {
  linear: (x: Value) => x,
  relu: op.Relu,
  relu6: (x: Value) => op.Clip(x, 0, 6),
  gelu: (x: Value) => op.Gelu(x),
  gelu_new: (x: Value) => op.Gelu(x, { approximate: "tanh" }),
  sigmoid: op.Sigmoid,
  tanh: op.Tanh,
  elu: (x: Value) => op.Elu(x),
  leaky_relu: (x: Value) => op.LeakyRelu(x),
  softplus: op.Softplus,
  softsign: op.Softsign,
  hard_swish: op.HardSwish,
  silu: (x: Value) => op.Mul(x, op.Sigmoid(x)),
} as const;

/** An activation: `gelu` is exact, `gelu_new` its tanh approximation, `relu6` is min(max(x, 0), 6). */
export type Activation = keyof typeof activations;

/** Names of all activations. */
export const activationNames = Object.keys(activations) as readonly Activation[];

/**
 * The activation `name` of `x`, same shape.
 *
 * @throws SoukError `LAYER_ACTIVATION` when there is none of that name.
 */
export function activate(x: Value, name: Activation): Value {
  if (!Object.hasOwn(activations, name)) {
    throw new SoukError(
      "LAYER_ACTIVATION",
      `activation must be one of ${activationNames.join(", ")}, got "${name as string}"`,
    );
  }
  return activations[name](x);
}
