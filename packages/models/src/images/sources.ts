/**
 * Photos out of a folder, a tar file (also gzipped) or a zip file. Archives are hostile: nothing is written to disk, and the
 * number of entries, their sizes and names are checked before anything is allocated.
 */
import { open, readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { SoukError } from "@souk/core";
import type { ImageFile } from "./batches.ts";
import { type SourceLimits, sourceLimits, type SourceMeter, sourceMeter } from "./source-meter.ts";
import { readTar } from "./tar.ts";
import { readZip } from "./zip.ts";

/** Files that are looked at; everything else is passed over. */
const photoName = /\.(?:jpe?g|png|webp)$/i;

const zipEntry = Buffer.from("PK\u0003\u0004");
const zipEnd = Buffer.from("PK\u0005\u0006");

/** Deepest folder in a folder. */
const MAX_DEPTH = 32;

/**
 * Reads the photos of a folder, tar, gzipped tar or zip, one after the other: those whose names end in .jpg, .jpeg, .png
 * or .webp, by their paths in it with `/` between. What is in the files is not looked at. A folder is read in the order
 * of names, an archive in its own. Hidden files and folders (`.name`) are passed over.
 *
 * @throws SoukError `IMAGE_SOURCE_MISSING` when there is nothing at `path`; `IMAGE_SOURCE_LIMIT` above a limit;
 * `IMAGE_SOURCE_UNSAFE` for a link, a device, or a name that leads out of the folder; `IMAGE_SOURCE_BROKEN` for a
 * damaged archive or one of another kind; the reason of `signal` when aborted.
 */
export async function* readPhotos(
  path: string,
  { limits = sourceLimits, signal }: { limits?: SourceLimits; signal?: AbortSignal } = {},
): AsyncGenerator<ImageFile> {
  const meter = sourceMeter(limits);
  for await (const file of await openSource(path, { meter })) {
    signal?.throwIfAborted();
    yield file;
  }
}

async function openSource(
  path: string,
  { meter }: { readonly meter: SourceMeter },
): Promise<AsyncIterable<ImageFile>> {
  const kind = await sourceKind(path);
  if (kind === "folder") return readFolder(path, { meter, below: "", depth: 0 });
  const wanted = (name: string): boolean => photoName.test(name) && !isHidden(name);
  if (kind === "zip") return readZip(path, { meter, wanted });
  return readTar(path, { meter, wanted, isGzipped: kind === "gzip" });
}

async function sourceKind(path: string): Promise<"folder" | "zip" | "gzip" | "tar"> {
  try {
    if ((await stat(path)).isDirectory()) return "folder";
  } catch (cause) {
    throw new SoukError("IMAGE_SOURCE_MISSING", `expected photos at ${path}, got nothing there`, {
      cause,
    });
  }
  const magic = await firstBytes(path);
  // A zip begins with an entry, or with the end of its directory when it is empty.
  if (magic.equals(zipEntry) || magic.equals(zipEnd)) return "zip";
  return magic[0] === 0x1f && magic[1] === 0x8b ? "gzip" : "tar";
}

async function* readFolder(
  root: string,
  { meter, below, depth }: { meter: SourceMeter; below: string; depth: number },
): AsyncGenerator<ImageFile> {
  if (depth > MAX_DEPTH)
    throw new SoukError("IMAGE_SOURCE_LIMIT", `expected at most ${MAX_DEPTH} folders in folders`);
  const entries = await readdir(join(root, below), { withFileTypes: true });
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const name = below + entry.name;
    if (isHidden(name)) continue;
    if (entry.isDirectory())
      yield* readFolder(root, { meter, below: `${name}/`, depth: depth + 1 });
    else if (photoName.test(name)) {
      const isFile = entry.isFile();
      const sizeBytes = isFile ? (await stat(join(root, name))).size : 0;
      meter.entry(name, { isFile, sizeBytes, isWanted: true });
      yield { name, bytes: await readFile(join(root, name)) };
    }
  }
}

function isHidden(name: string): boolean {
  return name.split("/").some((part) => part.startsWith(".") && part !== "." && part !== "..");
}

async function firstBytes(path: string): Promise<Buffer> {
  const file = await open(path, "r");
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
