/**
 * Gated recurrent unit, differentiated by hand. Forward, with u = R_n h_{t-1} + b_Rn and ∘ element by element:
 *
 *   z, r = σ(W x_t + R h_{t-1} + b)               h_t = (1 - z) ∘ n + z ∘ h_{t-1}
 *   n = tanh(W_n x_t + b_Wn + r ∘ u)              with linear_before_reset (PyTorch, cuDNN), or
 *   n = tanh(W_n x_t + R_n (r ∘ h_{t-1}) + b_n)   without (the paper)
 *
 * Let δ_t = dL/dh_t with all that comes from later steps. The preactivations get, by forward values P alone,
 *
 *   dz = δ ∘ P_z,   P_z = (h_{t-1} - n) ∘ z ∘ (1 - z)         dn = δ ∘ P_n,   P_n = (1 - z) ∘ (1 - n²)
 *
 *   linear_before_reset:  dr = δ ∘ P_r,  P_r = P_n ∘ u ∘ r ∘ (1 - r)      du = δ ∘ P_u,  P_u = P_n ∘ r
 *                         δ_{t-1} = dY_{t-1} + δ ∘ z + R_z' dz + R_r' dr + R_n' du
 *   else, with v = R_n' dn:  dr = v ∘ P_r,  P_r = h_{t-1} ∘ r ∘ (1 - r)
 *                         δ_{t-1} = dY_{t-1} + δ ∘ z + v ∘ r + R_z' dz + R_r' dr
 *
 * P is computed for all steps at once, as are the gates, from the states that ONNX Runtime's kernel gave; the two lines of
 * δ_{t-1} alone recur. A padded step is z = 1: h_t = h_{t-1}, and P is 0.
 * Sources: Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder", EMNLP 2014;
 * https://onnx.ai/onnx/operators/onnx__GRU.html
 */
import { intAttribute } from "../graph/attributes.ts";
import type { Value } from "../graph/graph.ts";
import { Sigmoid, Tanh } from "../operators/activation.ts";
import { Add, Mul, Sub } from "../operators/arithmetic.ts";
import { Concat, Split } from "../operators/layout.ts";
import { Gemm } from "../operators/matmul.ts";
import { Scan } from "../operators/recurrent.ts";
import { subtractFrom } from "./affine.ts";
import {
  byRows,
  bySteps,
  type DirectionGradients,
  type DirectionParts,
  recurrentGradients,
  sigmoidSlope,
} from "./recurrent.ts";
import type { GradientRules } from "./rule.ts";

/** The rule of GRU. */
export const gruGradients: GradientRules = {
  GRU: (context) => {
    const linear = intAttribute(context.node, "linear_before_reset", 0) === 1;
    return recurrentGradients(context, linear ? backwardLinear : backwardReset);
  },
};

/** σ(W x + R h + b) of gate `gate`, all steps [S B, H]: 0 is z, 1 is r. */
function sigmoidGate({ x, w, r, b, previousH }: DirectionParts, gate: number): Value {
  const bias = b && Add(b[gate], b[gate + 3]);
  return Sigmoid(Gemm(previousH, r[gate], { transB: true, c: input(x, w[gate], bias) }));
}

function input(x: Value, weights: Value, bias: Value | null): Value {
  return Gemm(x, weights, { transB: true, c: bias });
}

function updateGate(parts: DirectionParts): Value {
  const z = sigmoidGate(parts, 0);
  const { mask } = parts;
  return mask ? Add(Mul(z, mask.on), mask.off) : z;
}

/** P_z and P_n of the equations above. */
function factors({ previousH }: DirectionParts, z: Value, n: Value) {
  return {
    pz: Mul(Sub(previousH, n), sigmoidSlope(z)),
    pn: Mul(subtractFrom(1, z), subtractFrom(1, Mul(n, n))),
  };
}

function backwardLinear(parts: DirectionParts): DirectionGradients {
  const {
    x,
    w,
    r: [, , rn],
    b,
    previousH,
    allR,
    hidden,
    dLastH,
    dY,
  } = parts;
  const [z, r] = [updateGate(parts), sigmoidGate(parts, 1)];
  const u = Gemm(previousH, rn, { transB: true, c: b && b[5] });
  const n = Tanh(Add(input(x, w[2], b && b[2]), Mul(r, u)));
  const { pz, pn } = factors(parts, z, n);
  const pr = Mul(Mul(pn, u), sigmoidSlope(r));
  const { states, outputs } = Scan(
    {
      states: [dLastH],
      inputs: [
        ...[z, pz, pr, Mul(pn, r)].map((value) => bySteps(parts, value)),
        ...(dY ? [dY] : []),
      ],
      reverseInputs: !parts.reverse,
      reverseOutputs: !parts.reverse,
    },
    ([carried], [zt, pzt, prt, put, dYt]) => {
      const d = dY ? Add(carried, dYt) : carried;
      const gates = Concat([Mul(d, pzt), Mul(d, prt), Mul(d, put)], 1);
      return { states: [Gemm(gates, allR, { c: Mul(d, zt) })], outputs: [d, gates] };
    },
  );
  const [d, gates] = outputs.map((value) => byRows(parts, value));
  const [both] = Split(gates, [2 * hidden, hidden], 1);
  return {
    dInput: Concat([both, Mul(d, pn)], 1),
    dRecurrent: gates,
    dInitialH: states[0],
  };
}

function backwardReset(parts: DirectionParts): DirectionGradients {
  const {
    x,
    w,
    r: [, , rn],
    b,
    previousH,
    allR,
    hidden,
    dLastH,
    dY,
  } = parts;
  const [z, r] = [updateGate(parts), sigmoidGate(parts, 1)];
  const resetH = Mul(r, previousH);
  const bias = b && Add(b[2], b[5]);
  const n = Tanh(Gemm(resetH, rn, { transB: true, c: input(x, w[2], bias) }));
  const { pz, pn } = factors(parts, z, n);
  const pr = Mul(previousH, sigmoidSlope(r));
  const [both] = Split(allR, [2 * hidden, hidden], 0);
  const { states, outputs } = Scan(
    {
      states: [dLastH],
      inputs: [...[z, r, pz, pr, pn].map((value) => bySteps(parts, value)), ...(dY ? [dY] : [])],
      reverseInputs: !parts.reverse,
      reverseOutputs: !parts.reverse,
    },
    ([carried], [zt, rt, pzt, prt, pnt, dYt]) => {
      const d = dY ? Add(carried, dYt) : carried;
      const dn = Mul(d, pnt);
      const v = Gemm(dn, rn);
      const gates = Concat([Mul(d, pzt), Mul(v, prt)], 1);
      const kept = Add(Mul(d, zt), Mul(v, rt));
      return { states: [Gemm(gates, both, { c: kept })], outputs: [gates, dn] };
    },
  );
  const [gates, dn] = outputs.map((value) => byRows(parts, value));
  const dZ = Concat([gates, dn], 1);
  const dR = Concat(
    [Gemm(gates, previousH, { transA: true }), Gemm(dn, resetH, { transA: true })],
    0,
  );
  return { dInput: dZ, dRecurrent: dZ, dR, dInitialH: states[0] };
}
