#!/usr/bin/env node
import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";

const INTERRUPTED = 130;

if (import.meta.main) {
  cacheCompiledCode();
  const stop = new AbortController();
  const onSignal = (): void => {
    // The second Ctrl-C means now.
    if (stop.signal.aborted) process.exit(INTERRUPTED);
    stop.abort();
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  // A reader that goes away (souk … | head) ends the output, not with a stack trace.
  process.stdout.on("error", () => process.exit());
  const { runSouk } = await import("./program.ts");
  process.exitCode = await runSouk(process.argv.slice(2), {
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: process.stdin,
    environment: process.env,
    signal: stop.signal,
  });
  process.removeListener("SIGINT", onSignal);
  process.removeListener("SIGTERM", onSignal);
}

/**
 * Keeps stripped and compiled sources beside the installed packages, trusted as they are: a command starts in half the
 * time, and so do the child processes, which read the variable. Where that folder cannot be written, nothing is kept.
 */
function cacheCompiledCode(): void {
  const folder = fileURLToPath(new URL("../../../node_modules/.cache/souk", import.meta.url));
  process.env["NODE_COMPILE_CACHE"] ??= folder;
  enableCompileCache(process.env["NODE_COMPILE_CACHE"]);
}
