import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SoukError } from "@souk/core";
import { checkpointFile } from "@souk/tensor";
import type { Checkpoints, SavedPredictor } from "../family.ts";

/**
 * The checkpoint file of a network's training, kept in a family's checkpoints: each file that the training writes to
 * `folder` is handed on as one tensor of bytes, and the last one is there again when the training begins anew.
 */
export interface TrainingState {
  /** Where the training is to write its checkpoints, and finds the one to go on from. */
  readonly folder: string;
  /** Aborts when a checkpoint could not be kept. */
  readonly failed: AbortSignal;
  /**
   * Begins run `stage` of a training of several, counted from 0; false when the last checkpoint is of a later one, so
   * that this one has nothing to do.
   */
  enter(stage: number): Promise<boolean>;
  /** Hands the file on; to be called after each checkpoint. */
  keep(): void;
  /** Waits until all is handed on. @throws what the family's checkpoints throw. */
  settle(): Promise<void>;
  /** Removes the folder. */
  close(): Promise<void>;
}

/** @throws SoukError `CHECKPOINT_INVALID` when the last checkpoint holds no training, and what `load` throws. */
export async function openTrainingState(checkpoints: Checkpoints): Promise<TrainingState> {
  const loaded = await checkpoints.load();
  const state = bytesOf(loaded);
  const reached = Number(loaded?.parameters["stage"] ?? 0);
  let stage = reached;
  const folder = await mkdtemp(join(tmpdir(), "souk-training-"));
  const path = checkpointFile(folder);
  if (state !== undefined) await writeFile(path, state);
  const failure = new AbortController();
  let handedOn = Promise.resolve();

  async function handOn(): Promise<void> {
    const data = await readFile(path);
    await checkpoints.save({
      parameters: stage === 0 ? {} : { stage },
      tensors: { training: { shape: [data.length], data } },
    });
  }

  return {
    folder,
    failed: failure.signal,
    async enter(next) {
      if (next < reached) return false;
      // What the run before left is no state of this one.
      if (next > reached) await rm(path, { force: true });
      stage = next;
      return true;
    },
    keep() {
      handedOn = handedOn.then(handOn);
      handedOn.catch((error: unknown) => failure.abort(error));
    },
    settle: () => handedOn,
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

function bytesOf(saved: SavedPredictor | undefined): Uint8Array | undefined {
  if (saved === undefined) return undefined;
  const data = saved.tensors["training"]?.data;
  if (data instanceof Uint8Array) return data;
  throw new SoukError(
    "CHECKPOINT_INVALID",
    "expected the state of a network's training in the checkpoint, got none",
  );
}
