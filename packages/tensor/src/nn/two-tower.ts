/**
 * Two encoders whose outputs are compared: queries with products, titles with photos.
 * Source: Huang et al., "Learning Deep Structured Semantic Models for Web Search", CIKM 2013; in-batch softmax from
 * Yi et al., "Sampling-Bias-Corrected Neural Modeling for Large Corpus Item Recommendations", RecSys 2019.
 */
import { SoukError } from "@souk/core";
import { staticShape, type Value } from "../graph/graph.ts";
import { dense } from "../layers/dense.ts";
import { normalizeRows } from "../layers/pooling.ts";
import type { Network, Scope } from "../layers/scope.ts";
import { int64 } from "../onnx/tensor.ts";
import { op } from "../operators/operators.ts";
import { softmaxCrossEntropy } from "../losses/cross-entropy.ts";
import { buildPart, partInputs } from "./part.ts";

/** How two encoders become one network. */
export interface TwoTowerOptions {
  readonly left: Network;
  readonly right: Network;
  /** Which output of a tower [batch, …] is its vector. */
  readonly leftOutput?: string;
  readonly rightOutput?: string;
  /** Length of the vectors that are compared, by a last dense layer each; 0 compares what the towers give. */
  readonly width?: number;
  /** `cosine` compares directions, `dot` lengths too. */
  readonly similarity?: "cosine" | "dot";
  /** Both towers are one, with one set of weights; they must be built alike. */
  readonly shared?: boolean;
}

/**
 * Inputs are those of both towers under "left." and "right.". Outputs `left` and `right` [batch, width] (of length 1
 * for `cosine`) and `score` [batch], the similarity of each row's pair.
 */
export function twoTower(options: TwoTowerOptions): Network {
  const { left, right, leftOutput = "features", rightOutput = "features" } = options;
  const { shared = false } = options;
  return {
    inputs: { ...partInputs("left", left), ...partInputs("right", right) },
    build(scope, inputs) {
      const names = shared ? ["tower", "tower"] : ["left", "right"];
      const sides = [
        { part: "left", network: left, output: leftOutput },
        { part: "right", network: right, output: rightOutput },
      ].map(({ part, network, output }, side) => {
        const place = scope.within(names[side]);
        return project(place, buildPart(place, { part, network, output, inputs }), options);
      });
      const score = op.ReduceSum(op.Mul(sides[0], sides[1]), { axes: [1] });
      return { left: sides[0], right: sides[1], score };
    },
  };
}

function project(
  scope: Scope,
  x: Value,
  { width = 128, similarity = "cosine" }: TwoTowerOptions,
): Value {
  const y = width === 0 ? x : dense(scope.within("projection"), x, { features: width });
  return similarity === "cosine" ? normalizeRows(y) : y;
}

/**
 * The loss that each left row finds its own right row among all of the batch: softmax cross-entropy over the
 * similarities times `scale`, a float32 scalar.
 *
 * @param left [batch, width]; @param right the same, row by row its partner. The batch must be a number.
 * @throws SoukError `ONNX_DYNAMIC` when it is not.
 */
export function inBatchSoftmax(
  { left, right }: { readonly left: Value; readonly right: Value },
  { scale = 20 }: { scale?: number } = {},
): Value {
  const [batch] = staticShape(left);
  if (!(scale > 0)) throw new SoukError("NETWORK_SETTINGS", `scale must exceed 0, got ${scale}`);
  const scores = op.FusedMatMul(left, right, { transB: true, alpha: scale });
  const own = left.graph.constant(int64(Array.from({ length: batch }, (_, row) => row)));
  return softmaxCrossEntropy(scores, own);
}
