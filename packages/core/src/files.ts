import { randomUUID } from "node:crypto";
import { link, mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { errorCode } from "./errors.ts";

/**
 * Writes a whole file so that a reader, or a restart after `kill -9`, sees the old bytes or the new, never a part:
 * a temporary file beside it, fsync, rename, fsync of the folder.
 */
export async function writeFileAtomic(
  path: string,
  data: string | Uint8Array,
  { mode = 0o644 } = {},
): Promise<void> {
  const temporary = await writeTemporary(path, data, mode);
  await rename(temporary, path);
  await syncFolder(dirname(path));
}

/**
 * Creates a file only if nobody has: one of several processes wins, the file is complete from its first moment.
 * @returns whether this call created it.
 */
export async function putFileIfAbsent(
  path: string,
  data: string | Uint8Array,
  { mode = 0o644 } = {},
): Promise<boolean> {
  const temporary = await writeTemporary(path, data, mode);
  try {
    await link(temporary, path);
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "EEXIST") return false;
    throw cause;
  } finally {
    await rm(temporary, { force: true });
  }
  await syncFolder(dirname(path));
  return true;
}

/**
 * Writes a folder of files whole or not at all: a temporary folder beside it, every file flushed, then a rename.
 * A folder of that name is only replaced when asked for; else the system's error (`ENOTEMPTY`, `EEXIST`) is thrown.
 */
export async function writeFolderAtomic(
  folder: string,
  files: Readonly<Record<string, string | Uint8Array>>,
  { replace = false } = {},
): Promise<void> {
  const target = resolve(folder);
  const temporary = join(dirname(target), `.tmp-${basename(target)}-${randomUUID()}`);
  await mkdir(temporary, { recursive: true });
  try {
    for (const [name, data] of Object.entries(files))
      await writeFlushed(join(temporary, name), data, 0o644);
    await syncFolder(temporary);
    await (replace ? replaceFolder(temporary, target) : rename(temporary, target));
    await syncFolder(dirname(target));
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** `rename` cannot replace a folder that has files: the old one steps aside first. */
async function replaceFolder(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (errorCode(error) !== "ENOTEMPTY" && errorCode(error) !== "EEXIST") throw error;
    const aside = `${from}-old`;
    await rename(to, aside);
    await rename(from, to);
    await rm(aside, { recursive: true, force: true });
  }
}

/** Flushes a folder's entries to the disk: a new or renamed file in it then survives a power cut. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function writeTemporary(
  path: string,
  data: string | Uint8Array,
  mode: number,
): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = join(dirname(path), `.tmp-${randomUUID()}`);
  await writeFlushed(temporary, data, mode);
  return temporary;
}

async function writeFlushed(path: string, data: string | Uint8Array, mode: number): Promise<void> {
  const file = await open(path, "wx", mode);
  try {
    await file.writeFile(data);
    await file.sync();
  } finally {
    await file.close();
  }
}
