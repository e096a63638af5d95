import { errorCode, sha256, SoukError } from "@souk/core";
import { decodePixels } from "../../images/decode.ts";
import type { Pixels } from "../../images/pixels.ts";
import type { Cell, ColumnBatch } from "../../rows/batch.ts";
import type { Task } from "../../task/task.ts";
import type { ImageSource } from "../family.ts";

/** A photo of a row. */
export interface Photo {
  /** SHA-256 of its file. */
  readonly key: string;
  readonly read: () => Promise<Uint8Array>;
}

/** Codes that a photo is to blame for, and not the installation or the caller. */
const blamed = new Set(["IMAGE_FORMAT", "IMAGE_LIMIT", "IMAGE_BROKEN"]);

/**
 * The column of a task's photos, the first if it has several.
 * @throws SoukError `FAMILY_INPUTS` when it has none.
 */
export function photoColumn({ inputs }: Task, family: string): string {
  const found = inputs.find(({ kind }) => kind === "image");
  if (found !== undefined) return found.column;
  const kinds = inputs.map(({ column, kind }) => `${column} (${kind})`).join(", ");
  throw new SoukError(
    "FAMILY_INPUTS",
    `family ${family}: expected a task with an image input, got ${kinds || "none"}`,
  );
}

/**
 * The photo in a cell: bytes of a file, or the hash of a stored one. `undefined` when the cell is empty.
 * Reading it throws SoukError `IMAGE_MISSING` when there is none of that hash.
 */
function photoOf(cell: Cell | undefined, images: ImageSource | undefined): Photo | undefined {
  if (cell instanceof Uint8Array) return { key: sha256(cell), read: () => Promise.resolve(cell) };
  if (typeof cell !== "string" || cell === "") return undefined;
  return {
    key: cell,
    async read() {
      const bytes = await images?.read(cell);
      if (bytes !== undefined) return bytes;
      const where = images === undefined ? "no photo store is open" : "the store has none";
      throw new SoukError(
        "IMAGE_MISSING",
        `expected a stored photo of the hash ${cell.slice(0, 64)}, but ${where}`,
      );
    },
  };
}

/** The photo of each row of `batch`. */
export function photosOf(
  batch: ColumnBatch,
  column: string,
  images: ImageSource | undefined,
): readonly (Photo | undefined)[] {
  const cells = batch.columns[column];
  return Array.from({ length: batch.length }, (_, row) => photoOf(cells?.[row], images));
}

/** A photo's pixels, `undefined` when the file is no photo, too large or damaged. */
export async function pixelsIfWhole(photo: Photo, size: number): Promise<Pixels | undefined> {
  const bytes = await photo.read();
  try {
    return await decodePixels(bytes, { width: size, height: size });
  } catch (error) {
    if (error instanceof SoukError && blamed.has(error.code)) return undefined;
    throw error;
  }
}

/** The photos that are there: each with its row. Rows whose photo no store has count as rows without one. */
export async function presentPhotos(
  batch: ColumnBatch,
  column: string,
  { images, signal }: { images: ImageSource | undefined; signal?: AbortSignal },
): Promise<readonly { readonly row: number; readonly photo: Photo }[]> {
  const found: { row: number; photo: Photo }[] = [];
  for (const [row, photo] of photosOf(batch, column, images).entries()) {
    if (photo === undefined) continue;
    signal?.throwIfAborted();
    if (batch.columns[column]?.[row] instanceof Uint8Array || (await isStored(photo, images)))
      found.push({ row, photo });
  }
  return found;
}

async function isStored({ key }: Photo, images: ImageSource | undefined): Promise<boolean> {
  if (images === undefined || !/^[0-9a-f]{64}$/.test(key)) return false;
  return images.has === undefined ? (await images.read(key)) !== undefined : images.has(key);
}

/** The same, also `undefined` when no store has the photo. */
export async function pixelsIfPresent(photo: Photo, size: number): Promise<Pixels | undefined> {
  try {
    return await pixelsIfWhole(photo, size);
  } catch (error) {
    const code = errorCode(error);
    if (code === "IMAGE_MISSING" || code === "IMAGE_HASH") return undefined;
    throw error;
  }
}
