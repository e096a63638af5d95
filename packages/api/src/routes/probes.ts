import { Type } from "typebox";
import type { RouteContract } from "../contract.ts";
import { Open } from "../values.ts";

const Alive = Type.Object({ status: Type.String() });
const Ready = Type.Object({
  status: Type.String(),
  ready: Type.Boolean(),
  reasons: Type.Array(Type.String()),
});

/** Is it up, is it ready, how is it doing, what can it do. */
export const probeRoutes = {
  live: {
    method: "GET",
    path: "/livez",
    permission: "public",
    summary: "The process answers",
    tag: "probes",
    responses: { 200: Alive },
    errors: "problem",
    rateLimit: "none",
  },
  ready: {
    method: "GET",
    path: "/readyz",
    permission: "public",
    summary: "Models are loaded and the process is not shutting down; 503 otherwise",
    tag: "probes",
    responses: { 200: Ready, 503: Ready },
    errors: "problem",
    rateLimit: "none",
  },
  healthcheck: {
    method: "GET",
    path: "/healthcheck",
    permission: "public",
    summary: "The process answers and is ready, in one word",
    tag: "probes",
    responses: { 200: Alive, 503: Alive },
    errors: "compat",
    rateLimit: "none",
  },
  metrics: {
    method: "GET",
    path: "/metrics",
    permission: "metrics:read",
    summary: "Prometheus metrics",
    tag: "probes",
    responses: { 200: Type.String() },
    responseType: "text/plain",
    errors: "problem",
  },
  openApi: {
    method: "GET",
    path: "/api/openapi.json",
    permission: "public",
    summary: "This document",
    tag: "probes",
    responses: { 200: Open },
    errors: "problem",
  },
} as const satisfies Record<string, RouteContract>;
