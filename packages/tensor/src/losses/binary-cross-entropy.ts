/** The loss of a classifier that answers yes or no, once or many times. Logits are its scores before the logistic function. */
import type { Value } from "../graph/graph.ts";
import { float32 } from "../onnx/tensor.ts";
import { Softplus } from "../operators/activation.ts";
import { Add, Mul, Neg, Sub } from "../operators/arithmetic.ts";
import { checkSameShape, meanLoss, type RowWeights } from "./weighted-mean.ts";

/**
 * Cross-entropy of yes and no for every output: with p = σ(logit), target t in [0, 1] and weight q of positives,
 *
 *   l = -q t ln p - (1 - t) ln(1 - p) = (1 - t) x + (1 + (q - 1) t) ln(1 + e^-x)
 *
 * as PyTorch's BCEWithLogitsLoss has it.
 *
 * @param logits float32 [batch, ...]; finite ones of any size are safe.
 * @param targets float32 of the same shape.
 * @param options `positiveWeight`: how much positives count, one number or one per element of the last axis.
 * @returns a scalar, the mean over the batch.
 * @throws SoukError `LOSS_SHAPE` when shapes do not match.
 */
export function binaryCrossEntropy(
  logits: Value,
  targets: Value,
  { positiveWeight, ...rest }: RowWeights & { positiveWeight?: number | readonly number[] } = {},
): Value {
  checkSameShape("targets", targets, logits.shape);
  if (positiveWeight === undefined) {
    return meanLoss(Sub(Softplus(logits), Mul(logits, targets)), rest);
  }
  const { graph } = logits;
  const one = graph.scalar(1);
  const q = graph.constant(float32(positiveWeight));
  const factor = Add(one, Mul(Sub(q, one), targets));
  const losses = Add(Mul(Sub(one, targets), logits), Mul(factor, Softplus(Neg(logits))));
  return meanLoss(losses, rest);
}
