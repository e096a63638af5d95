/** Where a training is, on disk. */
import type { Tensor } from "../onnx/tensor.ts";
import type { Tensors } from "../run/signature.ts";
import type { Snapshot } from "./engine.ts";
import type { TrainingJob } from "./job.ts";

/** Where a training is: all it needs, beside weights, to go on. */
export interface Progress {
  readonly step: number;
  /** Passes over the data that are done. */
  readonly epoch: number;
  /** Batches of the pass under way that are done. */
  readonly batches: number;
  readonly loss: number;
  readonly best?: { readonly step: number; readonly value: number };
  /** Validations since the best one. */
  readonly waited: number;
}
export function checkpointFile(folder: string): string {
  return folder;
}
export async function writeCheckpoint(
  _path: string,
  _x: { job: TrainingJob; progress: Progress; snapshot: Snapshot },
): Promise<void> {}
export async function readCheckpoint(
  _path: string,
  _job: TrainingJob,
): Promise<
  | {
      weights: ReadonlyMap<string, Tensor>;
      state: ReadonlyMap<string, Tensor>;
      best?: Tensors;
      progress: Progress;
    }
  | undefined
> {
  return undefined;
}
