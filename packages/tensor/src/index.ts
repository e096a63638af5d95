export { createGraph } from "./graph/create.ts";
export { type Graph, type Node, type Value } from "./graph/graph.ts";
export { toOnnx, type Weights } from "./graph/to-onnx.ts";
export {
  type CheckedFunction,
  checkGradient,
  type GradientCheckOptions,
  type GradientReport,
} from "./gradients/check.ts";
export { defineGrad, differentiate } from "./gradients/differentiate.ts";
export {
  type GradientContext,
  type GradientRule,
  type GradientRules,
  sumToShape,
} from "./gradients/rule.ts";
export type { Sample } from "./gradients/samples.ts";
export {
  createScope,
  type Initializer,
  type InputSpec,
  type Network,
  type Scope,
} from "./layers/scope.ts";
export { binaryCrossEntropy } from "./losses/binary-cross-entropy.ts";
export { softmaxCrossEntropy, type SoftmaxCrossEntropyOptions } from "./losses/cross-entropy.ts";
export { huber, meanAbsoluteError, meanSquaredError, poisson } from "./losses/regression.ts";
export type { RowWeights } from "./losses/weighted-mean.ts";
export { op } from "./operators/operators.ts";
export { openSession, type Session } from "./run/session.ts";
