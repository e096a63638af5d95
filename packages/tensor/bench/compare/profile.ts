/** Where the time of a step goes: ONNX Runtime's own profile of a few steps, by operator. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { writeOnnx } from "../../src/onnx/write.ts";
import type { Tensor } from "../../src/onnx/tensor.ts";
import { bucketOf } from "../../src/train/bucket.ts";
import { specsOf } from "../../src/train/check-job.ts";
import { feedsOf } from "../../src/train/feeds.ts";
import { loopModel, outsideName, TRIPS } from "../../src/train/loop.ts";
import { Recycling } from "../../src/train/stack.ts";
import { CallLength } from "../../src/train/pace.ts";
import { buildStep } from "../../src/train/step-graph.ts";
import type { Contest } from "./contest.ts";
import { firstWeights } from "./first-weights.ts";
import { trainingJob } from "./ours.ts";

/** Milliseconds per step by operator and the shapes it works on, the slowest first. */
export type Slowest = Readonly<Record<string, number>>;

const steps = 5;
const shown = 12;

/** The slowest operators of a contest's step, measured over a few steps. */
export async function slowestOperators(
  contest: Contest,
  { threads }: { threads: number },
): Promise<Slowest> {
  const folder = await mkdtemp(join(tmpdir(), "souk-bench-profile-"));
  try {
    await runProfiled(contest, { threads, prefix: join(folder, "profile") });
    const [file] = await readdir(folder);
    return summarize(JSON.parse(await readFile(join(folder, file), "utf8")));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runProfiled(
  contest: Contest,
  { threads, prefix }: { threads: number; prefix: string },
): Promise<void> {
  const weights = new Map(firstWeights(contest));
  const job = trainingJob(contest, { weights, threads, rate: 1e-4, data: { epoch: nothing } });
  const batches = Array.from({ length: steps }, (_, at) => contest.batches[at]);
  const bucket = bucketOf(batches[0], specsOf(job));
  const step = buildStep(bucket, { job, weights });
  const program = {
    id: "",
    step,
    carried: [],
    calls: new CallLength({ carriedBytes: 0, stepBytes: 0 }),
  };
  const chunk = { bucket, batches, micro: 1 };
  const recycling = new Recycling();
  const feeds = feedsOf(chunk, { job, program, firstStep: 1, recycling });
  const carried = step.carried.map(({ before: { name, shape } }): [string, OrtTensor] => {
    const sizes = shape.map(Number);
    const zeros = new Float32Array(sizes.reduce((size, dim) => size * dim, 1));
    const first = weights.get(name);
    return [outsideName(name), first ? ort(first) : new OrtTensor("float32", zeros, sizes)];
  });
  const session = await InferenceSession.create(writeOnnx(loopModel(step)), {
    intraOpNumThreads: threads,
    logSeverityLevel: 3,
    enableProfiling: true,
    profileFilePrefix: prefix,
  });
  await session.run({
    ...Object.fromEntries(carried),
    ...Object.fromEntries(Object.entries(feeds).map(([name, value]) => [name, ort(value)])),
    [TRIPS]: new OrtTensor("int64", BigInt64Array.of(BigInt(steps)), []),
  });
  session.endProfiling();
  await session.release();
}

async function* nothing(): AsyncGenerator<never> {}

/** Element types have one name here and there. */
function ort({ type, data, shape }: Tensor): OrtTensor {
  return new OrtTensor(type as "float32", data as Float32Array, shape);
}

interface ProfileEvent {
  readonly cat: string;
  readonly name: string;
  readonly dur: number;
  readonly args?: { readonly op_name?: string; readonly output_type_shape?: readonly object[] };
}

/** The Loop itself is left out: its time is that of the nodes inside. */
function summarize(events: readonly ProfileEvent[]): Slowest {
  const sums = new Map<string, number>();
  for (const { cat, name, dur, args } of events) {
    if (cat !== "Node" || !name.endsWith("_kernel_time") || args?.op_name === "Loop") continue;
    const shapes = (args?.output_type_shape ?? []).map((one) =>
      JSON.stringify(Object.values(one)[0]),
    );
    const key = `${args?.op_name} ${shapes[0] ?? ""}`;
    sums.set(key, (sums.get(key) ?? 0) + dur / 1000 / steps);
  }
  const slowest = [...sums].toSorted(([, a], [, b]) => b - a).slice(0, shown);
  return Object.fromEntries(slowest.map(([name, ms]) => [name, Number(ms.toFixed(3))]));
}
