import { errorCode, errorMessage, SoukError } from "@souk/core";
import type { ChildMessage } from "./child.ts";

/**
 * The child's end of `runInChild`: waits for the request, does the work, says how it ended, exits.
 * The signal fires when the parent cancels or is gone.
 */
export function serveParent(
  work: (
    request: unknown,
    tools: { signal: AbortSignal; emit: (event: unknown) => void },
  ) => Promise<unknown>,
): void {
  const aborter = new AbortController();
  const orphan = (): void =>
    aborter.abort(new SoukError("JOB_ORPHANED", "the parent process is gone"));
  process.once("disconnect", orphan);
  // A terminal's Ctrl-C reaches the whole group: the parent decides, by a cancel message.
  process.on("SIGINT", () => {});
  process.on("message", (message: { kind: string; request?: unknown }) => {
    if (message.kind === "cancel")
      aborter.abort(new SoukError("JOB_CANCELLED", "the work was cancelled"));
    if (message.kind === "request") void answer(message.request);
  });

  async function answer(request: unknown): Promise<void> {
    try {
      const result = await work(request, {
        signal: aborter.signal,
        emit: (event) => void tell({ kind: "event", event }),
      });
      await tell({ kind: "done", result });
    } catch (thrown) {
      const code = thrown instanceof SoukError ? thrown.code : (errorCode(thrown) ?? "JOB_CRASHED");
      await tell({ kind: "failed", code, message: errorMessage(thrown) });
      process.exitCode = 1;
    }
    process.off("disconnect", orphan);
    if (process.connected) process.disconnect();
    process.exit();
  }
}

function tell(message: ChildMessage): Promise<void> {
  return new Promise((resolve) => {
    if (!process.connected || !process.send) return resolve();
    process.send(message, () => resolve());
  });
}
