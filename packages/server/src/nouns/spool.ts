import { createWriteStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Clock, createId, SoukError } from "@souk/core";

/**
 * Keeps an upload as file `name` in a folder of its own under `directory`, so that a child process can read it by path.
 * @returns the folder, to be removed by the caller.
 * @throws SoukError `UPLOAD_BROKEN` when the upload ends early; nothing is left then.
 */
export async function spoolStream(
  directory: string,
  stream: AsyncIterable<Uint8Array>,
  { name, clock, signal }: { name: string; clock: Clock; signal?: AbortSignal | undefined },
): Promise<{ folder: string; path: string }> {
  const folder = join(directory, createId("upload", clock));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, name);
  try {
    await pipeline(Readable.from(stream), createWriteStream(path, { mode: 0o600 }), { signal });
  } catch (cause) {
    await rm(folder, { recursive: true, force: true });
    throw new SoukError(
      "UPLOAD_BROKEN",
      "the upload ended before all of it had come; nothing was stored",
      { cause },
    );
  }
  return { folder, path };
}
