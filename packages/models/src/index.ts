export type { ModelCard } from "./artefact/card.ts";
export type { Comparable } from "./artefact/comparables.ts";
export { loadModel } from "./artefact/folder.ts";
export { recordEvents, type TrainingEvents } from "./artefact/training-events.ts";
export type {
  LabelProbability,
  Model,
  Prediction,
  PredictionExplanation,
} from "./artefact/model.ts";
export type { Calibration } from "./evaluation/calibration.ts";
export type { ClassReport } from "./evaluation/class-metrics.ts";
export type { Coverage } from "./evaluation/coverage.ts";
export type { ClassCurve, ReportCurves } from "./evaluation/curves.ts";
export { evaluateModel } from "./evaluation/evaluate.ts";
export { type Examination, examineModel } from "./evaluation/examine.ts";
export type { MetricInterval } from "./evaluation/interval.ts";
export type { EvaluationReport } from "./evaluation/report.ts";
export type { SliceReport } from "./evaluation/slices.ts";
export type { WorstError } from "./evaluation/worst-errors.ts";
export { checkFamily, type FamilyLaw } from "./families/check-family.ts";
export type {
  Checkpoints,
  Embeddings,
  Examples,
  Explanation,
  Family,
  FamilyContext,
  FamilyData,
  ImageSource,
  PartName,
  Predictor,
  SavedPredictor,
  Surroundings,
  TrainEvent,
} from "./families/family.ts";
export {
  describeFamilies,
  defaultFamily,
  settingsOf,
  familiesFor,
  type FamilyDescription,
  familyNames,
} from "./families/registry.ts";
export { type Augmentation, augmentPixels } from "./images/augment.ts";
export {
  decodeImages,
  type ImageBatch,
  type ImageBatchOptions,
  type ImageFile,
} from "./images/batches.ts";
export {
  decodeImage,
  type DecodeOptions,
  decodePixels,
  type ImageTensorOptions,
} from "./images/decode.ts";
export { type ImageFacts, imageFacts } from "./images/facts.ts";
export { type ImageFormat, type ImageLimits, imageLimits } from "./images/limits.ts";
export { type Layout, type Normalisation, normaliseInto, type Pixels } from "./images/pixels.ts";
export { mapOrdered } from "./images/ordered.ts";
export { type SourceLimits, sourceLimits } from "./images/source-meter.ts";
export { readPhotos } from "./images/sources.ts";
export { type ImageStore, imageStore } from "./images/store.ts";
export { encodeJpeg, photoThumbnail } from "./images/thumbnail.ts";
export {
  type ForecastCard,
  loadForecast,
  type SavedForecast,
} from "./forecast/forecast-artefact.ts";
export type { SeriesForecast } from "./forecast/series-forecast.ts";
export { forecastFamilyNames } from "./forecast/forecast-families.ts";
export type { ForecastReport, SeriesReport } from "./forecast/forecast-report.ts";
export {
  type BarColumns,
  builtInForecasts,
  forecastColumns,
  type ForecastTask,
  parseForecastTask,
} from "./forecast/forecast-task.ts";
export {
  type ForecastOptions,
  type ForecastResult,
  trainForecast,
} from "./forecast/train-forecast.ts";
export type { Settings, SettingSpec, SettingValue } from "./families/settings.ts";
export {
  leaderboard,
  type Leaderboard,
  type LeaderboardEntry,
  type LeaderboardRow,
  type PairedDifference,
} from "./leaderboard/leaderboard.ts";
export { gainVerdict, leaderboardVerdict } from "./leaderboard/leaderboard-verdict.ts";
export type { McNemar } from "./leaderboard/mcnemar.ts";
export type { RowOutcomes } from "./leaderboard/row-outcomes.ts";
export { reportPage, type ReportPageOptions } from "./report-page/report-page.ts";
export { reportVerdict } from "./report-page/report-verdict.ts";
export type { Cell, ColumnBatch } from "./rows/batch.ts";
export type { CorrectedRows, CorrectionsReport } from "./rows/corrections.ts";
export { readTestRows } from "./rows/test-rows.ts";
export { outerLevels } from "./rows/target.ts";
export { builtInForecasters } from "./series/built-in.ts";
export type { SeriesGap } from "./series/calendar.ts";
export { withIntervals } from "./series/conformal.ts";
export { smoothingForecaster } from "./series/exponential-smoothing.ts";
export { type FeatureOptions, seriesFeatures, type SeriesFeatures } from "./series/features.ts";
export type {
  FittedForecaster,
  Forecast,
  ForecastContext,
  Forecaster,
  PointForecaster,
  PointModel,
} from "./series/forecaster.ts";
export { linearLagsForecaster } from "./series/linear-lags.ts";
export {
  driftForecaster,
  meanForecaster,
  naiveForecaster,
  zeroForecaster,
} from "./series/naive.ts";
export { checkForecaster, type ForecasterLaw } from "./series/check-forecaster.ts";
export { lstmForecaster, type LstmOptions } from "./series/lstm-forecaster.ts";
export {
  type BoostedTreesOptions,
  boostedTreesForecaster,
  forestForecaster,
  type ForestOptions,
} from "./series/tree-forecaster.ts";
export { seasonalNaiveForecaster } from "./series/seasonal-naive.ts";
export { parseSeries, type Series, type SeriesColumns, seriesGaps } from "./series/series.ts";
export type { SmoothingShape } from "./series/smoothing.ts";
export { deriveTarget, type ForecastTarget } from "./series/target.ts";
export { walkForward, type WalkForwardOptions } from "./series/walk-forward.ts";
export type {
  BenchmarkComparison,
  ForecasterReport,
  HorizonReport,
  WalkForwardReport,
} from "./series/walk-forward-report.ts";
export { builtInTasks } from "./task/built-in.ts";
export { isLowerBetter, type TaskMetric } from "./task/metrics.ts";
export { parseTask } from "./task/parse.ts";
export {
  type DerivedTarget,
  PHOTO_COLUMN,
  type Task,
  taskColumns,
  type TaskInput,
} from "./task/task.ts";
export { trainTask, type TrainOptions, type TrainResult } from "./train.ts";
export { analogy, nearestWords, type SimilarWord } from "./word2vec/nearest.ts";
export { type WordVectorSettings, wordVectorSettings } from "./word2vec/settings.ts";
export { wordVectorsFromTensors, wordVectorsToTensors } from "./word2vec/tensors.ts";
export { loadWordVectors, saveWordVectors } from "./word2vec/text-file.ts";
export { trainWordVectors, type WordVectorOptions } from "./word2vec/train.ts";
export type { WordVectors } from "./word2vec/word-vectors.ts";
export type { Resources } from "./tuning/capacity.ts";
export { createGridSampler } from "./tuning/grid.ts";
export { createHalvingSampler, type HalvingOptions } from "./tuning/halving.ts";
export { settingImportance, type SettingImportance } from "./tuning/importance.ts";
export type { Direction } from "./tuning/journal-line.ts";
export type { Pruning } from "./tuning/pruning.ts";
export { createRandomSampler } from "./tuning/random.ts";
export type { Outcome, Proposal, Sampler } from "./tuning/sampler.ts";
export {
  defineSpace,
  type Dimension,
  type Narrowing,
  searchSpace,
  type SearchSpace,
  type TrialSettings,
} from "./tuning/space.ts";
export {
  bestTrial,
  readStudy,
  runStudy,
  type StudyEvent,
  type StudyOptions,
  type StudyResult,
} from "./tuning/study.ts";
export { studyPage, type StudyPageOptions } from "./tuning/study-page.ts";
export { studyTable } from "./tuning/table.ts";
export { createTpeSampler, type TpeOptions } from "./tuning/tpe.ts";
export { defaultSettings, familySpace } from "./tuning/family-space.ts";
export { startWith } from "./tuning/start-with.ts";
export { type TrialRows, trialRows } from "./tuning/trial-rows.ts";
export { trialTask, type TrialOptions, type TrialResult } from "./tuning/trial-task.ts";
export type { Evaluate, StartedTrial, Trial, TrialContext } from "./tuning/trial.ts";
