/** Folding a sequence [batch, length, channels] or an image [batch, channels, height, width] into fewer places. */
import type { Value } from "../graph/graph.ts";
import { op } from "../operators/operators.ts";

/**
 * Every two neighbouring steps of `x` [batch, length, channels] become one: [batch, length / 2, channels]; the last of an
 * odd number is left out.
 */
export function poolSteps(x: Value, kind: "max" | "mean"): Value {
  const pool = kind === "max" ? op.MaxPool : op.AveragePool;
  return op.Squeeze(pool(op.Unsqueeze(x, [1]), [2, 1]), [1]);
}

/** The largest over the steps of `x` [batch, length, channels]: [batch, channels]. */
export function maxPool(x: Value): Value {
  return op.ReduceMax(x, { axes: [1] });
}

/** The mean over the steps of `x` [batch, length, channels]: [batch, channels]. */
export function meanPool(x: Value): Value {
  return op.ReduceMean(x, { axes: [1] });
}

/**
 * The mean over the steps of `x` [batch, length, channels] where `mask` [batch, length] (any type) is 1, not 0.
 * A row without any such step gives zeros. As in Reimers and Gurevych, "Sentence-BERT", EMNLP 2019.
 */
export function maskedMeanPool(x: Value, mask: Value): Value {
  const weights = op.Unsqueeze(op.Cast(mask, "float32"), [1]);
  const count = op.ReduceSum(weights, { axes: [2] });
  const sum = op.Squeeze(op.MatMul(weights, x), [1]);
  return op.Div(sum, op.Max(count, x.graph.scalar(1e-9)));
}

/** The mean over height and width of `x` [batch, channels, height, width]: [batch, channels]. */
export function globalMeanPool(x: Value): Value {
  return op.Flatten(op.GlobalAveragePool(x));
}

/** Rows of `x` [..., width] divided by their Euclidean length (at least 1e-12). */
export function normalizeRows(x: Value): Value {
  const length = op.Sqrt(op.ReduceSum(op.Mul(x, x), { axes: [-1], keepdims: true }));
  return op.Div(x, op.Max(length, x.graph.scalar(1e-12)));
}
