/**
 * Child process for as long as the server lives: thumbnails of stored photos, so that no file from outside is decoded
 * where requests are answered.
 *
 *   parent ── {id, hash, width} ──► child          any number under way
 *   child ── {id, bytes} | {id, code, message} ──► parent
 */
import { join } from "node:path";
import { errorMessage, SoukError } from "@souk/core";
import { imageStore, photoThumbnail } from "@souk/models";

/** A thumbnail that is wanted. */
export interface ThumbnailRequest {
  readonly id: number;
  readonly dataDirectory: string;
  readonly hash: string;
  readonly width: number;
}

/** What became of it. */
export type ThumbnailAnswer = { readonly id: number } & (
  | { readonly bytes: Uint8Array }
  | { readonly code: string; readonly message: string }
);

async function make({ dataDirectory, hash, width }: ThumbnailRequest): Promise<Uint8Array> {
  const bytes = await imageStore(join(dataDirectory, "images")).read(hash);
  if (bytes === undefined)
    throw new SoukError("PHOTO_UNKNOWN", "expected the hash of a stored photo, got another");
  return photoThumbnail(bytes, { width });
}

async function answer(request: ThumbnailRequest): Promise<ThumbnailAnswer> {
  try {
    return { id: request.id, bytes: await make(request) };
  } catch (thrown) {
    const code = thrown instanceof SoukError ? thrown.code : "PHOTO_THUMBNAIL_FAILED";
    return { id: request.id, code, message: errorMessage(thrown) };
  }
}

if (import.meta.main) {
  process.on("SIGINT", () => {});
  process.once("disconnect", () => process.exit());
  process.on("message", (request: ThumbnailRequest) => {
    void answer(request).then((made) => process.connected && process.send?.(made));
  });
}
