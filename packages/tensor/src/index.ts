export type { ArtefactCard, CardFacts, Json } from "./artefact/card.ts";
export { type Artefact, loadModel, saveModel } from "./artefact/folder.ts";
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
export { gru, lengthsOf, lstm, type RecurrentOptions } from "./layers/recurrent.ts";
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
export { adam, type AdamSettings, adamW } from "./optimizers/adam.ts";
export { adagrad, sgd } from "./optimizers/gradient-descent.ts";
export type { Optimizer, UpdateParts } from "./optimizers/optimizer.ts";
export {
  constant,
  cosine,
  linearWarmUp,
  polynomial,
  type Schedule,
  stepDecay,
} from "./optimizers/schedules.ts";
export { type DecayGroup, matrices, type WeightDecay } from "./optimizers/weight-decay.ts";
export { compareModels, type OutputDifference } from "./run/compare-models.ts";
export {
  type ComputeFeatures,
  type FeatureCache,
  type FeatureCacheOptions,
  type FeatureCounts,
  openFeatureCache,
} from "./run/feature-cache.ts";
export { openPool, type Pool, type PoolOptions, type PoolRunOptions } from "./run/pool.ts";
export { type QuantizationReport, quantizeDynamic, type QuantizeOptions } from "./run/quantize.ts";
export { openSession, type Session, type SessionOptions } from "./run/session.ts";
export type { Signature, Tensors } from "./run/signature.ts";
export type { ThreadCounts } from "./run/threads.ts";
export { type EventFile, type EventFileOptions, openEventFile } from "./tensorboard/event-file.ts";
export {
  type ChildOptions,
  type ChildResult,
  type JobSource,
  trainInChild,
} from "./train/child.ts";
export {
  bucketedDataset,
  type ColumnBatch,
  type Dataset,
  type EpochOptions,
  prefetch,
  type SequenceOptions,
  tableDataset,
  type TableOptions,
} from "./train/dataset.ts";
export { evaluate, type EvaluateOptions, type Metrics, predict } from "./train/evaluate.ts";
export type { Answered } from "./train/forward.ts";
export type {
  EarlyStopping,
  Learning,
  StepEvent,
  TrainingEvent,
  TrainingJob,
  TrainingResult,
  Validation,
  Values,
} from "./train/job.ts";
export { accuracy, meanDistance, type Metric } from "./train/metrics.ts";
export { train, type TrainOptions } from "./train/train.ts";
