/** Small pictures of the photos in a report, to stand inside its page. */
import { errorCode } from "@souk/core";
import type { ImageSource } from "../families/family.ts";
import { photoThumbnail } from "../images/thumbnail.ts";
import type { WorstError } from "../evaluation/worst-errors.ts";

/** In pixels: twice what the page shows, for screens with fine pixels. */
const WIDTH = 144;
/** A page with more photos than this is slow to open. */
const MOST_PHOTOS = 40;

/**
 * JPEG data URLs by the hash of the photo, each of a few kilobytes. A photo that is not in the store, was changed or
 * does not decode has none: a report is not lost for the want of a picture.
 */
export async function thumbnailsOf(
  worst: readonly WorstError[],
  images: ImageSource,
): Promise<Record<string, string>> {
  const hashes = new Set(worst.flatMap(({ photo }) => (photo === undefined ? [] : [photo])));
  const thumbnails: Record<string, string> = {};
  for (const hash of [...hashes].slice(0, MOST_PHOTOS)) {
    const url = await thumbnail(hash, images);
    if (url !== undefined) thumbnails[hash] = url;
  }
  return thumbnails;
}

async function thumbnail(hash: string, images: ImageSource): Promise<string | undefined> {
  try {
    const file = await images.read(hash);
    if (file === undefined) return undefined;
    const jpeg = await photoThumbnail(file, { width: WIDTH });
    return `data:image/jpeg;base64,${Buffer.from(jpeg).toString("base64")}`;
  } catch (thrown) {
    if (errorCode(thrown)?.startsWith("IMAGE_")) return undefined;
    throw thrown;
  }
}
