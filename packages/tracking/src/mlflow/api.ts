import { SoukError } from "@souk/core";
import type { Tracking } from "../tracking.ts";
import { errorAnswer, type MlflowAnswer, type MlflowRequest } from "./answer.ts";
import { handleArtifacts } from "./artifact-routes.ts";
import { experimentRoutes } from "./experiment-routes.ts";
import { createFields } from "./fields.ts";
import { modelRoutes } from "./model-routes.ts";
import type { Routes } from "./route.ts";
import { runRoutes } from "./run-routes.ts";
import { versionRoutes } from "./version-routes.ts";

/** The subset of MLflow's REST API that its clients need to log, search, register and read. */
export interface MlflowApi {
  /**
   * Answers one request. What the caller did wrong becomes MLflow's `{ error_code, message }`; what it did not cause
   * (a full disk, a damaged file) is thrown as the SoukError it is.
   */
  handle(request: MlflowRequest): Promise<MlflowAnswer>;
}

/** Largest file one upload may hold, unless told: a checkpoint of a large model, not a disk. */
const MAX_ARTIFACT_BYTES = 16 * 1024 ** 3;
const API = "/api/2.0/mlflow/";
const ARTIFACTS = "/api/2.0/mlflow-artifacts/artifacts";

const routes: Routes = { ...experimentRoutes, ...runRoutes, ...modelRoutes, ...versionRoutes };

/** The endpoints this API has, as "METHOD /path", for documents and for the server's table. */
export function mlflowEndpoints(): string[] {
  const artifacts = ["GET", "PUT", "DELETE"].map((method) => `${method} ${ARTIFACTS}/*`);
  const named = Object.keys(routes).map((route) => route.replace(" ", ` ${API}`));
  return [...named, `GET ${ARTIFACTS}`, ...artifacts];
}

/** MLflow's REST API over `tracking`. Source: MLflow REST API, version 2.0 paths, as called by the 3.17 client. */
export function createMlflowApi(
  tracking: Tracking,
  { maxArtifactBytes = MAX_ARTIFACT_BYTES }: { maxArtifactBytes?: number } = {},
): MlflowApi {
  return {
    async handle(request) {
      try {
        return await answer(tracking, request, maxArtifactBytes);
      } catch (thrown) {
        return errorAnswer(thrown);
      }
    },
  };
}

async function answer(
  tracking: Tracking,
  request: MlflowRequest,
  maxBytes: number,
): Promise<MlflowAnswer> {
  const { method, path, principal } = request;
  if (path === ARTIFACTS || path.startsWith(`${ARTIFACTS}/`))
    return handleArtifacts(tracking, request, { path: path.slice(ARTIFACTS.length + 1), maxBytes });
  const name = `${method} ${path.startsWith(API) ? path.slice(API.length) : path}`;
  const route = Object.hasOwn(routes, name) ? routes[name] : undefined;
  if (route === undefined)
    throw new SoukError(
      "TRACKING_ENDPOINT_UNKNOWN",
      `there is no ${method} ${path.slice(0, 200)} here`,
    );
  const fields = createFields(method === "GET" ? request.query : request.body);
  return { status: 200, body: await route(fields, { tracking, principal }) };
}
