export type { ModelCard } from "./artefact/card.ts";
export { loadModel } from "./artefact/folder.ts";
export type { Model, Prediction } from "./artefact/model.ts";
export type { Calibration } from "./evaluation/calibration.ts";
export type { ClassReport } from "./evaluation/class-metrics.ts";
export { evaluateModel } from "./evaluation/evaluate.ts";
export type { MetricInterval } from "./evaluation/interval.ts";
export type { EvaluationReport } from "./evaluation/report.ts";
export type { SliceReport } from "./evaluation/slices.ts";
export type { WorstError } from "./evaluation/worst-errors.ts";
export { checkFamily, type FamilyLaw } from "./families/check-family.ts";
export type {
  Checkpoints,
  Examples,
  Family,
  FamilyContext,
  FamilyData,
  Predictor,
  SavedPredictor,
  TrainEvent,
} from "./families/family.ts";
export { describeFamilies, type FamilyDescription, familyNames } from "./families/registry.ts";
export type { Settings, SettingSpec, SettingValue } from "./families/settings.ts";
export type { Cell, ColumnBatch } from "./rows/batch.ts";
export { readTestRows } from "./rows/test-rows.ts";
export { builtInTasks } from "./task/built-in.ts";
export { parseTask } from "./task/parse.ts";
export { type Task, taskColumns, type TaskInput } from "./task/task.ts";
export { trainTask, type TrainOptions, type TrainResult } from "./train.ts";
