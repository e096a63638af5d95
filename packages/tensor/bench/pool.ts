/**
 * Runs per second of a pool of worker threads against one session in the calling thread: BERT-mini (4 layers of 256),
 * one sequence of 64 tokens a run. Answers are compared first; rounds are interleaved, medians are reported, and how
 * late the calling thread's event loop was meanwhile. SOUK_BENCH_SECONDS sets the length of one round (2).
 */
import { availableParallelism } from "node:os";
import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import { quantile, SoukError } from "@souk/core";
import { openPool, openSession, type Tensors } from "../src/index.ts";
import { writeOnnx } from "../src/onnx/write.ts";
import { bertMini, tokens } from "./running/models.ts";

interface BenchResult {
  readonly name: string;
  readonly ratio: number;
  readonly goal: number;
  readonly peer: string;
  readonly figures: Readonly<Record<string, unknown>>;
}

type Run = (inputs: Tensors) => Promise<Tensors>;

const rounds = 3;
const seconds = Number(process.env["SOUK_BENCH_SECONDS"] ?? 2);
const workers = availableParallelism();

/** Measures all ways of running in turn. */
export async function run(): Promise<BenchResult> {
  const model = writeOnnx(bertMini());
  const inputs = tokens(1, 64, 8000);
  const single = await openSession(model, { threads: 1 });
  const threaded = await openSession(model, { threads: workers });
  const pool = await openPool(model, { workers, warmUp: [inputs] });
  try {
    await checkEqual(await single.run(inputs), await pool.run(inputs));
    const rates = { single: [] as Rate[], threaded: [] as Rate[], pool: [] as Rate[] };
    for (let round = 0; round < rounds; round++) {
      rates.single.push(await measure((batch) => single.run(batch), { inputs, callers: 1 }));
      rates.threaded.push(await measure((batch) => threaded.run(batch), { inputs, callers: 1 }));
      const callers = 2 * workers;
      rates.pool.push(await measure((batch) => pool.run(batch), { inputs, callers }));
    }
    return {
      name: "pool",
      ratio: middle(rates.pool) / middle(rates.single),
      goal: 0.75 * workers,
      peer: "one session of ONNX Runtime in the calling thread, one thread",
      figures: {
        workers,
        runsPerSecond: {
          single: middle(rates.single),
          threaded: middle(rates.threaded),
          pool: middle(rates.pool),
        },
        rounds: rates,
      },
    };
  } finally {
    await pool.close();
    await single.close();
    await threaded.close();
  }
}

interface Rate {
  readonly runsPerSecond: number;
  /** Processor time of all threads: what a run costs, whoever else uses the machine. */
  readonly cpuMsPerRun: number;
  /** How late timers of the calling thread were: the median, and 99 of 100. */
  readonly lateMs: { readonly p50: number; readonly p99: number };
}

async function measure(
  one: Run,
  { inputs, callers }: { inputs: Tensors; callers: number },
): Promise<Rate> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  let runs = 0;
  const cpuBefore = process.cpuUsage();
  const startMs = performance.now();
  const caller = async (): Promise<void> => {
    while (performance.now() - startMs < seconds * 1000) {
      await one(inputs);
      runs++;
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  const elapsedMs = performance.now() - startMs;
  const { user, system } = process.cpuUsage(cpuBefore);
  delay.disable();
  const late = (percent: number) => Number((delay.percentile(percent) / 1e6 - 1).toFixed(2));
  return {
    runsPerSecond: Number(((runs * 1000) / elapsedMs).toFixed(1)),
    cpuMsPerRun: Number(((user + system) / 1000 / runs).toFixed(2)),
    lateMs: { p50: late(50), p99: late(99) },
  };
}

function middle(rates: readonly Rate[]): number {
  return quantile(
    rates.map(({ runsPerSecond }) => runsPerSecond),
    0.5,
  );
}

async function checkEqual(want: Tensors, got: Tensors): Promise<void> {
  const [a, b] = [want["embedding"].data, got["embedding"].data];
  if (a.length === b.length && a.every((value: number | bigint, at: number) => value === b[at]))
    return;
  throw new SoukError("BENCH_DIFFERENT", "expected the pool to answer as the session does");
}
