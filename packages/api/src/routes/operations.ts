import { Type } from "typebox";
import type { RouteContract } from "../contract.ts";
import { closed, Count, Id, Open, Time } from "../values.ts";

const shared = { tag: "operations", errors: "problem" } as const;

/** Keeping Souk well. */
export const operationRoutes = {
  doctor: {
    ...shared,
    method: "GET",
    path: "/api/v1/doctor",
    permission: "system:read",
    summary: "Is everything in order, and what to do when it is not",
    responses: {
      200: Type.Object({
        healthy: Type.Boolean(),
        findings: Type.Array(
          Type.Object({
            name: Type.String(),
            passed: Type.Boolean(),
            message: Type.String(),
            cure: Type.Optional(Type.String()),
          }),
        ),
      }),
    },
  },
  backup: {
    ...shared,
    method: "POST",
    path: "/api/v1/backup",
    permission: "system:manage",
    summary: "Write a consistent copy of the records and blobs into the data directory",
    responses: { 201: Type.Object({ path: Type.String(), sizeBytes: Count }) },
  },
  listBackups: {
    ...shared,
    method: "GET",
    path: "/api/v1/backups",
    permission: "system:read",
    summary: "The backups in the data directory, newest first",
    responses: {
      200: Type.Object({
        items: Type.Array(Type.Object({ name: Type.String(), at: Time, sizeBytes: Count })),
      }),
    },
  },
  events: {
    ...shared,
    method: "GET",
    path: "/api/v1/events",
    permission: "events:read",
    summary:
      "Jobs, ingests, promotions, checks and the progress of uploads as they happen, as server-sent events; `run` adds the points and steps of a run",
    query: closed({ run: Type.Optional(Id) }),
    responses: {
      200: Type.Object({
        kind: Type.Enum(["job", "ingest", "promotion", "check", "progress", "run"]),
        at: Time,
        data: Open,
      }),
    },
    responseType: "text/event-stream",
    stream: "events",
  },
} as const satisfies Record<string, RouteContract>;
