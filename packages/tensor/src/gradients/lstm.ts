/**
 * Long short-term memory, differentiated by hand. Forward, with ∘ element by element and σ the logistic function:
 *
 *   i, o, f = σ(W x_t + R h_{t-1} + b)    g = tanh(W_g x_t + R_g h_{t-1} + b_g)
 *   c_t = f ∘ c_{t-1} + i ∘ g             h_t = o ∘ tanh c_t
 *
 * Let δh_t = dL/dh_t and δc_t = dL/dc_t, each with all that comes from later steps. From the two equations below,
 *
 *   δh_t = dY_t + R' dz_{t+1}             δc_t = f_{t+1} ∘ δc_{t+1} + δh_t ∘ A_t,    A = o ∘ (1 - tanh² c)
 *
 *   dz_i = δc ∘ P_i,  P_i = g ∘ i ∘ (1 - i)          dz_o = δh ∘ P_o,  P_o = tanh c ∘ o ∘ (1 - o)
 *   dz_f = δc ∘ P_f,  P_f = c_{t-1} ∘ f ∘ (1 - f)    dz_g = δc ∘ P_g,  P_g = i ∘ (1 - g²)
 *
 * A, P and f depend on forward values only, so they are computed for all steps at once; R' dz alone recurs. ONNX Runtime's
 * kernel gives h but keeps no gates: one product per gate, over all steps, brings them back from the h it gave, and a Scan
 * of two nodes the cells. A forward Scan that keeps its gates takes 0.92 of that time (bench/recurrent): not enough to have
 * another forward pass for training than for inference.
 *
 * A padded step is i = o = 0, f = 1 and h_t = h_{t-1}: it changes neither cell nor state.
 * Sources: Hochreiter and Schmidhuber, "Long Short-Term Memory", Neural Computation 9(8), 1997; Werbos,
 * "Backpropagation Through Time", Proc. IEEE 78(10), 1990; https://onnx.ai/onnx/operators/onnx__LSTM.html
 */
import type { Value } from "../graph/graph.ts";
import { Sigmoid, Tanh } from "../operators/activation.ts";
import { Add, Mul } from "../operators/arithmetic.ts";
import { Concat } from "../operators/layout.ts";
import { Gemm } from "../operators/matmul.ts";
import { Scan } from "../operators/recurrent.ts";
import { subtractFrom } from "./affine.ts";
import {
  byRows,
  bySteps,
  type DirectionGradients,
  type DirectionParts,
  previousStates,
  recurrentGradients,
  sigmoidSlope,
} from "./recurrent.ts";
import type { GradientRules } from "./rule.ts";

/** The rule of LSTM. */
export const lstmGradients: GradientRules = {
  LSTM: (context) => recurrentGradients(context, backward),
};

/** Gates of all steps [S B, H]. */
interface Gates {
  readonly i: Value;
  readonly o: Value;
  readonly f: Value;
  readonly g: Value;
}

function backward(parts: DirectionParts): DirectionGradients {
  const gates = recomputeGates(parts);
  const { i, o, f, g } = gates;
  const cells = recomputeCells(parts, gates);
  const tanhC = Tanh(cells.after);
  const { dZ, dInitialH, dInitialC } = recur(parts, {
    a: Mul(o, subtractFrom(1, Mul(tanhC, tanhC))),
    f,
    p: Concat(
      [
        Mul(g, sigmoidSlope(i)),
        Mul(tanhC, sigmoidSlope(o)),
        Mul(cells.before, sigmoidSlope(f)),
        Mul(i, subtractFrom(1, Mul(g, g))),
      ],
      1,
    ),
  });
  return { dInput: dZ, dRecurrent: dZ, dInitialH, dInitialC };
}

function recomputeGates({ x, w, r, b, previousH, mask }: DirectionParts): Gates {
  const [zi, zo, zf, zg] = w.map((weights, gate) => {
    const bias = b && Add(b[gate], b[gate + 4]);
    const input = Gemm(x, weights, { transB: true, c: bias });
    return Gemm(previousH, r[gate], { transB: true, c: input });
  });
  const [i, o, f, g] = [Sigmoid(zi), Sigmoid(zo), Sigmoid(zf), Tanh(zg)];
  if (!mask) return { i, o, f, g };
  return { i: Mul(i, mask.on), o: Mul(o, mask.on), f: Add(Mul(f, mask.on), mask.off), g };
}

function recomputeCells(parts: DirectionParts, { i, f, g }: Gates) {
  const { initialC, reverse } = parts;
  const scanned = Scan(
    {
      states: [initialC],
      inputs: [bySteps(parts, f), bySteps(parts, Mul(i, g))],
      reverseInputs: reverse,
      reverseOutputs: reverse,
    },
    ([c], [ft, added]) => {
      const next = Add(Mul(ft, c), added);
      return { states: [next], outputs: [next] };
    },
  );
  const [after] = scanned.outputs;
  return {
    after: byRows(parts, after),
    before: previousStates(initialC, after, reverse),
  };
}

interface Factors {
  readonly a: Value;
  readonly f: Value;
  /** P of the gates i, o, f and g side by side, [S B, 4 H]. */
  readonly p: Value;
}

function recur(parts: DirectionParts, factors: Factors) {
  const { reverse, allR, dY, dLastH, dLastC, mask } = parts;
  const { a, f, p } = factors;
  const steps = [a, f, p, ...(mask ? [mask.off] : [])];
  const { states, outputs } = Scan(
    {
      states: [dLastH, dLastC],
      inputs: [...steps.map((value) => bySteps(parts, value)), ...(dY ? [dY] : [])],
      reverseInputs: !reverse,
      reverseOutputs: !reverse,
    },
    ([carriedH, carriedC], [at, ft, pt, ...rest]) => {
      const dH = dY ? Add(carriedH, rest[rest.length - 1]) : carriedH;
      const dC = Add(carriedC, Mul(dH, at));
      const dZ = Mul(Concat([dC, dH, dC, dC], 1), pt);
      const kept = mask ? Mul(dH, rest[0]) : null;
      return { states: [Gemm(dZ, allR, { c: kept }), Mul(dC, ft)], outputs: [dZ] };
    },
  );
  const [dInitialH, dInitialC] = states;
  return { dZ: byRows(parts, outputs[0]), dInitialH, dInitialC };
}
