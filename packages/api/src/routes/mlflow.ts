import { Type } from "typebox";
import type { RouteContract } from "../contract.ts";
import { Bytes, Open } from "../values.ts";

const PathParams = Type.Object({ "*": Type.String({ maxLength: 1000 }) });
const AnyQuery = Type.Object({}, { additionalProperties: true });

const shared = {
  tag: "mlflow",
  errors: "mlflow",
  params: PathParams,
  query: AnyQuery,
} as const;
const reading = { ...shared, method: "GET", permission: "runs:read" } as const;
const writing = { ...shared, permission: "runs:write" } as const;
const calling = {
  ...writing,
  body: Type.Object({}, { additionalProperties: true, maxProperties: 1000 }),
  path: "/api/2.0/mlflow/*",
  responses: { 200: Open },
  bodyLimit: 16 * 1024 * 1024,
} as const;

const searching = {
  ...shared,
  method: "POST",
  permission: "runs:read",
  params: undefined,
  body: calling.body,
  responses: calling.responses,
} as const;
const deciding = { ...calling, permission: "models:write", params: undefined } as const;

/** The part of MLflow's REST API (2.0) its Python client needs; Basic as well as Bearer opens it. */
export const mlflowRoutes = {
  mlflowRead: {
    ...reading,
    path: "/api/2.0/mlflow/*",
    summary: "Read experiments, runs, registered models",
    responses: { 200: Open },
  },
  mlflowSearchRuns: {
    ...searching,
    path: "/api/2.0/mlflow/runs/search",
    summary: "Search runs: a read that MLflow sends as POST",
  },
  mlflowSearchExperiments: {
    ...searching,
    path: "/api/2.0/mlflow/experiments/search",
    summary: "Search experiments: a read that MLflow sends as POST",
  },
  mlflowSetAlias: {
    ...deciding,
    method: "POST",
    path: "/api/2.0/mlflow/registered-models/alias",
    summary: "Point an alias at a version: a promotion, so it needs the right to promote",
  },
  mlflowSetStage: {
    ...deciding,
    method: "POST",
    path: "/api/2.0/mlflow/model-versions/transition-stage",
    summary: "Move a version to a stage, likewise",
  },
  mlflowCreate: { ...calling, method: "POST", summary: "Log runs, register models" },
  mlflowUpdate: { ...calling, method: "PATCH", summary: "Change registered models and versions" },
  mlflowRemove: {
    ...calling,
    permission: "models:write",
    method: "DELETE",
    summary: "Remove tags, aliases, versions, models",
  },
  mlflowArtifactRead: {
    ...reading,
    path: "/api/2.0/mlflow-artifacts/*",
    summary: "List artefacts, or the bytes of one",
    responses: { 200: Bytes },
    responseType: "application/octet-stream",
    stream: "download",
  },
  mlflowArtifactWrite: {
    ...writing,
    method: "PUT",
    path: "/api/2.0/mlflow-artifacts/*",
    summary: "Upload an artefact",
    body: Bytes,
    contentTypes: ["application/octet-stream"],
    responses: { 200: Open },
    stream: "upload",
  },
  mlflowArtifactRemove: {
    ...writing,
    method: "DELETE",
    path: "/api/2.0/mlflow-artifacts/*",
    summary: "Remove an artefact",
    responses: { 200: Open },
  },
} as const satisfies Record<string, RouteContract>;
