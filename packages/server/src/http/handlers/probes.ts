import { openApiDocument } from "@souk/api";
import type { HandlersOf } from "../call.ts";
import { isShuttingDown, type ServerState } from "../state.ts";

export function probeHandlers(state: ServerState): HandlersOf<"probes"> {
  const document = openApiDocument({ version: state.souk.version });
  return {
    live: () => ({ status: "ok" }),
    ready({ reply }) {
      const { ready, reasons } = readiness(state);
      if (!ready) void reply.code(503);
      return { status: ready ? "ok" : "not ready", ready, reasons };
    },
    healthcheck({ reply }) {
      const { ready } = readiness(state);
      if (!ready) void reply.code(503);
      return { status: ready ? "ok" : "not ready" };
    },
    metrics({ reply }) {
      void reply.type(state.metrics.registry.contentType);
      return state.metrics.registry.metrics();
    },
    openApi: () => document,
  };
}

/** Ready: models are loaded and no shutdown has begun. */
export function readiness(state: ServerState): { ready: boolean; reasons: readonly string[] } {
  if (isShuttingDown(state)) return { ready: false, reasons: ["shutting down"] };
  return state.souk.serving.health();
}
