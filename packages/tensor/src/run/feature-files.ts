/** Segment files in folders. */
import { type FileHandle, mkdir, open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { errorCode } from "@souk/core";
import { hasHeader, HEADER_BYTES } from "./feature-segment.ts";

/** A file of rows, open for reading. */
export interface Segment {
  readonly path: string;
  readonly file: FileHandle;
  /** Offset behind the last whole block that was seen. */
  end: number;
}

const suffix = ".features";

/** Whether a file name is that of a segment. */
export function isSegment(name: string): boolean {
  return name.endsWith(suffix);
}

/** Names in a folder; none when there is no such folder. */
export async function listFolder(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    return ifMissing(cause, []);
  }
}

/** The next segment of a folder, empty, for appending: nobody else has its name. */
export async function createNext(folder: string): Promise<{ path: string; file: FileHandle }> {
  await mkdir(folder, { recursive: true });
  const numbers = (await listFolder(folder)).filter(isSegment).map((name) => parseInt(name, 10));
  for (let number = Math.max(0, ...numbers) + 1; ; number++) {
    const path = join(folder, `${String(number).padStart(8, "0")}${suffix}`);
    try {
      return { path, file: await open(path, "ax") };
    } catch (cause) {
      if (errorCode(cause) !== "EEXIST") throw cause;
    }
  }
}

/** A segment to read, before its first block; undefined when it is gone, not begun, or no segment of this width. */
export async function openSegment(path: string, width: number): Promise<Segment | undefined> {
  const file = await openIfThere(path);
  if (!file) return undefined;
  if (await hasHeader(file, width)) return { path, file, end: HEADER_BYTES };
  await file.close();
  return undefined;
}

/** All segments in the folders of `root`: size in bytes, and when they were last written to. */
export async function segmentFiles(
  root: string,
): Promise<readonly { path: string; size: number; writtenMs: number }[]> {
  const files: { path: string; size: number; writtenMs: number }[] = [];
  for (const folder of await listFolder(root)) {
    for (const name of (await listFolder(join(root, folder))).filter(isSegment)) {
      const path = join(root, folder, name);
      const found = await stat(path).catch((cause: unknown) => ifMissing(cause, undefined));
      if (found) files.push({ path, size: found.size, writtenMs: found.mtimeMs });
    }
  }
  return files;
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, "r");
  } catch (cause) {
    return ifMissing(cause, undefined);
  }
}

/** Another process may delete a file or folder at any time. */
function ifMissing<T>(cause: unknown, otherwise: T): T {
  if (["ENOENT", "ENOTDIR"].includes(errorCode(cause) ?? "")) return otherwise;
  throw cause;
}
