export type { RunArtifacts } from "./artifacts.ts";
export { defaultExperiment, type Experiment, type Experiments } from "./experiments.ts";
export { type Comparison, type Operator, parseFilter } from "./filter.ts";
export {
  evaluateGate,
  type GateCandidate,
  type GateIncumbent,
  type GateResult,
  type GateRule,
  type GateRules,
} from "./gate.ts";
export type { Inputs, RunInput } from "./inputs.ts";
export { limits as trackingLimits } from "./limits.ts";
export type { MlflowAnswer, MlflowRequest } from "./mlflow/answer.ts";
export { createMlflowApi, type MlflowApi, mlflowEndpoints } from "./mlflow/api.ts";
export { championAlias, type MoveOptions } from "./promotion.ts";
export type { PromotionEntry, ServedSpan } from "./promotion-log.ts";
export type { RecoveryOptions } from "./recovery.ts";
export type { Decider, Registry } from "./registry.ts";
export type { ModelVersion, RegisteredModel, Stage } from "./registry-rows.ts";
export type { NewVersion } from "./registry-write.ts";
export type { GitState, MetricPoint, Run, RunData, RunStatus } from "./run.ts";
export type { RunBatch } from "./run-log.ts";
export type { Page, RunSearch } from "./run-search.ts";
export type { NewRun, Runs } from "./runs.ts";
export { openTracking, type Tracking } from "./tracking.ts";
