/** Where a training is, on disk: one safetensors file, replaced as a whole. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  canonicalJson,
  errorCode,
  errorMessage,
  sha256,
  SoukError,
  writeFileAtomic,
} from "@souk/core";
import type { Tensor } from "../onnx/tensor.ts";
import type { Tensors } from "../run/signature.ts";
import { readSafetensors } from "../safetensors/read.ts";
import { writeSafetensors } from "../safetensors/write.ts";
import type { TrainingJob } from "./job.ts";

/** Where a training is: all it needs, beside weights, to go on. */
export interface Progress {
  readonly step: number;
  /** Passes over the data that are done. */
  readonly epoch: number;
  /** Batches of the pass under way that are done. */
  readonly batches: number;
  /** Loss of the last step. */
  readonly loss: number;
  readonly best?: { readonly step: number; readonly value: number };
  /** Validations since the best one. */
  readonly waited: number;
  /** The step of the last validation; 0 before the first. */
  readonly validated: number;
}

/** What a checkpoint holds. */
export interface Checkpoint {
  readonly progress: Progress;
  /** Weights, and what the optimizer remembers of them. */
  readonly current: Tensors;
  readonly best: Tensors | undefined;
}

/** The file of a folder's checkpoint. */
export function checkpointFile(folder: string): string {
  return join(folder, "checkpoint.safetensors");
}

/** What a checkpoint says beside tensors. */
export function checkpointMetadata(
  job: TrainingJob,
  progress: Progress,
): Readonly<Record<string, string>> {
  return { progress: JSON.stringify(progress), job: fingerprint(job) };
}

/** Replaces the checkpoint: a reader, or a restart after `kill -9`, sees the old one or the new one. */
export async function writeCheckpoint(
  path: string,
  {
    current,
    best = {},
    metadata,
  }: {
    current: Tensors;
    best: Tensors | undefined;
    metadata: Readonly<Record<string, string>>;
  },
): Promise<void> {
  const tensors = new Map([...prefixed(CURRENT, current), ...prefixed(BEST, best)]);
  await writeFileAtomic(path, writeSafetensors(tensors, metadata));
}

/**
 * The checkpoint of a job, or undefined when there is none yet.
 *
 * @throws SoukError `TRAIN_CHECKPOINT` when it is damaged, or was written by a job with another optimizer, learning rate,
 * accumulation, clipping or seed, which would go on to another end.
 */
export async function readCheckpoint(
  path: string,
  job: TrainingJob,
): Promise<Checkpoint | undefined> {
  const bytes = await readIfThere(path);
  if (!bytes) return undefined;
  const { tensors, metadata } = parse(path, bytes);
  if (metadata["job"] !== fingerprint(job)) {
    throw new SoukError(
      "TRAIN_CHECKPOINT",
      `${path} was written by a job with another optimizer, learning rate, accumulation, clipping or seed; ` +
        "go on with the same job, or choose another folder",
    );
  }
  const best = unprefixed(BEST, tensors);
  return {
    progress: progressOf(path, metadata["progress"] ?? ""),
    current: unprefixed(CURRENT, tensors),
    best: Object.keys(best).length > 0 ? best : undefined,
  };
}

const CURRENT = "current/";
const BEST = "best/";

/** What decides the steps to come, beside weights and data. Epochs and steps may be raised. */
function fingerprint(job: TrainingJob): string {
  const { optimizer, learningRate, accumulate = 1, clipNorm = null, clipValue = null, seed } = job;
  const { name, settings } = optimizer;
  const facts = { name, settings, learningRate, accumulate, clipNorm, clipValue, seed };
  return sha256(canonicalJson(facts));
}

function parse(path: string, bytes: Uint8Array): ReturnType<typeof readSafetensors> {
  try {
    return readSafetensors(bytes);
  } catch (cause) {
    throw new SoukError("TRAIN_CHECKPOINT", `${path} is damaged: ${errorMessage(cause)}`, {
      cause,
    });
  }
}

function progressOf(path: string, text: string): Progress {
  const value: unknown = parseJson(text);
  if (isProgress(value)) return value;
  throw new SoukError("TRAIN_CHECKPOINT", `${path} does not say where the training was`);
}

function isProgress(value: unknown): value is Progress {
  if (typeof value !== "object" || value === null) return false;
  return ["step", "epoch", "batches", "waited", "validated"].every(
    (name) => name in value && Number.isSafeInteger(Reflect.get(value, name)),
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (cause) {
    if (errorCode(cause) === "ENOENT") return undefined;
    throw cause;
  }
}

function prefixed(prefix: string, tensors: Tensors): [string, Tensor][] {
  return Object.entries(tensors).map(([name, content]) => [prefix + name, content]);
}

function unprefixed(prefix: string, tensors: ReadonlyMap<string, Tensor>): Tensors {
  return Object.fromEntries(
    [...tensors].flatMap(([name, content]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), content]] : [],
    ),
  );
}
