/** Multi-head self-attention. Source: Vaswani et al., "Attention Is All You Need", NeurIPS 2017, section 3.2. */
import { SoukError } from "@souk/core";
import type { Value } from "../graph/graph.ts";
import { op } from "../operators/operators.ts";
import { dense, knownLength } from "./dense.ts";
import { dropout } from "./dropout.ts";
import { truncatedNormal } from "./initializers.ts";
import type { Initializer, Scope } from "./scope.ts";

/** Heads, mask and chance. */
export interface AttentionOptions {
  readonly heads: number;
  /** Added to the scores: [batch, 1, 1, length] as `attentionBias` gives it. */
  readonly bias?: Value | null;
  /** Share of attention weights dropped in training. */
  readonly dropoutRate?: number;
  readonly initializer?: Initializer;
  /** What the weights of the three projections are called. */
  readonly names?: { readonly query: string; readonly key: string; readonly value: string };
}

/**
 * softmax(Q K' / sqrt(d) + bias) V by head, heads side by side: `x` [batch, length, width] gives the same shape.
 * The output projection is the caller's. Weights `query`, `key`, `value`: a dense layer [width, width] each.
 *
 * @throws SoukError `LAYER_SHAPE` when the width does not divide into the heads.
 */
export function selfAttention(
  scope: Scope,
  x: Value,
  {
    heads,
    bias = null,
    dropoutRate = 0,
    initializer = truncatedNormal(0.02),
    names = { query: "query", key: "key", value: "value" },
  }: AttentionOptions,
): Value {
  const [batch, length] = x.shape;
  const width = knownLength(x, -1);
  if (width % heads !== 0) {
    throw new SoukError("LAYER_SHAPE", `width ${width} does not divide into ${heads} heads`);
  }
  const depth = width / heads;
  const project = (name: string): Value => {
    const y = dense(scope.within(name), x, { features: width, initializer });
    return op.Transpose(op.Reshape(y, [batch, length, heads, depth]), [0, 2, 1, 3]);
  };
  const [query, key, value] = [names.query, names.key, names.value].map(project);
  const scores = op.FusedMatMul(query, key, { transB: true, alpha: 1 / Math.sqrt(depth) });
  const weights = op.Softmax(bias ? op.Add(scores, bias) : scores);
  const mixed = op.MatMul(dropout(scope, weights, dropoutRate), value);
  return op.Reshape(op.Transpose(mixed, [0, 2, 1, 3]), [batch, length, width]);
}

/** Far below any score, so that its softmax is exactly 0, and far from the end of float32. */
const BLOCKED = -1e9;

/** A bias [batch, 1, 1, length] that keeps attention off the steps where `mask` [batch, length] is 0, not 1. */
export function attentionBias(mask: Value): Value {
  const { graph } = mask;
  const blocked = op.Sub(graph.scalar(1), op.Cast(mask, "float32"));
  return op.Unsqueeze(op.Mul(blocked, graph.scalar(BLOCKED)), [1, 2]);
}
