import { errorMessage, SoukError } from "@souk/core";

/** One request to the MLflow API. */
export interface MlflowRequest {
  readonly method: string;
  /** Without host or query, percent-encoded as it came: "/api/2.0/mlflow/runs/create". */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Parsed JSON; for uploads to `mlflow-artifacts` the bytes, at once or as they arrive. */
  readonly body?: unknown;
  /** Who asks, for the promotion log and `user_id`. */
  readonly principal: string;
}

/** What to send back: a plain value as JSON, bytes as they are. */
export interface MlflowAnswer {
  readonly status: number;
  readonly body: object | AsyncIterable<Uint8Array>;
  /** Absent for JSON. */
  readonly contentType?: string;
}

/** MLflow's error codes and their statuses. Source: mlflow.exceptions.ERROR_CODE_TO_HTTP_STATUS, 3.17. */
const STATUS = {
  RESOURCE_DOES_NOT_EXIST: 404,
  RESOURCE_ALREADY_EXISTS: 400,
  INVALID_PARAMETER_VALUE: 400,
  RESOURCE_CONFLICT: 409,
  PERMISSION_DENIED: 403,
  ENDPOINT_NOT_FOUND: 404,
  TEMPORARILY_UNAVAILABLE: 503,
} as const;

const MLFLOW_CODE: Readonly<Record<string, keyof typeof STATUS>> = {
  TRACKING_EXPERIMENT_UNKNOWN: "RESOURCE_DOES_NOT_EXIST",
  TRACKING_RUN_UNKNOWN: "RESOURCE_DOES_NOT_EXIST",
  TRACKING_MODEL_UNKNOWN: "RESOURCE_DOES_NOT_EXIST",
  TRACKING_VERSION_UNKNOWN: "RESOURCE_DOES_NOT_EXIST",
  TRACKING_ALIAS_UNKNOWN: "RESOURCE_DOES_NOT_EXIST",
  BLOB_NOT_FOUND: "RESOURCE_DOES_NOT_EXIST",
  TRACKING_EXPERIMENT_EXISTS: "RESOURCE_ALREADY_EXISTS",
  TRACKING_MODEL_EXISTS: "RESOURCE_ALREADY_EXISTS",
  TRACKING_INVALID: "INVALID_PARAMETER_VALUE",
  TRACKING_FILTER: "INVALID_PARAMETER_VALUE",
  TRACKING_CURSOR: "INVALID_PARAMETER_VALUE",
  TRACKING_PARAM_CHANGED: "INVALID_PARAMETER_VALUE",
  TRACKING_ARTIFACT_MISSING: "INVALID_PARAMETER_VALUE",
  STORE_VALUE: "INVALID_PARAMETER_VALUE",
  BLOB_KEY: "INVALID_PARAMETER_VALUE",
  BLOB_CONFLICT: "RESOURCE_CONFLICT",
  TRACKING_ARTIFACT_IN_USE: "RESOURCE_CONFLICT",
  TRACKING_RUN_STATE: "RESOURCE_CONFLICT",
  TRACKING_VERSION_REJECTED: "RESOURCE_CONFLICT",
  TRACKING_VERSION_SERVING: "RESOURCE_CONFLICT",
  TRACKING_ALIAS_GUARDED: "PERMISSION_DENIED",
  TRACKING_ENDPOINT_UNKNOWN: "ENDPOINT_NOT_FOUND",
  STORE_BUSY: "TEMPORARILY_UNAVAILABLE",
  STORE_OVERLOADED: "TEMPORARILY_UNAVAILABLE",
};

/** An error as MLflow's clients read it. What the caller did not cause is thrown on, for the server to log and answer. */
export function errorAnswer(thrown: unknown): MlflowAnswer {
  const known = thrown instanceof SoukError && Object.hasOwn(MLFLOW_CODE, thrown.code);
  const code = known ? MLFLOW_CODE[thrown.code] : undefined;
  if (code === undefined) throw thrown;
  return { status: STATUS[code], body: { error_code: code, message: errorMessage(thrown) } };
}
