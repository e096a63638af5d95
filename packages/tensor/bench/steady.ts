/**
 * Does a long training stay the same size, and does it leave its parent alone? 10,000 steps in a child process: the
 * child's resident memory at intervals and its slope over the second half, and the longest the parent's event loop was
 * late, beside how late it is when idle. SOUK_BENCH_STEPS sets the number of steps.
 */
import { readFile, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import { setTimeout } from "node:timers/promises";
import { quantile } from "@souk/core";
import { trainInChild } from "../src/index.ts";

interface BenchResult {
  readonly name: string;
  readonly ratio: number;
  readonly goal: number;
  readonly lowerIsBetter?: boolean;
  readonly peer: string;
  readonly figures: Readonly<Record<string, unknown>>;
}

interface Sample {
  readonly step: number;
  readonly childMiB: number;
  readonly parentMiB: number;
}

const steps = Number(process.env["SOUK_BENCH_STEPS"] ?? 10_000);
/** What holds up whoever waits for the parent: its event loop should not be late by more than this. */
const limitMs = 20;
/** How often the parent's loop is looked at, which its histogram counts as delay. */
const resolutionMs = 1;

/** Trains in a child and watches both processes. */
export async function run(): Promise<BenchResult> {
  const samples: Sample[] = [];
  let pid = 0;
  let last = 0;
  const idleMs = await idleDelayMs();
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  const start = performance.now();
  delay.enable();
  const result = await trainInChild(
    { module: new URL("./steady-job.ts", import.meta.url), export: "steadyJob", input: { steps } },
    {
      onStart: (started) => (pid = started),
      onEvent(event) {
        if (event.kind !== "step" || event.step < last + steps / 20) return;
        last = event.step;
        void sample(pid, event.step).then((one) => samples.push(one));
      },
    },
  );
  delay.disable();
  const seconds = (performance.now() - start) / 1000;
  await rm(dirname(result.weightsFile), { recursive: true });
  for (const { step, childMiB, parentMiB } of samples) {
    console.log(
      `step ${step}: child ${childMiB.toFixed(1)} MiB, parent ${parentMiB.toFixed(1)} MiB`,
    );
  }
  const half = samples.slice(Math.floor(samples.length / 2));
  const slopeKiB = 1024 * slope(half.map(({ step, childMiB }) => [step / 1000, childMiB]));
  const maxDelayMs = Math.max(0, delay.max / 1e6 - resolutionMs);
  console.log(`child grows by ${slopeKiB.toFixed(1)} KiB per 1,000 steps over the second half`);
  console.log(
    `parent's event loop was late by at most ${maxDelayMs.toFixed(1)} ms, idle before by ${idleMs.toFixed(1)} ms`,
  );
  return {
    name: "steady",
    ratio: maxDelayMs / limitMs,
    goal: 1,
    lowerIsBetter: true,
    peer: `a limit of ${limitMs} ms for the parent's event loop`,
    figures: {
      steps: result.steps,
      seconds,
      stepsPerSecond: steps / seconds,
      maxDelayMs,
      idleDelayMs: idleMs,
      p99DelayMs: Math.max(0, delay.percentile(99) / 1e6 - resolutionMs),
      slopeKiBPer1000Steps: slopeKiB,
      samples,
    },
  };
}

async function sample(pid: number, step: number): Promise<Sample> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const kib = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN);
  return { step, childMiB: kib / 1024, parentMiB: process.memoryUsage.rss() / 2 ** 20 };
}

/** The median of all slopes between two points: a single jump of the heap does not bend it. Source: Theil 1950, Sen 1968. */
function slope(points: readonly (readonly [number, number])[]): number {
  const known = points.filter(([, y]) => Number.isFinite(y));
  const slopes = known.flatMap(([x, y], at) =>
    known.slice(at + 1).map(([laterX, laterY]) => (laterY - y) / (laterX - x)),
  );
  return quantile(slopes, 0.5);
}

/** The longest that this process's loop is late while it has nothing to do: what the machine does to it anyway. */
async function idleDelayMs(): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  await setTimeout(3000);
  delay.disable();
  return Math.max(0, delay.max / 1e6 - resolutionMs);
}
