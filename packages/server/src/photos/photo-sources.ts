/** Where photos come from: a folder, an archive, one file, or a list of addresses and files. */
import { type FileHandle, open, readFile, realpath, stat } from "node:fs/promises";
import { basename, dirname, join, posix, relative, sep } from "node:path";
import { errorCode, SoukError } from "@souk/core";
import { imageLimits, readPhotos } from "@souk/models";
import { type FetchLimits, fetchPhoto, parsePhotoUrl } from "./fetch-photo.ts";
import { hostTurns } from "./host-turns.ts";
import { readPhotoList } from "./photo-list.ts";
import type { ProductRule } from "./photo-values.ts";

/** A photo that was named but not read yet. */
export interface NamedPhoto {
  /** Path in the source, or address. */
  readonly name: string;
  /** Name of the folder it is in, "" at the top: the class, where a folder is one. */
  readonly folder: string;
  /** @throws SoukError when the name does not tell, or the line is unreadable. */
  readonly product: () => { readonly id: string; readonly position?: number };
  readonly read: () => Promise<Uint8Array>;
}

/** One source, and what is known beside its names. */
export interface PhotoSourceOptions {
  /** The name it came under, when the path is a temporary file's. */
  readonly fileName?: string;
  readonly rule: ProductRule;
  /** Whose photo it is, for a source of one photo. */
  readonly productId?: string;
  /** Whether a list may name files beside it: a list from elsewhere may not. */
  readonly allowFiles: boolean;
  readonly allowPrivate: boolean;
  readonly signal: AbortSignal;
}

/** Photos fetched from one host at a time. */
const PER_HOST = 2;
/** A slow server's photo is given up after this. */
const FETCH_TIMEOUT_MS = 30_000;

/**
 * The photos of `path` in its order; none is decoded yet.
 * @throws what `readPhotos` and `readPhotoList` throw, which ends the source.
 */
export async function openPhotos(
  path: string,
  options: PhotoSourceOptions,
): Promise<AsyncIterable<NamedPhoto>> {
  const name = options.fileName ?? basename(path);
  const isFile = await isPlainFile(path);
  const format = /\.(csv|tsv|jsonl|ndjson)$/i.exec(name)?.[1]?.toLowerCase();
  if (isFile && format !== undefined)
    return listedPhotos(path, { ...options, format: format === "ndjson" ? "jsonl" : format });
  if (isFile && (options.productId !== undefined || (await isPhoto(path))))
    return onePhoto(path, { name, ...options });
  return archivedPhotos(path, options);
}

/** Product and position as `rule` reads them from a path in a source. @throws SoukError `PHOTO_NO_PRODUCT`. */
function productOf(path: string, rule: ProductRule): { id: string; position?: number } {
  const stem = posix.basename(path).replace(/\.[^.]*$/, "");
  const numbered = rule === "numbered" ? /^(.+)[-_](\d{1,6})$/.exec(stem) : null;
  if (numbered) return { id: numbered[1]!, position: Number(numbered[2]) };
  const id = rule === "folder" ? folderOf(path) : stem;
  if (id !== "") return { id };
  throw new SoukError(
    "PHOTO_NO_PRODUCT",
    `expected a photo in a folder named by its product, got one in none`,
  );
}

async function* archivedPhotos(
  path: string,
  { rule, signal }: PhotoSourceOptions,
): AsyncGenerator<NamedPhoto> {
  for await (const { name, bytes } of readPhotos(path, { signal }))
    yield {
      name,
      folder: folderOf(name),
      product: () => productOf(name, rule),
      read: () => Promise.resolve(bytes),
    };
}

async function* onePhoto(
  path: string,
  { name, rule, productId }: PhotoSourceOptions & { name: string },
): AsyncGenerator<NamedPhoto> {
  yield {
    name,
    folder: "",
    product: () => (productId === undefined ? productOf(name, rule) : { id: productId }),
    read: () => readBounded(path),
  };
}

async function* listedPhotos(
  path: string,
  { format, allowFiles, allowPrivate, signal }: PhotoSourceOptions & { format: string },
): AsyncGenerator<NamedPhoto> {
  const limits = { allowPrivate, maxBytes: imageLimits.maxBytes, timeoutMs: FETCH_TIMEOUT_MS };
  const turns = hostTurns(PER_HOST);
  const kind = format === "csv" || format === "tsv" ? format : "jsonl";
  for await (const entry of readPhotoList(path, { format: kind })) {
    signal.throwIfAborted();
    if ("problem" in entry) yield unreadable(entry.line, entry.problem);
    else {
      const { productId: id, position, where } = entry;
      const isUrl = entry.kind === "url";
      yield {
        name: where,
        folder: isUrl ? "" : folderOf(where.replaceAll("\\", "/")),
        product: () => ({ id, ...(position !== undefined && { position }) }),
        read: () =>
          isUrl
            ? fetchInTurn(where, { turns, limits, signal })
            : readBeside(path, where, { allowFiles }),
      };
    }
  }
}

function unreadable(line: number, problem: string): NamedPhoto {
  const fail = (): never => {
    throw new SoukError("PHOTO_LIST_LINE", `expected product_id and url or file, got ${problem}`);
  };
  return { name: `line ${line}`, folder: "", product: fail, read: async () => fail() };
}

async function fetchInTurn(
  url: string,
  options: { turns: ReturnType<typeof hostTurns>; limits: FetchLimits; signal: AbortSignal },
): Promise<Uint8Array> {
  const { host } = parsePhotoUrl(url);
  const { turns, limits, signal } = options;
  return turns(host, () => fetchPhoto(url, { ...limits, signal }));
}

/** A file a list names: beside the list or below, whatever links say. */
async function readBeside(
  list: string,
  name: string,
  { allowFiles }: { allowFiles: boolean },
): Promise<Uint8Array> {
  if (!allowFiles)
    throw new SoukError("PHOTO_FILE_OUTSIDE", "expected a url: an uploaded list names no files");
  const folder = await realpath(dirname(list));
  const path = await realpath(join(folder, name)).catch((cause: unknown) => {
    throw new SoukError("PHOTO_FILE_MISSING", "expected a file beside the list, got none", {
      cause,
    });
  });
  const below = relative(folder, path);
  if (below === ".." || below.startsWith(`..${sep}`) || join(folder, below) !== path)
    throw new SoukError("PHOTO_FILE_OUTSIDE", "expected a file beside the list or below it");
  return readBounded(path);
}

async function readBounded(path: string): Promise<Uint8Array> {
  const { size } = await stat(path);
  if (size <= imageLimits.maxBytes) return readFile(path);
  throw new SoukError(
    "IMAGE_LIMIT",
    `photo: expected at most ${imageLimits.maxBytes} bytes, got ${size}`,
  );
}

async function isPlainFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (cause) {
    if (errorCode(cause) !== "ENOENT") throw cause;
    throw new SoukError("IMAGE_SOURCE_MISSING", `expected photos at ${path}, got nothing there`, {
      cause,
    });
  }
}

/** Whether a file begins as a JPEG, PNG or WebP does; anything else is taken for an archive. */
async function isPhoto(path: string): Promise<boolean> {
  const file = await open(path, "r");
  try {
    const magic = await firstBytes(file);
    return /^(?:ffd8ff|89504e47|52494646)/.test(magic.toString("hex"));
  } finally {
    await file.close();
  }
}

async function firstBytes(file: FileHandle): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
  return buffer.subarray(0, bytesRead);
}

function folderOf(path: string): string {
  const folder = posix.basename(posix.dirname(path));
  return folder === "." ? "" : folder;
}
