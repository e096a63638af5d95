import { mean, quantile } from "@souk/core";
import type { Labels } from "../rows/target.ts";
import type { Task } from "../task/task.ts";

/** Scores of the task's baseline learnt from `targets`, for `rows` rows. */
export function baselineScores(
  task: Task,
  targets: Float64Array,
  { labels, rows }: { labels: Labels | undefined; rows: number },
): Float64Array {
  const outputs = labels?.length ?? 1;
  const one = new Float64Array(outputs);
  if (labels === undefined) one[0] = typicalNumber(task, targets);
  else {
    for (const target of targets) if (target >= 0) one[target]++;
    for (let c = 0; c < outputs; c++) one[c] = Math.log((one[c] + 1e-9) / targets.length);
  }
  const scores = new Float64Array(rows * outputs);
  for (let row = 0; row < rows; row++) scores.set(one, row * outputs);
  return scores;
}

/** The mean of number targets, or their median where that is the task's baseline. */
export function typicalNumber({ baseline }: Task, targets: Float64Array): number {
  return baseline === "median" ? quantile(targets, 0.5) : mean(targets);
}
