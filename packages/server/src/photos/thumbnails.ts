import { type ChildProcess, fork } from "node:child_process";
import { mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { errorCode, SoukError, writeFileAtomic } from "@souk/core";
import type { ThumbnailAnswer, ThumbnailRequest } from "../jobs/thumbnail-job.ts";

/** Widths there are, in pixels; between them the next larger is given, so that the cache is bounded. */
const thumbnailWidths = [64, 160, 320, 640, 1024] as const;

/** More at a time are turned away: each waits for a decoder. */
const MAX_WAITING = 200;

/** Small pictures of stored photos, made in a process of their own when they are first asked for. */
export interface Thumbnails {
  /**
   * A JPEG at least `width` wide, or as wide as the photo.
   * @throws SoukError `PHOTO_UNKNOWN`, `PHOTO_BUSY`, `PHOTO_CRASHED`, `IMAGE_HASH`, or why it does not decode.
   */
  get(hash: string, width: number): Promise<Uint8Array>;
  close(): void;
}

interface Waiting {
  resolve(bytes: Uint8Array): void;
  reject(error: SoukError): void;
}

/** Thumbnails of the photos of a data directory, kept under its `cache`. */
export function openThumbnails(dataDirectory: string): Thumbnails {
  const waiting = new Map<number, Waiting>();
  let child: ChildProcess | undefined;
  let lastId = 0;

  function start(): ChildProcess {
    const started = fork(new URL("../jobs/thumbnail-job.ts", import.meta.url), {
      serialization: "advanced",
      stdio: ["ignore", "ignore", "ignore", "ipc"],
      execArgv: ["--disable-warning=ExperimentalWarning"],
    });
    started.on("message", (made: ThumbnailAnswer) => settle(made));
    const gone = (): void => {
      if (child === started) child = undefined;
      const error = new SoukError("PHOTO_CRASHED", "the process that decodes photos ended");
      for (const one of waiting.values()) one.reject(error);
      waiting.clear();
    };
    started.once("exit", gone).once("error", gone);
    // It is no reason for this process to live on.
    started.unref();
    started.channel?.unref();
    return started;
  }

  function settle(made: ThumbnailAnswer): void {
    const one = waiting.get(made.id);
    waiting.delete(made.id);
    if (waiting.size === 0) child?.channel?.unref();
    if ("bytes" in made) one?.resolve(made.bytes);
    else one?.reject(new SoukError(made.code, made.message));
  }

  function make(hash: string, width: number): Promise<Uint8Array> {
    if (waiting.size >= MAX_WAITING)
      throw new SoukError("PHOTO_BUSY", `expected at most ${MAX_WAITING} thumbnails at a time`);
    child ??= start();
    const request: ThumbnailRequest = { id: ++lastId, dataDirectory, hash, width };
    return new Promise((resolve, reject) => {
      waiting.set(request.id, { resolve, reject });
      child?.channel?.ref();
      child?.send(request);
    });
  }

  return {
    async get(hash, wanted) {
      if (!/^[0-9a-f]{64}$/.test(hash))
        throw new SoukError("IMAGE_HASH", "expected a SHA-256 as 64 lower-case hex digits");
      const width = thumbnailWidths.find((one) => one >= wanted) ?? thumbnailWidths.at(-1)!;
      const path = join(dataDirectory, "cache", "thumbnails", `${width}`, hash.slice(0, 2), hash);
      const kept = await readKept(path);
      if (kept) return kept;
      const bytes = await make(hash, width);
      await mkdir(dirname(path), { recursive: true });
      await writeFileAtomic(path, bytes);
      return bytes;
    },
    close() {
      child?.kill();
    },
  };
}

async function readKept(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}
