import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { canonicalJson, errorCode, sha256, SoukError, writeFileAtomic } from "@souk/core";
import type { Checkpoints } from "../families/family.ts";
import { decodeTensors, encodeTensors } from "./tensors.ts";

/**
 * Checkpoints of one training in `directory`. `identity` (task, family, settings, seed, data) must be the same when
 * it goes on: weights of other data would silently be wrong.
 * @throws SoukError from `load`: `CHECKPOINT_OTHER` when the identity differs, `MODEL_WEIGHTS` for a broken file.
 */
export function openCheckpoints(
  directory: string,
  { identity, resume }: { identity: unknown; resume: boolean },
): Checkpoints & { remove(): Promise<void> } {
  const path = join(directory, "checkpoint.bin");
  const mark = sha256(canonicalJson(identity));
  return {
    async save({ parameters, tensors }) {
      await writeFileAtomic(path, encodeTensors(tensors, { mark, parameters }));
    },
    async load() {
      if (!resume) return undefined;
      const bytes = await readIfPresent(path);
      if (bytes === undefined) return undefined;
      const { tensors, metadata } = decodeTensors(bytes);
      const { mark: got, parameters } = members(metadata);
      if (got !== mark)
        throw new SoukError(
          "CHECKPOINT_OTHER",
          "expected the checkpoint of the same task, data, settings and seed, got another: train without resume",
        );
      return { tensors, parameters: members(parameters) };
    },
    remove: () => rm(path, { force: true }),
  };
}

async function readIfPresent(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

function members(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value))
    : {};
}
