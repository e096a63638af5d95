import type { TrainingEvent } from "@souk/tensor";
import type { FamilyContext } from "../family.ts";
import { createProgress } from "../progress.ts";

/** The size of a training. */
export interface TrainingSize {
  readonly rows: number;
  /** Batches of one epoch. */
  readonly batches: number;
  readonly batchSize: number;
  readonly epochs: number;
}

/** Progress is told this often in an epoch. */
const TOLD_PER_EPOCH = 40;

/** Tells a family's listener what happens in a network's training: progress, and metrics after each epoch. */
export function createEventTeller(
  onEvent: FamilyContext["onEvent"],
  {
    size: { rows, batches, batchSize, epochs },
    rename,
  }: {
    size: TrainingSize;
    /** Metrics of the validation as people should see them. */
    rename: (metrics: Readonly<Record<string, number>>) => Record<string, number>;
  },
): (event: TrainingEvent) => void {
  const every = Math.ceil(batches / TOLD_PER_EPOCH);
  const total = epochs * rows;
  let progress = createProgress(onEvent, { total });
  let lossSum = 0;
  let steps = 0;
  const rowsAt = (step: number): number =>
    Math.floor(step / batches) * rows + Math.min(rows, (step % batches) * batchSize);

  function tellMetrics(epoch: number, values: Record<string, number>): void {
    const trained: Record<string, number> = steps === 0 ? {} : { "train.loss": lossSum / steps };
    const all = { ...trained, ...values };
    if (Object.keys(all).length > 0)
      onEvent({ kind: "metrics", step: epoch * rows, epoch, values: all });
    lossSum = 0;
    steps = 0;
  }

  return (event) => {
    if (event.kind === "resumed")
      progress = createProgress(onEvent, { total, done: rowsAt(event.step) });
    if (event.kind === "step") {
      lossSum += event.loss;
      steps++;
      if (event.step % every === 0 || event.step % batches === 0) progress(rowsAt(event.step));
    }
    if (event.kind === "validation") tellMetrics(event.epoch + 1, rename(event.metrics));
    // Without a validation the loss has not been told yet.
    if (event.kind === "epoch" && steps > 0) tellMetrics(event.epoch + 1, {});
  };
}
