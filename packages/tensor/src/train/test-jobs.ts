/** Jobs that the tests of `trainInChild` have made in a child process. */
import { adamW } from "../optimizers/adam.ts";
import { cosine } from "../optimizers/schedules.ts";
import { tableDataset } from "./dataset.ts";
import type { TrainingJob } from "./job.ts";
import { classificationJob, classRows } from "./test-networks.ts";

/** What a test says of its job. */
export interface JobInput {
  readonly folder?: string;
  readonly steps: number;
  /** Few are learnt by heart: the validation gets worse again. */
  readonly rows?: number;
}

/** A training with all that a checkpoint has to bring back: moments, masks, a schedule, a best validation. */
export function checkpointedJob({ folder, steps, rows = 200 }: JobInput): TrainingJob {
  return classificationJob({
    data: tableDataset(classRows(rows), { batchSize: 16 }),
    optimizer: adamW(),
    learningRate: 0.01,
    schedule: cosine({ steps }),
    weightDecay: 0.01,
    clipNorm: 1,
    epochs: undefined,
    steps,
    validation: {
      data: tableDataset(classRows(32, 5), { batchSize: 32 }),
      everySteps: 50,
    },
    earlyStopping: { patience: 1000 },
    ...(folder === undefined ? {} : { checkpoint: { folder, everySteps: 25 } }),
  });
}

/** Ends its process without a word. */
export function crashingJob(): TrainingJob {
  process.abort();
}

/** Ends its process with an exit code. */
export function leavingJob(): TrainingJob {
  process.exit(7);
}

/** Is never ready and holds the thread: only force ends it. */
export function stuckJob(): TrainingJob {
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
}

/** Throws an error of its own. */
export function failingJob(): TrainingJob {
  throw new RangeError("no such data");
}
