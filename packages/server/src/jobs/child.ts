import { fork } from "node:child_process";
import { SoukError } from "@souk/core";

/**
 * What a child process says to its parent over IPC:
 *
 *   child ── {kind:"event", event} ──► parent     any number
 *   child ── {kind:"done", result} ──► parent     once, then exits 0
 *   child ── {kind:"failed", code, message} ──►   once, then exits 1
 *   parent ── {kind:"cancel"} ──► child           the child's AbortSignal fires
 */
export type ChildMessage =
  | { readonly kind: "event"; readonly event: unknown }
  | { readonly kind: "done"; readonly result: unknown }
  | { readonly kind: "failed"; readonly code: string; readonly message: string };

/** How long a cancelled child may take to put its things away before it is killed. */
const CANCEL_GRACE_MS = 10_000;

/**
 * Runs the module at `script` in a child process of its own with `request`, so that heavy work, a crash or a runaway
 * never touches the caller's thread.
 *
 * @returns what the child's work returned.
 * @throws SoukError with the child's own code, `JOB_CANCELLED` when `signal` fired, `JOB_CRASHED` when it died without a word.
 */
export function runInChild(
  script: URL,
  request: object,
  {
    signal,
    onEvent,
    onStart,
    compileCache,
  }: {
    signal?: AbortSignal;
    onEvent?: (event: unknown) => void;
    onStart?: (pid: number) => void;
    /** Folder of nobody else's where Node keeps compiled modules: a child then starts in a third of the time. */
    compileCache?: string;
  } = {},
): Promise<unknown> {
  if (signal?.aborted)
    return Promise.reject(new SoukError("JOB_CANCELLED", "the work was cancelled before it began"));
  return new Promise((resolve, reject) => {
    const child = fork(script, {
      serialization: "advanced",
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      execArgv: ["--disable-warning=ExperimentalWarning"],
      ...(compileCache !== undefined && {
        env: { NODE_COMPILE_CACHE: compileCache, ...process.env },
      }),
    });
    let ending: ChildMessage | undefined;
    let errors = "";
    let killer: NodeJS.Timeout | undefined;
    const cancel = (): void => {
      if (child.connected) child.send({ kind: "cancel" });
      killer = setTimeout(() => child.kill("SIGKILL"), CANCEL_GRACE_MS);
    };
    signal?.addEventListener("abort", cancel, { once: true });
    child.stderr?.on("data", (data: Buffer) => {
      errors = (errors + data.toString()).slice(-4000);
    });
    child.on("spawn", () => {
      onStart?.(child.pid ?? 0);
      child.send({ kind: "request", request });
    });
    child.on("message", (message: ChildMessage) => {
      if (message.kind === "event") onEvent?.(message.event);
      else ending = message;
    });
    child.on("error", reject);
    child.on("exit", (code, killedBy) => {
      clearTimeout(killer);
      signal?.removeEventListener("abort", cancel);
      if (ending?.kind === "done") resolve(ending.result);
      else if (ending?.kind === "failed") reject(new SoukError(ending.code, ending.message));
      else if (signal?.aborted) reject(new SoukError("JOB_CANCELLED", "the work was cancelled"));
      else
        reject(
          new SoukError(
            "JOB_CRASHED",
            `the child process ended with ${killedBy ?? `exit code ${code}`}: ${errors.trim() || "it said nothing"}`,
          ),
        );
    });
  });
}
