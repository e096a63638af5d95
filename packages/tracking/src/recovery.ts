import type { Clock } from "@souk/core";
import type { Store } from "@souk/store";
import { processState } from "./process-identity.ts";

/** How long silence may last before a run whose process cannot be looked at counts as interrupted, in ms. */
export interface RecoveryOptions {
  /** Runs with a process, on another machine or without a mark. Default 10 minutes. */
  readonly staleMs?: number;
  /** Runs without a process, such as those of MLflow's clients, which send no heartbeat. Default 24 hours. */
  readonly silentMs?: number;
}

interface RunningRow {
  id: string;
  pid: number | null;
  process_mark: string | null;
  host: string | null;
  heartbeat_at: number;
  attempts: number;
}

const MINUTE = 60_000;

/**
 * Marks every running run whose process is gone as `interrupted`. A process on this machine is judged by its number,
 * start and boot, so that a later process with the same number does not keep a dead run alive; any other by its silence.
 * @returns the ids of the runs it marked.
 */
export async function recoverInterrupted(
  { store, clock }: { store: Store; clock: Clock },
  { staleMs = 10 * MINUTE, silentMs = 24 * 60 * MINUTE }: RecoveryOptions = {},
): Promise<string[]> {
  const running = await store.all<RunningRow>(
    "SELECT id, pid, process_mark, host, heartbeat_at, attempts FROM runs WHERE status = 'running' AND removed_at IS NULL",
  );
  const recovered: string[] = [];
  for (const row of running) {
    const silence = clock.now() - row.heartbeat_at;
    const state = await stateOf(row);
    const dead = state === "gone" || (state === "unknown" && silence > staleMs);
    if (!dead && !(state === "none" && silence > silentMs)) continue;
    // A run resumed since it was read has one more attempt and is left alone.
    const { changes } = await store.run(
      `UPDATE runs SET status = 'interrupted', ended_at = ?, error = 'its process ended without a word'
       WHERE id = ? AND status = 'running' AND attempts = ?`,
      [Math.min(clock.now(), row.heartbeat_at), row.id, row.attempts],
    );
    if (changes > 0) recovered.push(row.id);
  }
  return recovered;
}

async function stateOf({
  pid,
  process_mark,
  host,
}: RunningRow): Promise<"alive" | "gone" | "unknown" | "none"> {
  if (pid === null || host === null) return "none";
  return processState({ pid, host, mark: process_mark ?? undefined });
}
