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

/** What a setting of a family may be: `kind` says which of the others are there. */
const SettingSpec = Type.Object({
  kind: Type.Enum(["number", "boolean", "choice", "text"]),
  default: Type.Union([Type.String(), Type.Number(), Type.Boolean()]),
  min: Type.Optional(Type.Number()),
  max: Type.Optional(Type.Number()),
  integer: Type.Optional(Type.Boolean()),
  options: Type.Optional(Type.Array(Type.String())),
  description: Type.String(),
});

export const Setting = Type.Union([
  Type.String({ maxLength: 1000 }),
  Type.Number({ minimum: -1e300, maximum: 1e300 }),
  Type.Boolean(),
]);

const FamilyListing = Type.Object({
  name: Name,
  summary: Type.String(),
  inputKinds: Type.Array(Type.String()),
  settings: Type.Record(Type.String(), SettingSpec),
  /** As the body of a study has it: what is searched when nobody says. */
  searched: Type.Record(
    Type.String(),
    Type.Object({
      min: Type.Optional(Type.Number()),
      max: Type.Optional(Type.Number()),
      scale: Type.Optional(Type.Enum(["linear", "log"])),
      options: Type.Optional(Type.Array(Setting)),
    }),
  ),
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
  listFamilies: {
    ...shared,
    method: "GET",
    path: "/api/v1/families",
    permission: "models:read",
    summary:
      "What can learn, simplest first, with settings and ranges; `task`: what can learn that task",
    query: closed({ task: Type.Optional(Name) }),
    responses: { 200: Type.Object({ items: Type.Array(FamilyListing) }) },
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
  resumeTraining: {
    ...shared,
    method: "POST",
    path: "/api/v1/runs/:id/resume",
    permission: "training:run",
    summary:
      "Go on with a training that was interrupted, cancelled or failed, from its last checkpoint",
    params: IdParams,
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
  jobLog: {
    ...shared,
    method: "GET",
    path: "/api/v1/jobs/:id/log",
    permission: "jobs:read",
    summary:
      "What happened in a job so far: its newest events, oldest first, points of curves left out",
    params: IdParams,
    query: closed({ limit: Type.Optional(Limit) }),
    responses: { 200: Type.Object({ items: Type.Array(JobEvent) }) },
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
