/** Gradient descent: w is a weight, g its gradient, η the learning rate, λ the weight decay. */
import { SoukError } from "@souk/core";
import type { Value } from "../graph/graph.ts";
import { Add, Div, Mul, Sqrt, Sub } from "../operators/arithmetic.ts";
import type { Optimizer } from "./optimizer.ts";

/**
 * Stochastic gradient descent, with momentum when μ > 0. The same numbers as torch.optim.SGD.
 *
 * b ← μ b + g + λ w,  w ← w − η b;  with Nesterov's momentum  w ← w − η (g + λ w + μ b)
 *
 * @throws SoukError `OPTIMIZER_SETTING` when μ is not in [0, 1), or is 0 with `nesterov`.
 * Source: Sutskever, Martens, Dahl, Hinton, "On the importance of initialization and momentum", ICML 2013.
 */
export function sgd({ momentum = 0, nesterov = false } = {}): Optimizer {
  checkShare("momentum", momentum);
  if (nesterov && momentum === 0) {
    throw new SoukError("OPTIMIZER_SETTING", "nesterov needs a momentum above 0, got 0");
  }
  const remembers = momentum > 0;
  return {
    name: "sgd",
    settings: { momentum, nesterov: Number(nesterov) },
    state: remembers ? ["momentum"] : [],
    scalars: (_step, learningRate) => ({ rate: learningRate }),
    update({ parameter: w, gradient, state, scalars: { rate }, weightDecay }) {
      const g = addDecay(gradient, w, weightDecay);
      const mu = w.graph.scalar(momentum);
      const b = remembers ? Add(Mul(state.momentum, mu), g) : g;
      const direction = nesterov ? Add(g, Mul(b, mu)) : b;
      return {
        parameter: Sub(w, Mul(direction, rate)),
        state: Object.fromEntries(remembers ? [["momentum", b]] : []),
      };
    },
  };
}

/**
 * Adagrad: every weight has its own falling learning rate. The same numbers as torch.optim.Adagrad.
 *
 * g ← g + λ w,  s ← s + g²,  w ← w − η / (1 + (t − 1) d) · g / (√s + ε)
 *
 * @throws SoukError `OPTIMIZER_SETTING` when ε is not above 0 or the decay d of the rate is negative.
 * Source: Duchi, Hazan, Singer, "Adaptive Subgradient Methods", JMLR 12, 2011.
 */
export function adagrad({ epsilon = 1e-10, rateDecay = 0 } = {}): Optimizer {
  checkEpsilon(epsilon);
  if (!(rateDecay >= 0)) {
    throw new SoukError("OPTIMIZER_SETTING", `rateDecay must be at least 0, got ${rateDecay}`);
  }
  return {
    name: "adagrad",
    settings: { epsilon, rateDecay },
    state: ["sum"],
    scalars: (step, learningRate) => ({ rate: learningRate / (1 + (step - 1) * rateDecay) }),
    update({ parameter: w, gradient, state, scalars: { rate }, weightDecay }) {
      const g = addDecay(gradient, w, weightDecay);
      const sum = Add(state.sum, Mul(g, g));
      const step = Div(g, Add(Sqrt(sum), w.graph.scalar(epsilon)));
      return { parameter: Sub(w, Mul(step, rate)), state: { sum } };
    },
  };
}

/** g + λ w: the gradient of a loss with λ/2 |w|² added. */
export function addDecay(gradient: Value, parameter: Value, weightDecay: number): Value {
  if (weightDecay === 0) return gradient;
  return Add(gradient, Mul(parameter, parameter.graph.scalar(weightDecay)));
}

/** @throws SoukError `OPTIMIZER_SETTING` when it is not in [0, 1). */
export function checkShare(name: string, value: number): void {
  if (value >= 0 && value < 1) return;
  throw new SoukError("OPTIMIZER_SETTING", `${name} must be in [0, 1), got ${value}`);
}

/** @throws SoukError `OPTIMIZER_SETTING` when it is not above 0. */
export function checkEpsilon(value: number): void {
  if (value > 0) return;
  throw new SoukError("OPTIMIZER_SETTING", `epsilon must be above 0, got ${value}`);
}
