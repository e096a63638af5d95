import { Type } from "typebox";
import type { RouteContract } from "../contract.ts";
import {
  Bytes,
  closed,
  Count,
  Cursor,
  Id,
  IdParams,
  Limit,
  Name,
  Open,
  pageOf,
  Time,
} from "../values.ts";

const Run = Type.Object({
  id: Id,
  status: Type.String(),
  name: Type.Optional(Type.String()),
  experiment: Type.Optional(Type.String()),
  task: Type.Optional(Type.String()),
  family: Type.Optional(Type.String()),
  startedAt: Type.Optional(Time),
  endedAt: Type.Optional(Time),
  createdBy: Type.Optional(Type.String()),
  command: Type.Optional(Type.String()),
  git: Type.Optional(
    Type.Object({
      commit: Type.String(),
      branch: Type.Optional(Type.String()),
      dirty: Type.Optional(Type.Boolean()),
    }),
  ),
  data: Type.Optional(
    Type.Object({ dataset: Type.String(), version: Type.Integer(), hash: Type.String() }),
  ),
  parentId: Type.Optional(Type.String()),
  error: Type.Optional(Type.String()),
  params: Type.Optional(Type.Record(Type.String(), Type.String())),
  metrics: Type.Optional(Type.Record(Type.String(), Type.Number())),
  tags: Type.Optional(Type.Record(Type.String(), Type.String())),
});

const Point = Type.Object({
  key: Type.String(),
  value: Type.Number(),
  step: Type.Integer(),
  timestamp: Type.Integer(),
});

const shared = { tag: "runs", errors: "problem", method: "GET", permission: "runs:read" } as const;

/** What was tried: runs with their params, metrics, report and artefacts. */
export const runRoutes = {
  listRuns: {
    ...shared,
    path: "/api/v1/runs",
    summary: "Runs, newest first, or as `orderBy` says",
    query: closed({
      experiment: Type.Optional(Name),
      status: Type.Optional(
        Type.Enum(["running", "finished", "failed", "interrupted", "cancelled"]),
      ),
      filter: Type.Optional(Type.String({ maxLength: 2000 })),
      orderBy: Type.Optional(Type.String({ maxLength: 200 })),
      limit: Type.Optional(Limit),
      cursor: Type.Optional(Cursor),
    }),
    responses: { 200: pageOf(Run) },
  },
  getRun: {
    ...shared,
    path: "/api/v1/runs/:id",
    summary: "One run",
    params: IdParams,
    responses: { 200: Run },
  },
  runMetrics: {
    ...shared,
    path: "/api/v1/runs/:id/metrics",
    summary: "Every point of one metric or of all; `most`: that many of each at most, no peak lost",
    params: IdParams,
    query: closed({
      key: Type.Optional(Type.String({ minLength: 1, maxLength: 250 })),
      most: Type.Optional(Type.Integer({ minimum: 10, maximum: 100_000 })),
    }),
    responses: { 200: Type.Object({ items: Type.Array(Point) }) },
  },
  runReport: {
    ...shared,
    path: "/api/v1/runs/:id/report",
    summary: "The evaluation report of a run",
    params: IdParams,
    responses: { 200: Open },
  },
  runReportPage: {
    ...shared,
    path: "/api/v1/runs/:id/report.html",
    summary: "The evaluation report of a run as a page: charts, photos, no script",
    params: IdParams,
    responses: { 200: Type.String() },
    responseType: "text/html",
  },
  runArtifacts: {
    ...shared,
    path: "/api/v1/runs/:id/artifacts",
    summary: "Files a run kept",
    params: IdParams,
    responses: {
      200: Type.Object({
        items: Type.Array(Type.Object({ path: Type.String(), sizeBytes: Count })),
      }),
    },
  },
  runArtifact: {
    ...shared,
    path: "/api/v1/runs/:id/artifacts/*",
    summary: "Bytes of one file",
    params: Type.Object({ id: Id, "*": Type.String({ minLength: 1, maxLength: 1000 }) }),
    responses: { 200: Bytes },
    responseType: "application/octet-stream",
    stream: "download",
  },
} as const satisfies Record<string, RouteContract>;
