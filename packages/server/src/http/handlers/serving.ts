import type { HandlersOf } from "../call.ts";
import type { ServerState } from "../state.ts";
import { readiness } from "./probes.ts";

/** How answering goes, for those who watch it every few seconds: outcomes, which cost a query, are in `/api/monitor`. */
export function servingHandlers(state: ServerState): HandlersOf<"serving"> {
  const { serving, clock } = state.souk;
  return {
    async servingStats() {
      const { workers, versions } = await serving.stats({ outcomes: false });
      return {
        at: clock.now(),
        startedAt: state.startedAt,
        ...readiness(state),
        workers,
        served: serving.models(),
        stats: versions,
      };
    },
  };
}
