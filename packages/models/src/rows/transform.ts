import { SoukError } from "@souk/core";
import type { Task } from "../task/task.ts";

/** Largest number given back: a family that extrapolates in logarithms must not answer with infinity. */
const MOST = Number.MAX_SAFE_INTEGER;

/**
 * Number targets as a family learns them.
 * @throws SoukError `TRAIN_TARGET_NEGATIVE` for a negative number where the task takes logarithms (`transform` log1p).
 */
export function transformTargets(task: Task, targets: Float64Array): Float64Array {
  if (task.transform === undefined) return targets;
  const negative = targets.find((target) => target < 0);
  if (negative !== undefined)
    throw new SoukError(
      "TRAIN_TARGET_NEGATIVE",
      `${task.target.column}: expected numbers of at least 0 for the transform ${task.transform}, got ${negative}`,
    );
  return targets.map(Math.log1p);
}

/** A number a family predicted, in the unit of the target. */
export function untransform(task: Task, score: number): number {
  return task.transform === undefined ? score : Math.min(MOST, Math.max(0, Math.expm1(score)));
}
