/** The curves of a training in TensorBoard. */
import type { TrainingEvent } from "../train/job.ts";
import type { EventFile } from "./event-file.ts";

/**
 * A listener that writes what a training tells: `train(job, { onEvent: trainingCurves(file) })`. Curves are `train/loss`,
 * `train/learningRate`, `train/gradientNorm` (with clipping), `train/rowsPerSecond`, and `validation/` with the name of
 * each metric. The caller closes the file when the training has ended.
 */
export function trainingCurves(file: EventFile): (event: TrainingEvent) => void {
  return (event) => {
    for (const [tag, value] of curvesOf(event)) file.scalar(tag, value, stepOf(event));
  };
}

function curvesOf(event: TrainingEvent): readonly [string, number][] {
  if (event.kind === "validation") {
    return Object.entries(event.metrics).map(([name, value]) => [`validation/${name}`, value]);
  }
  if (event.kind !== "step") return [];
  const { loss, learningRate, gradientNorm, rowsPerSecond } = event;
  const curves: [string, number | undefined][] = Object.entries({
    loss,
    learningRate,
    gradientNorm,
    rowsPerSecond,
  });
  return curves.flatMap(([name, value]) => (value === undefined ? [] : [[`train/${name}`, value]]));
}

function stepOf(event: TrainingEvent): number {
  return "step" in event ? event.step : 0;
}
