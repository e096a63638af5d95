/**
 * LSTM and GRU layers over sequences [batch, length, channels], in one direction or both. Weights have the layout of the
 * ONNX operators: `weight` [D, G H, channels], `recurrence` [D, G H, H] and `bias` [D, 2 G H], for D directions, G gates
 * (LSTM: input, output, forget, cell; GRU: update, reset, hidden) and H features.
 */
import type { Value } from "../graph/graph.ts";
import { int32 } from "../onnx/tensor.ts";
import { op } from "../operators/operators.ts";
import type { GruOutputs } from "../operators/recurrent.ts";
import { knownLength } from "./dense.ts";
import type { Initializer, Scope } from "./scope.ts";

/** What a recurrent layer gives. */
export interface RecurrentOptions {
  /** Features of one direction. */
  readonly features: number;
  readonly bidirectional?: boolean;
  /** The state after every step, or only the last one of each direction. */
  readonly output?: "sequence" | "last";
  /** Steps of each row, int32 [batch], at least 1 (see `lengthsOf`); the steps after them change nothing and give 0. */
  readonly lengths?: Value | null;
}

/**
 * Long short-term memory: [batch, length, D features], or [batch, D features] of the last states.
 * Source: Hochreiter and Schmidhuber, "Long Short-Term Memory", Neural Computation 9(8), 1997, with forget gates.
 */
export function lstm(scope: Scope, x: Value, options: RecurrentOptions): Value {
  const weights = recurrentWeights(scope, x, { ...options, gates: 4 });
  return arrange(op.LSTM(timeFirst(x), weights), x, options);
}

/**
 * Gated recurrent unit in the form of PyTorch and cuDNN, whose reset gate scales R h + b: [batch, length, D features], or
 * [batch, D features] of the last states.
 * Source: Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder", EMNLP 2014.
 */
export function gru(scope: Scope, x: Value, options: RecurrentOptions): Value {
  const weights = recurrentWeights(scope, x, { ...options, gates: 3 });
  return arrange(op.GRU(timeFirst(x), { ...weights, linearBeforeReset: true }), x, options);
}

/** How many steps each row of `mask` [batch, length] has, int32 [batch]: its ones, which come first, and at least one. */
export function lengthsOf(mask: Value): Value {
  const count = op.ReduceSum(op.Cast(mask, "int32"), { axes: [1] });
  return op.Max(count, mask.graph.constant(int32([1])));
}

/** Uniform in ±1 / √features, as PyTorch starts recurrent layers. */
function uniform(features: number): Initializer {
  const bound = 1 / Math.sqrt(features);
  return (shape, rng) => {
    const size = shape.reduce((all, dim) => all * dim, 1);
    return Float32Array.from({ length: size }, () => bound * (2 * rng.next() - 1));
  };
}

function recurrentWeights(
  scope: Scope,
  x: Value,
  {
    features,
    gates,
    bidirectional = false,
    lengths = null,
  }: RecurrentOptions & { readonly gates: number },
) {
  const directions = bidirectional ? 2 : 1;
  const rows = gates * features;
  const start = uniform(features);
  return {
    w: scope.parameter("weight", [directions, rows, knownLength(x, -1)], start),
    r: scope.parameter("recurrence", [directions, rows, features], start),
    b: scope.parameter("bias", [directions, 2 * rows], start),
    lengths,
    direction: bidirectional ? "bidirectional" : "forward",
  } as const;
}

function timeFirst(x: Value): Value {
  return op.Transpose(x, [1, 0, 2]);
}

function arrange(
  { y, yH }: GruOutputs,
  x: Value,
  { features, bidirectional = false, output = "sequence" }: RecurrentOptions,
): Value {
  const [batch, length] = x.shape;
  const width = bidirectional ? 2 * features : features;
  if (output === "last") return op.Reshape(op.Transpose(yH, [1, 0, 2]), [batch, width]);
  return op.Reshape(op.Transpose(y, [2, 0, 1, 3]), [batch, length, width]);
}
