import { randomUUID } from "node:crypto";
import { link, mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";

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
  const file = await open(temporary, "wx", mode);
  try {
    await file.writeFile(data);
    await file.sync();
  } finally {
    await file.close();
  }
  return temporary;
}
