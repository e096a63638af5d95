import { errorMessage, SoukError } from "@souk/core";
import type { Tracking } from "@souk/tracking";

const HEARTBEAT_MS = 2_000;

/**
 * Does the work of a tracked run: says every two seconds that it lives, and when it fails ends it as what stopped it,
 * `cancelled`, `interrupted` (the parent process is gone) or `failed`. Whoever finishes the work finishes the run.
 * @throws what the work throws.
 */
export async function liveRun<T>(
  tracking: Tracking,
  { runId, signal }: { runId: string; signal: AbortSignal },
  work: () => Promise<T>,
): Promise<T> {
  const heartbeat = setInterval(() => void tracking.runs.heartbeat(runId), HEARTBEAT_MS);
  try {
    return await work();
  } catch (thrown) {
    await tracking.runs.finish(runId, endOf(signal), { error: errorMessage(thrown) });
    throw thrown;
  } finally {
    clearInterval(heartbeat);
  }
}

function endOf(signal: AbortSignal): "cancelled" | "interrupted" | "failed" {
  if (!signal.aborted) return "failed";
  return signal.reason instanceof SoukError && signal.reason.code === "JOB_ORPHANED"
    ? "interrupted"
    : "cancelled";
}
