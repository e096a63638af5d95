import { type Clock, systemClock } from "@souk/core";
import type { Blobs, Store } from "@souk/store";
import {
  createExperiments,
  defaultExperiment,
  type Experiments,
  insertExperiment,
} from "./experiments.ts";
import { createInputs, type Inputs } from "./inputs.ts";
import { recoverInterrupted, type RecoveryOptions } from "./recovery.ts";
import { createRegistry, type Registry } from "./registry.ts";
import { createRuns, type PointListener, type Runs } from "./runs.ts";
import { trackingMigrations } from "./schema.ts";

/** Experiments, runs and the model registry over one store. It owns neither the store nor the blobs. */
export interface Tracking {
  readonly experiments: Experiments;
  readonly runs: Runs;
  readonly inputs: Inputs;
  readonly registry: Registry;
  /** Marks runs whose process is gone as interrupted. @returns their ids. */
  recoverInterrupted(options?: RecoveryOptions): Promise<string[]>;
}

/** Brings the tables up to date and makes the experiment "Default" when it is not there. */
export async function openTracking({
  store,
  blobs,
  clock = systemClock,
  onPoints,
}: {
  store: Store;
  blobs: Blobs;
  clock?: Clock;
  /** Told the points of each batch that this process logged, once they are durable. Must not throw. */
  onPoints?: PointListener;
}): Promise<Tracking> {
  await store.migrate("tracking", trackingMigrations);
  await insertExperiment(store, { ...defaultExperiment, now: clock.now() });
  return {
    experiments: createExperiments({ store, clock }),
    runs: createRuns({ store, blobs, clock, onPoints }),
    inputs: createInputs(store),
    registry: createRegistry({ store, blobs, clock }),
    recoverInterrupted: (options) => recoverInterrupted({ store, clock }, options),
  };
}
