import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { promisify } from "node:util";
import { errorCode } from "@souk/core";

/** A process that cannot be mistaken for a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** The boot of the machine and the moment the process started; `undefined` where neither can be read. */
  readonly mark: string | undefined;
  readonly host: string;
}

/** Who process `pid` of this machine is now. Its `mark` is `undefined` when there is no such process. */
export async function identifyProcess(pid: number): Promise<ProcessIdentity> {
  const started = await startOf(pid);
  const mark = started === undefined ? undefined : `${await bootId()}/${started}`;
  return { pid, mark, host: hostname() };
}

/**
 * Whether the process is still the one that was identified: `"gone"` also when its number now belongs to another, and
 * `"unknown"` when it ran on another machine or left no mark.
 */
export async function processState(known: ProcessIdentity): Promise<"alive" | "gone" | "unknown"> {
  if (known.host !== hostname()) return "unknown";
  if (!exists(known.pid)) return "gone";
  if (known.mark === undefined) return "unknown";
  return (await identifyProcess(known.pid)).mark === known.mark ? "alive" : "gone";
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return errorCode(thrown) === "EPERM";
  }
}

/** Linux: field 22 of /proc/PID/stat, in clock ticks since boot (proc(5)). Elsewhere: what `ps` says. */
async function startOf(pid: number): Promise<string | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const zombie = fields[0] === "Z" || fields[0] === "X";
    return zombie ? undefined : fields[19];
  } catch {
    // Not Linux, or no such process: `ps` answers both.
  }
  try {
    const { stdout } = await promisify(execFile)("ps", ["-o", "lstart=", "-p", String(pid)]);
    return stdout.trim() === "" ? undefined : stdout.trim();
  } catch {
    return undefined;
  }
}

async function bootId(): Promise<string> {
  const id = await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => "");
  return id.trim();
}
