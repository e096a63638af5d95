import { Type } from "typebox";
import type { RouteContract } from "../contract.ts";
import { Count, Name, Time } from "../values.ts";

/** Counts and times over some span; milliseconds, 0 when nothing was answered. */
const figures = {
  requests: Count,
  rows: Count,
  errors: Count,
  p50Ms: Type.Number(),
  p95Ms: Type.Number(),
  p99Ms: Type.Number(),
};

const ServedVersion = Type.Object({
  model: Name,
  version: Type.Integer(),
  aliases: Type.Array(Type.String()),
  state: Type.Enum(["LOADING", "AVAILABLE", "UNLOADING", "END"]),
  error: Type.Optional(Type.String()),
  sizeBytes: Type.Optional(Count),
});

const VersionStats = Type.Object({
  model: Name,
  version: Type.Integer(),
  /** Since the server started. */
  requests: Count,
  rows: Count,
  /** Failed requests by error code. */
  errors: Type.Record(Type.String(), Count),
  /** `sizes` are cumulative: batches of at most `leRows` rows. */
  batches: Type.Object({
    count: Count,
    rows: Count,
    sizes: Type.Array(Type.Object({ leRows: Count, count: Count })),
  }),
  latency: Type.Object({
    count: Count,
    p50Ms: Type.Number(),
    p95Ms: Type.Number(),
    p99Ms: Type.Number(),
    maxMs: Type.Number(),
  }),
  /** The last `windowMs`, by slots in which something happened. */
  recent: Type.Object({
    windowMs: Count,
    slotMs: Count,
    ...figures,
    slots: Type.Array(Type.Object({ at: Time, ...figures })),
  }),
  /** What waits now. */
  queue: Type.Object({ parts: Count, rows: Count }),
});

/** How answering goes. */
export const servingRoutes = {
  servingStats: {
    tag: "serving",
    errors: "problem",
    method: "GET",
    path: "/api/v1/serving",
    permission: "monitor:read",
    summary:
      "Which versions are loaded, how fast and how often they answer, in batches of how many",
    responses: {
      200: Type.Object({
        at: Time,
        startedAt: Time,
        ready: Type.Boolean(),
        reasons: Type.Array(Type.String()),
        workers: Type.Object({ alive: Count, workers: Count, restarts: Count }),
        served: Type.Array(ServedVersion),
        stats: Type.Array(VersionStats),
      }),
    },
  },
} as const satisfies Record<string, RouteContract>;
