/** Timing two sides in turns, so that what else the machine does hits both. */
import { setTimeout as pause } from "node:timers/promises";
import { quantile } from "@souk/core";
import type { Side } from "./contest.ts";

/** Milliseconds per step of one side: the middle round, the fastest and the slowest. */
export interface Timing {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Between turns: idle threads of PyTorch spin for a while, which would cost the other side a core. */
const restMs = 300;

/** Times every side once per round, `steps` steps each time. */
export async function timeInTurns(
  sides: readonly Side[],
  { rounds, steps }: { rounds: number; steps: number },
): Promise<readonly Timing[]> {
  const times: number[][] = sides.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, side] of sides.entries()) {
      await pause(restMs);
      times[index].push((await side.time(steps)) / steps);
    }
  }
  return times.map((list) => ({
    median: quantile(list, 0.5),
    min: Math.min(...list),
    max: Math.max(...list),
  }));
}

/** The largest |a - b| / |b| over the steps. */
export function largestDifference(ours: readonly number[], theirs: readonly number[]): number {
  if (ours.length !== theirs.length) return Infinity;
  return Math.max(
    ...ours.map((loss, step) => Math.abs(loss - theirs[step]) / Math.abs(theirs[step])),
  );
}
