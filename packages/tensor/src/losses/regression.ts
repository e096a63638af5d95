/** Losses of predicted numbers. Predictions and targets are float32 [batch, ...] of one shape; the mean is over all. */
import { SoukError } from "@souk/core";
import type { Value } from "../graph/graph.ts";
import { Abs, Clip, Exp, Mul, Sub } from "../operators/arithmetic.ts";
import { checkSameShape, meanLoss, type RowWeights } from "./weighted-mean.ts";

/**
 * Mean of (p - t)².
 *
 * @throws SoukError `LOSS_SHAPE` when shapes do not match.
 */
export function meanSquaredError(
  predictions: Value,
  targets: Value,
  options: RowWeights = {},
): Value {
  checkSameShape("targets", targets, predictions.shape);
  const difference = Sub(predictions, targets);
  return meanLoss(Mul(difference, difference), options);
}

/**
 * Mean of |p - t|.
 *
 * @throws SoukError `LOSS_SHAPE` when shapes do not match.
 */
export function meanAbsoluteError(
  predictions: Value,
  targets: Value,
  options: RowWeights = {},
): Value {
  checkSameShape("targets", targets, predictions.shape);
  return meanLoss(Abs(Sub(predictions, targets)), options);
}

/**
 * Mean of d² / 2 where |d| <= delta, else delta (|d| - delta / 2), for d = p - t. With c = d limited to ±delta both are
 * c (d - c / 2).
 *
 * @throws SoukError `LOSS_SHAPE` when shapes do not match, `LOSS_OPTION` unless delta > 0.
 * Source: Huber, "Robust Estimation of a Location Parameter", 1964.
 */
export function huber(
  predictions: Value,
  targets: Value,
  { delta = 1, ...options }: RowWeights & { delta?: number } = {},
): Value {
  checkSameShape("targets", targets, predictions.shape);
  if (!(delta > 0)) throw new SoukError("LOSS_OPTION", `delta must be above 0, got ${delta}`);
  const difference = Sub(predictions, targets);
  const near = Clip(difference, -delta, delta);
  const half = Mul(near, near.graph.scalar(0.5));
  return meanLoss(Mul(near, Sub(difference, half)), options);
}

/**
 * Negative log-likelihood of counts under Poisson rates e^x, without the term ln t! that no prediction changes: mean of
 * e^x - t x.
 *
 * @param logRates x, the logarithm of the expected count.
 * @param counts t >= 0.
 * @throws SoukError `LOSS_SHAPE` when shapes do not match.
 */
export function poisson(logRates: Value, counts: Value, options: RowWeights = {}): Value {
  checkSameShape("counts", counts, logRates.shape);
  return meanLoss(Sub(Exp(logRates), Mul(counts, logRates)), options);
}
