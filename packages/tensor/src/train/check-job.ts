/** Checks of a job before anything is built. */
import { SoukError } from "@souk/core";
import type { InputSpec } from "../layers/scope.ts";
import type { Learning, TrainingJob } from "./job.ts";

/**
 * Checks numbers that do not depend on the data.
 *
 * @throws SoukError `TRAIN_JOB` with the first thing that is wrong.
 */
export function checkJob(job: TrainingJob): void {
  const { steps, epochs, accumulate, checkpoint, validation, earlyStopping, batchesPerCall } = job;
  if (steps === undefined && epochs === undefined) refuse("expected epochs or steps, got neither");
  const counts = {
    steps,
    epochs,
    accumulate,
    batchesPerCall,
    "checkpoint.everySteps": checkpoint?.everySteps,
    "validation.everySteps": validation?.everySteps,
    "earlyStopping.patience": earlyStopping?.patience,
  };
  for (const [name, count] of Object.entries(counts)) {
    if (count !== undefined && !(Number.isSafeInteger(count) && count > 0)) {
      refuse(`${name} must be a positive integer, got ${count}`);
    }
  }
  checkPositive({
    learningRate: job.learningRate,
    clipNorm: job.clipNorm,
    clipValue: job.clipValue,
  });
  if (!Number.isSafeInteger(job.seed)) refuse(`seed must be an integer, got ${job.seed}`);
  checkEarlyStopping(job);
  specsOf(job);
}

/** Everything that a batch must hold: the network's inputs and the loss's targets. */
export function specsOf({ network, targets }: Learning): Readonly<Record<string, InputSpec>> {
  const both = Object.keys(targets).filter((name) => name in network.inputs);
  if (both.length > 0) refuse(`${both.join(", ")} must be an input or a target, not both`);
  return { ...network.inputs, ...targets };
}

function checkPositive(numbers: Readonly<Record<string, number | undefined>>): void {
  for (const [name, value] of Object.entries(numbers)) {
    if (value !== undefined && !(value > 0 && Number.isFinite(value))) {
      refuse(`${name} must be a positive number, got ${value}`);
    }
  }
}

function checkEarlyStopping({ earlyStopping, validation }: TrainingJob): void {
  if (!earlyStopping) return;
  if (!validation) refuse("earlyStopping needs a validation");
  const metric = earlyStopping.metric ?? "loss";
  const known = ["loss", ...Object.keys(validation.metrics ?? {})];
  if (!known.includes(metric)) {
    refuse(`earlyStopping.metric must be one of ${known.join(", ")}, got ${metric}`);
  }
}

function refuse(message: string): never {
  throw new SoukError("TRAIN_JOB", message);
}
