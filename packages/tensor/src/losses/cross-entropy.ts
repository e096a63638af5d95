/** The loss of a classifier that picks one class. Logits are its scores before Softmax. */
import { SoukError } from "@souk/core";
import type { Value } from "../graph/graph.ts";
import { float32, tensor } from "../onnx/tensor.ts";
import { LogSoftmax } from "../operators/activation.ts";
import { Add, Cast, Equal, Mul, Neg, Not, Where } from "../operators/arithmetic.ts";
import { Gather, GatherElements } from "../operators/indexing.ts";
import { Squeeze, Unsqueeze } from "../operators/layout.ts";
import { MatMul } from "../operators/matmul.ts";
import { ReduceMean } from "../operators/reduction.ts";
import { checkSameShape, weightedMean } from "./weighted-mean.ts";

/** What `softmaxCrossEntropy` can take into account. */
export interface SoftmaxCrossEntropyOptions {
  /** How much each class counts, [classes]. */
  readonly classWeights?: readonly number[];
  /** Share of the target, in [0, 1), that is spread evenly over all classes. */
  readonly labelSmoothing?: number;
  /** Rows with this label do not count. */
  readonly ignoreIndex?: number;
  /** float32, shaped as the labels, each >= 0: how much each row counts. */
  readonly weights?: Value;
}

/**
 * Cross-entropy of classes: with p = Softmax(logits), row i of label y and class weights c,
 *
 *   l_i = -(1 - ε) c_y ln p_y - ε / C Σ_k c_k ln p_k,   loss = Σ w_i l_i / Σ w_i c_y
 *
 * as PyTorch's CrossEntropyLoss has it, but 0 when no row counts. A label of C or more makes the run fail.
 *
 * @param logits float32 [..., C]; finite ones of any size are safe.
 * @param labels int32 or int64 [...] in [0, C).
 * @returns a scalar.
 * @throws SoukError `LOSS_SHAPE` when shapes do not match, `LOSS_OPTION` when smoothing is outside [0, 1).
 * Source: Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", CVPR 2016 (smoothing).
 */
export function softmaxCrossEntropy(
  logits: Value,
  labels: Value,
  options: SoftmaxCrossEntropyOptions = {},
): Value {
  const { classWeights, labelSmoothing = 0, ignoreIndex } = options;
  check(logits, labels, options);
  const { graph } = logits;
  const ignored =
    ignoreIndex === undefined ? null : Equal(labels, integerLike(labels, ignoreIndex));
  const classes = ignored ? Where(ignored, integerLike(labels, 0), labels) : labels;
  const logarithms = LogSoftmax(logits);
  const chosen = Squeeze(GatherElements(logarithms, Unsqueeze(classes, [-1]), -1), [-1]);
  const perClass = classWeights && graph.constant(float32(classWeights));
  const perLabel = perClass && Gather(perClass, classes);
  const own = scaled(perLabel ? Mul(chosen, perLabel) : chosen, 1 - labelSmoothing);
  const all = labelSmoothing > 0 && scaled(classMean(logarithms, perClass), labelSmoothing);
  const score = all ? Add(own, all) : own;
  const counted = ignored && Cast(Not(ignored), "float32");
  const rows = product([options.weights, counted]);
  const base = product([rows, perLabel]);
  if (!base) return Neg(ReduceMean(score));
  return Neg(weightedMean(rows ? Mul(score, rows) : score, base));
}

function check(
  logits: Value,
  labels: Value,
  { classWeights, labelSmoothing = 0, weights }: SoftmaxCrossEntropyOptions,
): void {
  checkSameShape("labels", labels, logits.shape.slice(0, -1));
  if (weights) checkSameShape("weights", weights, labels.shape);
  const classes = logits.shape.at(-1);
  if (classWeights && classWeights.length !== classes) {
    throw new SoukError(
      "LOSS_SHAPE",
      `class weights must be [${classes}], got [${classWeights.length}]`,
    );
  }
  if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
    throw new SoukError("LOSS_OPTION", `label smoothing must be in [0, 1), got ${labelSmoothing}`);
  }
}

/** Σ_k c_k ln p_k / C, by row. */
function classMean(logarithms: Value, perClass: Value | undefined): Value {
  if (!perClass) return ReduceMean(logarithms, { axes: [-1] });
  return scaled(MatMul(logarithms, perClass), 1 / Number(perClass.shape[0]));
}

function product(factors: readonly (Value | null | undefined)[]): Value | undefined {
  return factors
    .filter((factor) => factor != null)
    .reduce<Value | undefined>((all, factor) => (all ? Mul(all, factor) : factor), undefined);
}

function scaled(value: Value, factor: number): Value {
  return factor === 1 ? value : Mul(value, value.graph.scalar(factor));
}

function integerLike({ graph, type }: Value, number: number): Value {
  if (type === "int32") return graph.constant(tensor("int32", Int32Array.of(number), []));
  return graph.constant(tensor("int64", BigInt64Array.of(BigInt(number)), []));
}
