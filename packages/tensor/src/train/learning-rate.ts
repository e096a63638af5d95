/** The learning rate of each step. */
import type { TrainingJob } from "./job.ts";

/** The learning rate of a step, counted from 1. */
export function learningRateAt(
  { learningRate, schedule }: Pick<TrainingJob, "learningRate" | "schedule">,
  step: number,
): number {
  return learningRate * (schedule ? schedule(step) : 1);
}
