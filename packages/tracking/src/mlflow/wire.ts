import { artifactKey } from "../artifacts.ts";
import type { Experiment } from "../experiments.ts";
import type { RunInput } from "../inputs.ts";
import { invalid } from "../limits.ts";
import type { ModelVersion, RegisteredModel } from "../registry-rows.ts";
import type { MetricPoint, Run, RunStatus } from "../run.ts";

// The shapes of MLflow's REST API. Source: mlflow/protos/service.proto and model_registry.proto, 3.17.

const RUN_STATUS: Readonly<Record<RunStatus, string>> = {
  running: "RUNNING",
  finished: "FINISHED",
  failed: "FAILED",
  cancelled: "KILLED",
  interrupted: "KILLED",
};

const FROM_STATUS: Readonly<Record<string, RunStatus>> = {
  RUNNING: "running",
  SCHEDULED: "running",
  FINISHED: "finished",
  FAILED: "failed",
  KILLED: "cancelled",
};

/** MLflow's status as ours. @throws SoukError `TRACKING_INVALID`. */
export function statusFromWire(status: string): RunStatus {
  const found = Object.hasOwn(FROM_STATUS, status) ? FROM_STATUS[status] : undefined;
  if (found === undefined)
    throw invalid(`a status (${Object.keys(FROM_STATUS).join(", ")})`, status);
  return found;
}

/** The artefact root of a run, which MLflow's clients turn into requests to this server. */
export function artifactUri(runId: string): string {
  return `mlflow-artifacts:/${runId}/artifacts`;
}

/** A blob prefix of a run's files as an artefact URI. */
export function sourceToWire(source: string): string {
  return source === "" ? "" : `mlflow-artifacts:/${source.replace(/^runs\//, "")}`;
}

/** Which run and folder a source names. @throws SoukError `TRACKING_INVALID` for files outside this server's runs. */
export function sourceFromWire(source: string): { runId: string; artifactPrefix: string } {
  const own = /^mlflow-artifacts:(?:\/\/[^/]+)?\/+([^/]+)\/artifacts(?:\/(.*))?$/.exec(source);
  const [, runId, path = ""] = own ?? /^runs:\/+([^/]+)(?:\/(.*))?$/.exec(source) ?? [];
  if (runId === undefined)
    throw invalid("a source under mlflow-artifacts:/ or runs:/, logged to this server", source);
  const artifactPrefix = path.replace(/\/+$/, "");
  artifactKey(runId, artifactPrefix);
  return { runId, artifactPrefix };
}

/** A record as MLflow's list of keys and values. */
function pairsToWire(pairs: Readonly<Record<string, string>>): { key: string; value: string }[] {
  return Object.entries(pairs).map(([key, value]) => ({ key, value }));
}

/** An experiment. */
export function experimentToWire(experiment: Experiment): object {
  return {
    experiment_id: experiment.id,
    name: experiment.name,
    artifact_location: "mlflow-artifacts:/",
    lifecycle_stage: experiment.removed ? "deleted" : "active",
    creation_time: experiment.createdAt,
    last_update_time: experiment.updatedAt,
    tags: pairsToWire(experiment.tags),
  };
}

/** A metric point; values JSON has no number for are texts, as in protobuf's JSON. */
export function pointToWire({ key, value, step, timestamp }: MetricPoint, runId?: string): object {
  const shown = Number.isFinite(value) ? value : String(value);
  return { key, value: shown, step, timestamp, ...(runId === undefined ? {} : { run_id: runId }) };
}

/** The head of a run. */
export function runInfoToWire(run: Run): object {
  return {
    run_id: run.id,
    run_uuid: run.id,
    run_name: run.name,
    experiment_id: run.experimentId,
    user_id: run.createdBy ?? "",
    status: RUN_STATUS[run.status],
    start_time: run.startedAt,
    ...(run.endedAt === undefined ? {} : { end_time: run.endedAt }),
    artifact_uri: artifactUri(run.id),
    lifecycle_stage: run.removed ? "deleted" : "active",
  };
}

/** A whole run. Facts MLflow keeps as tags are added as tags. */
export function runToWire(
  run: Run,
  points: readonly MetricPoint[],
  inputs: readonly RunInput[],
): object {
  const added: Record<string, string | undefined> = {
    "mlflow.runName": run.name,
    "mlflow.user": run.createdBy,
    "mlflow.parentRunId": run.parentId,
    "mlflow.source.git.commit": run.git?.commit,
  };
  const known = Object.entries(added).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value] as const],
  );
  return {
    info: runInfoToWire(run),
    data: {
      metrics: points.map((point) => pointToWire(point)),
      params: pairsToWire(run.params),
      tags: pairsToWire({ ...Object.fromEntries(known), ...run.tags }),
    },
    inputs: { dataset_inputs: inputs.map(inputToWire) },
  };
}

function inputToWire({
  tags,
  name,
  digest,
  sourceType,
  source,
  schema,
  profile,
}: RunInput): object {
  return {
    tags: pairsToWire(tags),
    dataset: { name, digest, source_type: sourceType, source, schema, profile },
  };
}

/** A model version. */
export function versionToWire(version: ModelVersion): object {
  return {
    name: version.model,
    version: String(version.version),
    creation_timestamp: version.createdAt,
    last_updated_timestamp: version.updatedAt,
    user_id: version.createdBy ?? "",
    current_stage: version.mlflowStage,
    description: version.description ?? "",
    source: sourceToWire(version.source),
    run_id: version.runId ?? "",
    status: "READY",
    tags: pairsToWire({ ...version.tags, "souk.stage": version.stage }),
    aliases: [...version.aliases],
  };
}

/** A registered model with the latest version of each of MLflow's stages. */
export function modelToWire(model: RegisteredModel): object {
  const latest = latestVersions(model, []);
  return {
    name: model.name,
    creation_timestamp: model.createdAt,
    last_updated_timestamp: model.updatedAt,
    description: model.description ?? "",
    latest_versions: latest.map(versionToWire),
    tags: pairsToWire(model.tags),
    aliases: Object.entries(model.aliases).map(([alias, version]) => ({
      alias,
      version: String(version),
    })),
  };
}

/** The highest version of each stage, or of the stages asked for. */
export function latestVersions(
  { versions }: RegisteredModel,
  stages: readonly string[],
): ModelVersion[] {
  const byStage = new Map(versions.map((version) => [version.mlflowStage, version]));
  const wanted = stages.map((stage) => stage.toLowerCase());
  return [...byStage.values()].filter(
    ({ mlflowStage }) => wanted.length === 0 || wanted.includes(mlflowStage.toLowerCase()),
  );
}
