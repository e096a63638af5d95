export type { ArtefactCard, CardFacts, Json } from "./artefact/card.ts";
export { type Artefact, loadModel, saveModel } from "./artefact/folder.ts";
export { createGraph } from "./graph/create.ts";
export { foldBatchNormalization } from "./graph/fold-batch-normalization.ts";
export { fromOnnx, type ImportedGraph, type ImportOptions } from "./graph/from-onnx.ts";
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
  type Binary,
  binaryRule,
  type GradientContext,
  type GradientRule,
  type GradientRules,
  sumToShape,
  type Unary,
  unaryRule,
} from "./gradients/rule.ts";
export type { Sample } from "./gradients/samples.ts";
export { type Activation, activate, activationNames } from "./layers/activation.ts";
export { attentionBias, type AttentionOptions, selfAttention } from "./layers/attention.ts";
export { conv1d, type Conv1dOptions, conv2d, type Conv2dOptions } from "./layers/convolution.ts";
export { dense, type DenseOptions } from "./layers/dense.ts";
export { dropout } from "./layers/dropout.ts";
export { embedding, type EmbeddingOptions } from "./layers/embedding.ts";
export {
  filledWith,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  normal,
  ones,
  orthogonal,
  truncatedNormal,
  zeros,
} from "./layers/initializers.ts";
export { batchNormalization, layerNorm } from "./layers/normalization.ts";
export { addInputs, parametersOf } from "./layers/parameters.ts";
export {
  globalMeanPool,
  maskedMeanPool,
  maxPool,
  meanPool,
  normalizeRows,
  poolSteps,
} from "./layers/pooling.ts";
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
export { biLstm, type BiLstmSettings } from "./nn/bi-lstm.ts";
export {
  createNetwork,
  type FusedPartSettings,
  type NetworkSettings,
} from "./nn/create-network.ts";
export { fusedHead, type FusedHeadOptions, type FusedPart } from "./nn/fused-head.ts";
export { imageCnn, type ImageCnnSettings } from "./nn/image-cnn.ts";
export type { ImageNetSettings } from "./nn/image-net.ts";
export { mobileNetV2 } from "./nn/mobile-net-v2.ts";
export { networkModel, type NetworkModelOptions } from "./nn/network-model.ts";
export { resNet50 } from "./nn/res-net-50.ts";
export { textCnn, type TextCnnSettings } from "./nn/text-cnn.ts";
export {
  transformerEncoder,
  type TransformerHead,
  type TransformerSettings,
} from "./nn/transformer-encoder.ts";
export { inBatchSoftmax, twoTower, type TwoTowerOptions } from "./nn/two-tower.ts";
export { vgg16 } from "./nn/vgg-16.ts";
export { type OnnxLimits, onnxLimits } from "./onnx/limits.ts";
export type { Attribute, Dim, OnnxGraph, OnnxModel, OnnxNode, ValueInfo } from "./onnx/model.ts";
export { readOnnx, type ReadOptions } from "./onnx/read.ts";
export {
  type ElementType,
  float32,
  int32,
  int64,
  numbersOf,
  type Tensor,
  tensor,
} from "./onnx/tensor.ts";
export { writeOnnx, writeOnnxWithExternalData } from "./onnx/write.ts";
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
export { bertWords, type BertWordsOptions } from "./pretrained/bert-words.ts";
export {
  type ImageBackbone,
  imageBackbone,
  type ImageBackboneOptions,
} from "./pretrained/image-backbone.ts";
export {
  loadTransformer,
  type LoadTransformerOptions,
  type PretrainedTransformer,
} from "./pretrained/load-transformer.ts";
export {
  openSentenceEmbedder,
  type SentenceEmbedder,
  type SentenceEmbedderOptions,
} from "./pretrained/sentence-embedder.ts";
export { fromTorch, toTorch } from "./pretrained/torch-layout.ts";
export { transformerSettings } from "./pretrained/transformer-config.ts";
export {
  type BatchOptions,
  type EncodedBatch,
  type EncodeOptions,
  type Encoding,
  wordPieceTokenizer,
  type WordPieceOptions,
  type WordPieceTokenizer,
} from "./pretrained/word-piece.ts";
export { compareModels, type OutputDifference } from "./run/compare-models.ts";
export {
  type ComputeFeatures,
  type FeatureCache,
  type FeatureCacheOptions,
  type FeatureCounts,
  openFeatureCache,
} from "./run/feature-cache.ts";
export { openPool, type Pool, type PoolOptions, type PoolRunOptions } from "./run/pool.ts";
export {
  type NodeReport,
  type QuantizationReport,
  quantizeDynamic,
  type QuantizeOptions,
} from "./run/quantize.ts";
export { openSession, type Session, type SessionOptions } from "./run/session.ts";
export type { Signature, Tensors } from "./run/signature.ts";
export type { ThreadCounts } from "./run/threads.ts";
export { type SafetensorsLimits, safetensorsLimits } from "./safetensors/header.ts";
export {
  openSafetensors,
  readSafetensors,
  type Safetensors,
  type SafetensorsFile,
} from "./safetensors/read.ts";
export { toFloat32 } from "./safetensors/to-float32.ts";
export { writeSafetensors } from "./safetensors/write.ts";
export { type EventFile, type EventFileOptions, openEventFile } from "./tensorboard/event-file.ts";
export { trainingCurves } from "./tensorboard/training-curves.ts";
export { checkpointFile } from "./train/checkpoint.ts";
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
