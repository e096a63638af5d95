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
  /** Hands the file on; to be called after each checkpoint. */
  keep(): void;
  /** Waits until all is handed on. @throws what the family's checkpoints throw. */
  settle(): Promise<void>;
  /** Removes the folder. */
  close(): Promise<void>;
}

/** @throws SoukError `CHECKPOINT_INVALID` when the last checkpoint holds no training, and what `load` throws. */
export async function openTrainingState(checkpoints: Checkpoints): Promise<TrainingState> {
  const state = bytesOf(await checkpoints.load());
  const folder = await mkdtemp(join(tmpdir(), "souk-training-"));
  const path = checkpointFile(folder);
  if (state !== undefined) await writeFile(path, state);
  const failure = new AbortController();
  let handedOn = Promise.resolve();

  async function handOn(): Promise<void> {
    const data = await readFile(path);
    await checkpoints.save({
      parameters: {},
      tensors: { training: { shape: [data.length], data } },
    });
  }

  return {
    folder,
    failed: failure.signal,
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
