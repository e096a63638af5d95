import { Type } from "typebox";
import type { RouteContract } from "../contract.ts";
import { closed, Id, IdParams, Limit, Name, Open, Time, Version } from "../values.ts";

const TaskListing = Type.Object({
  name: Name,
  title: Type.Optional(Type.String()),
  dataset: Name,
  inputs: Type.Array(Type.Object({ column: Type.String(), kind: Type.String() })),
  target: Type.Object({ column: Type.String(), kind: Type.String() }),
  metric: Type.String(),
  baseline: Type.String(),
});

const jobStatuses = [
  "queued",
  "running",
  "finished",
  "failed",
  "cancelled",
  "interrupted",
] as const;

export const Job = Type.Object({
  id: Id,
  kind: Type.String(),
  status: Type.Enum(jobStatuses),
  by: Type.String(),
  createdAt: Time,
  startedAt: Type.Optional(Time),
  endedAt: Type.Optional(Time),
  request: Open,
  result: Type.Optional(Open),
  runId: Type.Optional(Type.String()),
  error: Type.Optional(Type.Object({ code: Type.String(), message: Type.String() })),
});

const JobEvent = Type.Object({
  sequence: Type.Integer(),
  at: Time,
  kind: Type.String(),
  data: Open,
});

export const Setting = Type.Union([
  Type.String({ maxLength: 1000 }),
  Type.Number({ minimum: -1e300, maximum: 1e300 }),
  Type.Boolean(),
]);

const shared = { tag: "training", errors: "problem" } as const;

/** Learn: tasks, and trainings as jobs. */
export const trainingRoutes = {
  listTasks: {
    ...shared,
    method: "GET",
    path: "/api/v1/tasks",
    permission: "models:read",
    summary: "What can be learnt: built-in tasks and those of the config file",
    responses: { 200: Type.Object({ items: Type.Array(TaskListing) }) },
  },
  startTraining: {
    ...shared,
    method: "POST",
    path: "/api/v1/jobs",
    permission: "training:run",
    summary: "Start a training",
    body: closed({
      task: Name,
      family: Type.Optional(Name),
      settings: Type.Optional(Type.Record(Type.String(), Setting, { maxProperties: 100 })),
      seed: Type.Optional(Type.Integer({ minimum: 0, maximum: 4_294_967_295 })),
      version: Type.Optional(Version),
      promote: Type.Optional(Type.Boolean()),
      correctionWeight: Type.Optional(Type.Integer({ minimum: 0, maximum: 100 })),
    }),
    responses: { 202: Job },
  },
  listJobs: {
    ...shared,
    method: "GET",
    path: "/api/v1/jobs",
    permission: "jobs:read",
    summary: "Jobs, newest first",
    query: closed({ limit: Type.Optional(Limit) }),
    responses: { 200: Type.Object({ items: Type.Array(Job) }) },
  },
  getJob: {
    ...shared,
    method: "GET",
    path: "/api/v1/jobs/:id",
    permission: "jobs:read",
    summary: "One job",
    params: IdParams,
    responses: { 200: Job },
  },
  cancelJob: {
    ...shared,
    method: "POST",
    path: "/api/v1/jobs/:id/cancel",
    permission: "training:run",
    summary: "Stop a job",
    params: IdParams,
    responses: { 200: Job },
  },
  jobEvents: {
    ...shared,
    method: "GET",
    path: "/api/v1/jobs/:id/events",
    permission: "jobs:read",
    summary: "What happens in a job, as server-sent events; `Last-Event-ID` resumes",
    params: IdParams,
    query: closed({ after: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000_000 })) }),
    responses: { 200: JobEvent },
    responseType: "text/event-stream",
    stream: "events",
  },
} as const satisfies Record<string, RouteContract>;
