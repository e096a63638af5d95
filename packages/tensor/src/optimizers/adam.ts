/**
 * Adam, with its moments scaled so that a step needs two numbers and no correction in the graph. The paper keeps
 *
 *   m ← β₁ m + (1 − β₁) g,  v ← β₂ v + (1 − β₂) g²,  w ← w − η m̂ / (√v̂ + ε),  m̂ = m / (1 − β₁ᵗ),  v̂ = v / (1 − β₂ᵗ)
 *
 * and we keep M = m / (1 − β₁) and V = v / (1 − β₂). With s = √((1 − β₂) / (1 − β₂ᵗ)) the same step is
 *
 *   M ← β₁ M + g,  V ← β₂ V + g²,  w ← w − a M / (√V + e),  a = η (1 − β₁) / ((1 − β₁ᵗ) s),  e = ε / s
 *
 * Source: Kingma and Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015.
 */
import type { Value } from "../graph/graph.ts";
import { Add, Div, Mul, Sqrt, Sub } from "../operators/arithmetic.ts";
import { addDecay, checkEpsilon, checkShare } from "./gradient-descent.ts";
import type { Optimizer, UpdateParts } from "./optimizer.ts";

/** Settings of Adam: how slowly the moments forget, and the smallest divisor. */
export interface AdamSettings {
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
}

/**
 * Adam; weight decay adds λ w to the gradient. The same numbers as torch.optim.Adam, within rounding.
 *
 * @throws SoukError `OPTIMIZER_SETTING` when a β is not in [0, 1) or ε is not above 0.
 */
export function adam(settings: AdamSettings = {}): Optimizer {
  return adamWith("adam", settings, (parts) =>
    moments({ ...parts, gradient: addDecay(parts.gradient, parts.parameter, parts.weightDecay) }),
  );
}

/**
 * Adam with decoupled weight decay: w shrinks by η λ w before the step. The same numbers as torch.optim.AdamW.
 *
 * @throws SoukError `OPTIMIZER_SETTING` when a β is not in [0, 1) or ε is not above 0.
 * Source: Loshchilov and Hutter, "Decoupled Weight Decay Regularization", ICLR 2019.
 */
export function adamW(settings: AdamSettings = {}): Optimizer {
  return adamWith("adamW", settings, (parts) => moments({ ...parts, parameter: shrink(parts) }));
}

interface AdamParts extends UpdateParts {
  readonly beta1: number;
  readonly beta2: number;
}

function adamWith(
  name: string,
  { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: AdamSettings,
  update: (parts: AdamParts) => ReturnType<Optimizer["update"]>,
): Optimizer {
  checkShare("beta1", beta1);
  checkShare("beta2", beta2);
  checkEpsilon(epsilon);
  return {
    name,
    settings: { beta1, beta2, epsilon },
    state: ["m", "v"],
    scalars(step, learningRate) {
      const scale = Math.sqrt((1 - beta2) / (1 - beta2 ** step));
      const first = (learningRate * (1 - beta1)) / (1 - beta1 ** step) / scale;
      return { rate: learningRate, first, epsilon: epsilon / scale };
    },
    update: (parts) => update({ ...parts, beta1, beta2 }),
  };
}

function moments({ parameter, gradient, state, scalars, beta1, beta2 }: AdamParts) {
  const { graph } = parameter;
  const m = Add(Mul(state.m, graph.scalar(beta1)), gradient);
  const v = Add(Mul(state.v, graph.scalar(beta2)), Mul(gradient, gradient));
  const step = Div(Mul(m, scalars.first), Add(Sqrt(v), scalars.epsilon));
  return { parameter: Sub(parameter, step), state: { m, v } };
}

/** (1 − η λ) w */
function shrink({ parameter, scalars: { rate }, weightDecay }: UpdateParts): Value {
  if (weightDecay === 0) return parameter;
  const { graph } = parameter;
  return Mul(parameter, Sub(graph.scalar(1), Mul(rate, graph.scalar(weightDecay))));
}
