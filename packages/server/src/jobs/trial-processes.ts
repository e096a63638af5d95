import { readFile } from "node:fs/promises";
import { SoukError } from "@souk/core";
import type { Resources, TrialContext } from "@souk/models";
import { runInChild } from "./child.ts";
import type { TrialOutcome, TrialReport, TrialRequest } from "./trial-job.ts";

/** Starts trials, each in a child process of its own, and keeps them within a budget. */
export interface TrialProcesses {
  /**
   * Runs one trial to its end.
   * @throws SoukError `TUNE_MEMORY` when it took more than the whole budget, or its own error.
   */
  run(request: TrialRequest, context: TrialContext): Promise<TrialOutcome>;
  /** What a trial takes: the threads of one, and the most memory a trial has had so far; before one has ended, all of it. */
  need(): Resources;
  readonly capacity: Resources;
}

const WATCH_MS = 250;
/** The next trial may take more than any before it. */
const HEADROOM = 1.2;

/**
 * @param threads of all trials together. @param memoryBytes of all trials together: one runs alone until its memory is
 * known, further ones start while the sum of what the greatest took fits. A process above the whole budget is killed
 * where the system tells its memory (Linux); elsewhere only the admission holds.
 */
export function createTrialProcesses({
  threads,
  threadsPerTrial,
  memoryBytes,
}: {
  threads: number;
  threadsPerTrial: number;
  memoryBytes: number;
}): TrialProcesses {
  let greatest: number | undefined;
  return {
    capacity: { cores: threads, memoryBytes },
    need: () => ({
      cores: threadsPerTrial,
      memoryBytes: Math.min(memoryBytes, (greatest ?? Infinity) * HEADROOM),
    }),
    async run(request, { signal, report }) {
      const watch = watchMemory(memoryBytes);
      try {
        const result = await runInChild(new URL("trial-job.ts", import.meta.url), request, {
          signal,
          onStart: watch.start,
          onEvent: (event) => {
            // `trial-job.ts` sends nothing else.
            const { step, value } = event as TrialReport;
            report(step, value);
          },
        });
        // What `trial-job.ts` returns.
        const outcome = result as TrialOutcome;
        greatest = Math.max(greatest ?? 0, outcome.peakBytes);
        return outcome;
      } catch (thrown) {
        throw watch.exceeded() ?? thrown;
      } finally {
        watch.stop();
      }
    },
  };
}

/** Kills a process whose memory exceeds `limit`. */
function watchMemory(limit: number): {
  readonly start: (pid: number) => void;
  readonly stop: () => void;
  readonly exceeded: () => SoukError | undefined;
} {
  let timer: NodeJS.Timeout | undefined;
  let error: SoukError | undefined;
  async function look(pid: number): Promise<void> {
    const bytes = await residentBytes(pid);
    if (timer === undefined || bytes === undefined || bytes <= limit) return;
    const [got, most] = [bytes, limit].map((size) => `${Math.round(size / 2 ** 20)} MiB`);
    error = new SoukError("TUNE_MEMORY", `expected a trial in at most ${most}, got ${got}`);
    process.kill(pid, "SIGKILL");
  }
  return {
    start(pid) {
      timer = setInterval(() => void look(pid), WATCH_MS);
    },
    stop() {
      clearInterval(timer);
      timer = undefined;
    },
    exceeded: () => error,
  };
}

const PAGE_BYTES = 4096;

/** Memory of a process; `undefined` where the system does not tell, or the process is gone. */
async function residentBytes(pid: number): Promise<number | undefined> {
  const text = await readFile(`/proc/${pid}/statm`, "utf8").catch(() => undefined);
  const pages = Number(text?.split(" ")[1]);
  return Number.isFinite(pages) ? pages * PAGE_BYTES : undefined;
}
