import { SoukError } from "@souk/core";
import type { StartedTrial } from "./trial.ts";

/** What a machine has, or a trial takes. */
export interface Resources {
  readonly cores: number;
  readonly memoryBytes: number;
}

/** Lets trials in while they fit together. */
export interface Capacity {
  /** Whether as many run as ever may. */
  isFull(): boolean;
  /** Whether it fits beside those that run. @throws SoukError `TUNE_CAPACITY` when it never will. */
  fits(trial: StartedTrial): boolean;
  take(trial: StartedTrial): void;
  give(trial: StartedTrial): void;
}

const FREE: Resources = { cores: 0, memoryBytes: 0 };

/** At most `parallel` trials at once, which together `need` no more than `limit`. */
export function createCapacity({
  parallel,
  limit = { cores: Infinity, memoryBytes: Infinity },
  need = () => FREE,
}: {
  parallel: number;
  limit?: Resources;
  need?: (trial: StartedTrial) => Resources;
}): Capacity {
  if (!(Number.isInteger(parallel) && parallel >= 1))
    throw new SoukError("TUNE_CAPACITY", `expected at least 1 trial at once, got ${parallel}`);
  const held = new Map<number, Resources>();
  const total = (key: keyof Resources): number => {
    let sum = 0;
    for (const one of held.values()) sum += one[key];
    return sum;
  };
  return {
    isFull: () => held.size >= parallel,
    fits(trial) {
      const { cores, memoryBytes } = need(trial);
      if (!(cores <= limit.cores && memoryBytes <= limit.memoryBytes))
        throw new SoukError(
          "TUNE_CAPACITY",
          `trial ${trial.trial} needs ${cores} cores and ${memoryBytes} bytes, expected at most ${limit.cores} and ${limit.memoryBytes}`,
        );
      return (
        total("cores") + cores <= limit.cores &&
        total("memoryBytes") + memoryBytes <= limit.memoryBytes
      );
    },
    take: (trial) => void held.set(trial.trial, need(trial)),
    give: (trial) => void held.delete(trial.trial),
  };
}
