/** What goes into a call: stacked batches, random numbers, and the optimizer's numbers of each step. */
import { createRng } from "@souk/core";
import { float32, int64, type Tensor } from "../onnx/tensor.ts";
import type { Chunk } from "./chunks.ts";
import type { TrainingJob } from "./job.ts";
import { outsideName } from "./loop.ts";
import type { StepProgram } from "./programs.ts";
import { type Recycling, stackTensors } from "./stack.ts";
import { SHARE, type StepGraph } from "./step-graph.ts";
import { learningRateAt } from "./learning-rate.ts";

/** Inputs of a program for the steps of a chunk, by their names outside the loop. */
export function feedsOf(
  { batches, micro, bucket }: Chunk,
  {
    job,
    program: { step },
    firstStep,
    recycling,
  }: { job: TrainingJob; program: StepProgram; firstStep: number; recycling: Recycling },
): Readonly<Record<string, Tensor>> {
  const steps = batches.length / micro;
  const columns = Object.keys(bucket.columns).map((name) => [
    outsideName(name),
    stackTensors(
      batches.map((batch) => batch[name]),
      recycling,
    ),
  ]);
  const draws = step.randomInputs.map(({ name }) => [
    outsideName(name),
    int64(
      batches.map((_, at) =>
        drawn({
          seed: job.seed,
          name,
          step: firstStep + Math.floor(at / micro),
          batch: at % micro,
        }),
      ),
      [batches.length, 1],
    ),
  ]);
  return Object.fromEntries([
    ...columns,
    ...draws,
    ...scalarFeeds(step, { job, firstStep, steps, micro }),
  ]);
}

/** The optimizer's numbers for steps from `firstStep` on, [steps] each. */
function scalarFeeds(
  { scalars }: StepGraph,
  {
    job,
    firstStep,
    steps,
    micro,
  }: { job: TrainingJob; firstStep: number; steps: number; micro: number },
): [string, Tensor][] {
  const rows = Array.from({ length: steps }, (_, at) => scalarsOf(job, firstStep + at, micro));
  return Object.entries(scalars).map(([name, value]) => [
    outsideName(value.name),
    float32(rows.map((row) => row[name])),
  ]);
}

/** The numbers of one step by the optimizer's names, and each batch's share in it. */
export function scalarsOf(
  job: TrainingJob,
  step: number,
  micro: number,
): Readonly<Record<string, number>> {
  return { ...job.optimizer.scalars(step, learningRateAt(job, step)), [SHARE]: 1 / micro };
}

/** A number in [0, 2^31) that depends on nothing but its arguments: a training that goes on draws the same again. */
function drawn({
  seed,
  name,
  step,
  batch,
}: {
  seed: number;
  name: string;
  step: number;
  batch: number;
}): number {
  return createRng(seed)
    .fork(`${name} step ${step} batch ${batch}`)
    .integer(2 ** 31);
}
