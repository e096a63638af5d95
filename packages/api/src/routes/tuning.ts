import { Type } from "typebox";
import type { RouteContract } from "../contract.ts";
import { closed, Count, Id, IdParams, Limit, Name, Open, Time, Version } from "../values.ts";
import { Job, Setting } from "./training.ts";

const Bound = Type.Number({ minimum: -1e300, maximum: 1e300 });

/** How one setting is searched: between ends, or among options; neither: over its whole range. */
const Narrowing = closed({
  min: Type.Optional(Bound),
  max: Type.Optional(Bound),
  scale: Type.Optional(Type.Enum(["linear", "log"])),
  options: Type.Optional(Type.Array(Setting, { minItems: 1, maxItems: 1000 })),
});

const Trial = Type.Object({
  trial: Type.Integer(),
  settings: Open,
  state: Type.Enum(["done", "pruned", "failed"]),
  value: Type.Optional(Type.Number()),
  reports: Type.Array(Type.Array(Type.Number())),
  seconds: Type.Number(),
});

const TrialCounts = Type.Object({ wanted: Count, done: Count, pruned: Count, failed: Count });

const study = {
  id: Id,
  task: Name,
  family: Name,
  sampler: Type.String(),
  metric: Type.String(),
  direction: Type.Enum(["minimise", "maximise"]),
  status: Type.String(),
  createdAt: Time,
  by: Type.String(),
  first: Type.Optional(Trial),
  best: Type.Optional(Trial),
  improvement: Type.Optional(Type.Number()),
};

const StudyListing = Type.Object({ ...study, trials: TrialCounts });

const Study = Type.Object({
  ...study,
  counts: TrialCounts,
  trials: Type.Array(Trial),
  importance: Type.Optional(
    Type.Array(Type.Object({ setting: Type.String(), share: Type.Number() })),
  ),
  space: Open,
  settings: Open,
  data: Open,
});

const Leaderboard = Type.Object({
  task: Name,
  metric: Type.String(),
  testRows: Count,
  testRowsHash: Type.String(),
  rows: Type.Array(
    Type.Object({
      rank: Type.Integer(),
      name: Type.String(),
      family: Type.String(),
      value: Type.Number(),
      low: Type.Number(),
      high: Type.Number(),
      toBest: Type.Optional(Open),
      metrics: Type.Record(Type.String(), Type.Number()),
      seconds: Type.Number(),
      latencyMs: Type.Number(),
      batchLatencyMs: Type.Number(),
      sizeBytes: Count,
      runId: Id,
      version: Type.Optional(Version),
    }),
  ),
  pairs: Type.Array(Open),
  verdict: Type.Array(Type.String()),
  missing: Type.Array(Type.Object({ family: Type.String(), reason: Type.String() })),
  data: Open,
  computedAt: Time,
});

const TaskParams = closed({ task: Name });
const Threads = Type.Integer({ minimum: 1, maximum: 64 });
const Trials = Type.Integer({ minimum: 1, maximum: 10_000 });

const shared = { tag: "tuning", errors: "problem" } as const;

/** Learn better: studies of settings, and families compared on the same test rows. */
export const tuningRoutes = {
  startStudy: {
    ...shared,
    method: "POST",
    path: "/api/v1/studies",
    permission: "training:run",
    summary: "Search the settings of a family, as a job; `resume` goes on with a study",
    body: closed({
      task: Name,
      family: Type.Optional(Name),
      settings: Type.Optional(Type.Record(Type.String(), Setting, { maxProperties: 100 })),
      space: Type.Optional(Type.Record(Type.String(), Narrowing, { maxProperties: 100 })),
      sampler: Type.Optional(Type.Enum(["tpe", "random", "grid", "halving"])),
      trials: Type.Optional(Trials),
      parallel: Type.Optional(Threads),
      threads: Type.Optional(Threads),
      memoryMiB: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000_000 })),
      prune: Type.Optional(Type.Boolean()),
      seed: Type.Optional(Type.Integer({ minimum: 0, maximum: 4_294_967_295 })),
      version: Type.Optional(Version),
      resume: Type.Optional(Id),
      warmStart: Type.Optional(Id),
    }),
    responses: { 202: Job },
  },
  listStudies: {
    ...shared,
    method: "GET",
    path: "/api/v1/studies",
    permission: "runs:read",
    summary: "Studies, newest first, each with its best trial so far",
    query: closed({ task: Type.Optional(Name), limit: Type.Optional(Limit) }),
    responses: { 200: Type.Object({ items: Type.Array(StudyListing) }) },
  },
  getStudy: {
    ...shared,
    method: "GET",
    path: "/api/v1/studies/:id",
    permission: "runs:read",
    summary: "A study: every trial, the best, which settings matter",
    params: IdParams,
    responses: { 200: Study },
  },
  studyPage: {
    ...shared,
    method: "GET",
    path: "/api/v1/studies/:id/study.html",
    permission: "runs:read",
    summary: "A study as a page: trials over time, importances, no script",
    params: IdParams,
    responses: { 200: Type.String() },
    responseType: "text/html",
  },
  computeLeaderboard: {
    ...shared,
    method: "POST",
    path: "/api/v1/leaderboards/:task",
    permission: "training:run",
    summary: "Measure every family of a task on the same test rows, as a job",
    params: TaskParams,
    body: closed({
      families: Type.Optional(Type.Array(Name, { minItems: 1, maxItems: 100 })),
      train: Type.Optional(Type.Boolean()),
      version: Type.Optional(Version),
      threads: Type.Optional(Threads),
    }),
    responses: { 202: Job },
  },
  listLeaderboards: {
    ...shared,
    method: "GET",
    path: "/api/v1/leaderboards",
    permission: "runs:read",
    summary: "Tasks whose leaderboard was computed, the latest first",
    responses: {
      200: Type.Object({
        items: Type.Array(
          Type.Object({
            task: Name,
            computedAt: Type.Integer(),
            verdict: Type.Array(Type.String()),
          }),
        ),
      }),
    },
  },
  getLeaderboard: {
    ...shared,
    method: "GET",
    path: "/api/v1/leaderboards/:task",
    permission: "runs:read",
    summary: "The leaderboard of a task as it was computed last",
    params: TaskParams,
    responses: { 200: Leaderboard },
  },
} as const satisfies Record<string, RouteContract>;
