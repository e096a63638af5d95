import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Context } from "./command.ts";

/** The dashboard lies beside this package; the command line knows where, and nothing else of it. */
const web = join(import.meta.dirname, "../../web");
const builder = join(web, "build/main.ts");

/**
 * The folder of the built dashboard: the one SOUK_DASHBOARD names, or our own, built first when its sources have changed since, in a process of its own. An install
 * that cannot build (no sources, no Vite) serves what was built elsewhere, or a page that says how to.
 */
export async function prepareDashboard({ out, signal, environment }: Context): Promise<string> {
  const other = environment["SOUK_DASHBOARD"];
  if (other) return other;
  const dist = join(web, "dist");
  if (!existsSync(builder)) return dist;
  const { code, said } = await build(signal);
  if (code !== 0 && !signal.aborted)
    out.log(`The dashboard could not be built; the API works without it.\n${said.trimEnd()}`);
  else if (said.includes("built")) out.log(`  ${out.errorStyle.green("✓")} ${said.trim()}`);
  return dist;
}

function build(signal: AbortSignal): Promise<{ code: number | null; said: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [builder, "--if-stale"], {
      stdio: ["ignore", "pipe", "pipe"],
      signal,
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (data) => (said += String(data)));
    child.on("error", (cause) => resolve({ code: -1, said: cause.message }));
    child.on("close", (code) => resolve({ code, said }));
  });
}
