export type { FileCounts } from "./file/predict-file.ts";
export type { RowFormat } from "./file/records.ts";
export type { BatchingOptions } from "./inference/batcher.ts";
export type { PlainPrediction } from "./inference/encoding.ts";
export { LatencyHistogram, latencyBoundsMs, type LatencySummary } from "./latency-histogram.ts";
export { openServing } from "./live-serving.ts";
export type { Correction, CorrectionPage } from "./log/correction.ts";
export { type CorrectionFilter, type Corrections, openCorrections } from "./log/corrections.ts";
export type { Outcome, OutcomeValue } from "./log/outcome.ts";
export type { Durability, OutcomeSummary, PredictionPage } from "./log/prediction-log.ts";
export type { LoggedPrediction } from "./log/prediction-row.ts";
export type { LogOptions, ServingOptions } from "./options.ts";
export type { RegistryVersion, ServingBlobs, ServingRegistry } from "./ports.ts";
export type { AnswerFigures, RecentFigures } from "./recent-answers.ts";
export { readPhotoCell } from "./photo-cell.ts";
export type {
  ComparablesResponse,
  EmbedResponse,
  ExplainResponse,
  LookRequest,
  ModelRef,
  PredictFileRequest,
  PredictRequest,
  PredictResponse,
  Serving,
} from "./serving.ts";
export { sqlFunctionsModule } from "./sql/module.ts";
export { batchBounds, type ServingStats, type VersionStats } from "./statistics.ts";
export type { ServedModel, VersionState } from "./versions/live-version.ts";
export type { VersionPolicy } from "./versions/live-versions.ts";
