/** The last step of every loss: the mean over the batch. */
import { SoukError } from "@souk/core";
import type { Value } from "../graph/graph.ts";
import { formatShape } from "../onnx/tensor.ts";
import { Div, Max, Mul } from "../operators/arithmetic.ts";
import { ReduceMean, ReduceSum } from "../operators/reduction.ts";

/** A weight for every row of the batch. */
export interface RowWeights {
  /** float32 [batch], each >= 0: how much the row counts. */
  readonly weights?: Value;
}

/** Below this sum of weights nothing counts; dividing by it keeps a batch without weight at loss 0 instead of 0 / 0. */
const NOTHING = 1e-30;

/** Σ weight · total / Σ weight, for totals and weights of equal shape. */
export function weightedMean(totals: Value, weights: Value): Value {
  const weight = ReduceSum(weights);
  return Div(ReduceSum(totals), Max(weight, weight.graph.scalar(NOTHING)));
}

/**
 * The mean of losses [batch, ...]: over everything, or each row's mean weighted by [batch].
 *
 * @throws SoukError `LOSS_SHAPE` when weights are not one per row.
 */
export function meanLoss(losses: Value, { weights }: RowWeights): Value {
  if (!weights) return ReduceMean(losses);
  checkSameShape("weights", weights, losses.shape.slice(0, 1));
  const rest = losses.shape.slice(1).map((_, axis) => axis + 1);
  const rows = rest.length === 0 ? losses : ReduceMean(losses, { axes: rest });
  return weightedMean(Mul(rows, weights), weights);
}

/** Throws `LOSS_SHAPE` unless a value has the expected shape; lengths known by name are compared by name. */
export function checkSameShape(what: string, { shape }: Value, expected: Value["shape"]): void {
  if (formatShape(shape) === formatShape(expected)) return;
  throw new SoukError(
    "LOSS_SHAPE",
    `${what} must be ${formatShape(expected)}, got ${formatShape(shape)}`,
  );
}
