import type { Logger } from "pino";
import type { Souk } from "../souk-interface.ts";
import type { HttpMetrics } from "./metrics.ts";
import type { PhotoBudget } from "./photo-budget.ts";

/** What the parts of one running server share. */
export interface ServerState {
  readonly souk: Souk;
  readonly metrics: HttpMetrics;
  readonly log: Logger;
  /** Epoch ms. */
  readonly startedAt: number;
  /** Aborted when shutdown begins: readiness ends, event streams close. */
  readonly closing: AbortSignal;
  /** Open event streams. */
  readonly streams: Map<string, number>;
  /** Memory for photos on their way in. */
  readonly photos: PhotoBudget;
}

/** True from the moment shutdown begins. */
export function isShuttingDown(state: ServerState): boolean {
  return state.closing.aborted;
}
