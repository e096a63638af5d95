/** Photos in a folder, by the SHA-256 of their files: the same photo is kept once, and a name cannot lie. */
import { mkdir, readdir, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { errorCode, putFileIfAbsent, sha256, SoukError, syncFolder } from "@souk/core";
import type { ImageSource } from "../families/family.ts";
import { decodePixels } from "./decode.ts";
import { type ImageLimits, imageLimits } from "./limits.ts";

// folder/
//   ab/
//     cd/
//       abcd…   the file as it came, named by its 64 hex digits

/** A folder of photos. Any number of processes may use it at the same time. */
export interface ImageStore extends ImageSource {
  /**
   * Keeps a photo; one that is there already is not written again. After a crash it is there whole or not at all.
   * @returns its hash.
   * @throws SoukError `IMAGE_FORMAT`, `IMAGE_LIMIT` or `IMAGE_BROKEN` for what cannot be decoded whole.
   */
  put(bytes: Uint8Array): Promise<string>;
  /** @throws SoukError `IMAGE_HASH` when `hash` is not 64 hex digits, `IMAGE_STORE_DAMAGED` when the file was changed. */
  read(hash: string): Promise<Uint8Array | undefined>;
  /** @throws SoukError `IMAGE_HASH`. */
  has(hash: string): Promise<boolean>;
  /** Hashes of all photos, in rising order. */
  list(): AsyncIterable<string>;
}

/** The store in `folder`, which is made when the first photo comes. */
export function imageStore(
  folder: string,
  { limits = imageLimits }: { limits?: ImageLimits } = {},
): ImageStore {
  return {
    async put(bytes) {
      // Every byte is decoded, however small the result.
      await decodePixels(bytes, { width: 8, height: 8, fit: "fill", limits });
      const hash = sha256(bytes);
      const path = pathOf(folder, hash);
      await makeFolder(dirname(path));
      await putFileIfAbsent(path, bytes);
      return hash;
    },
    async read(hash) {
      const bytes = await orUndefined(readFile(pathOf(folder, hash)));
      if (bytes === undefined || sha256(bytes) === hash) return bytes;
      throw new SoukError(
        "IMAGE_STORE_DAMAGED",
        `photo ${hash}: expected the bytes that were stored, got others`,
      );
    },
    async has(hash) {
      return (await orUndefined(stat(pathOf(folder, hash)))) !== undefined;
    },
    list: () => listHashes(folder),
  };
}

async function* listHashes(folder: string): AsyncGenerator<string> {
  for (const first of await sortedNames(folder, /^[0-9a-f]{2}$/))
    for (const second of await sortedNames(join(folder, first), /^[0-9a-f]{2}$/))
      yield* await sortedNames(join(folder, first, second), /^[0-9a-f]{64}$/);
}

async function sortedNames(folder: string, pattern: RegExp): Promise<string[]> {
  const names = (await orUndefined(readdir(folder))) ?? [];
  return names.filter((name) => pattern.test(name)).toSorted();
}

function pathOf(folder: string, hash: string): string {
  if (!/^[0-9a-f]{64}$/.test(hash))
    throw new SoukError(
      "IMAGE_HASH",
      `expected a SHA-256 as 64 lower-case hex digits, got ${hash.length} characters`,
    );
  return join(folder, hash.slice(0, 2), hash.slice(2, 4), hash);
}

/** Makes a folder and those above it, all of which then survive a power cut. */
async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) return;
  for (let at = path; at.length >= first.length; at = dirname(at)) await syncFolder(dirname(at));
}

async function orUndefined<Value>(reading: Promise<Value>): Promise<Value | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}
