/** What a photo's header says, without decoding its pixels. */
import { SoukError } from "@souk/core";
import { imageEngine } from "./engine.ts";
import {
  checkFile,
  checkSize,
  decoderError,
  type ImageFormat,
  type ImageLimits,
  imageLimits,
} from "./limits.ts";

/** A photo in a few numbers. */
export interface ImageFacts {
  readonly format: ImageFormat;
  /** As it is seen: a photo taken upright is upright. */
  readonly width: number;
  readonly height: number;
  /** `width` by `height`. */
  readonly ratio: number;
  /** How the file keeps its colours. Everything is decoded to sRGB. */
  readonly mode: "rgb" | "grey" | "cmyk";
  readonly hasAlpha: boolean;
  /** Pictures in an animation; the first is the one that counts. */
  readonly frames: number;
  readonly sizeBytes: number;
}

/**
 * Reads a photo's header. The pixels may still be damaged.
 * @throws SoukError `IMAGE_FORMAT`, `IMAGE_LIMIT`, `IMAGE_BROKEN`, `IMAGE_ENGINE`.
 */
export async function imageFacts(
  bytes: Uint8Array,
  { limits = imageLimits }: { limits?: ImageLimits } = {},
): Promise<ImageFacts> {
  const format = checkFile(bytes, limits);
  const sharp = await imageEngine();
  const found = await sharp(bytes, { limitInputPixels: limits.maxPixels, failOn: "error" })
    .metadata()
    .catch((cause: unknown) => {
      throw decoderError(cause, format);
    });
  if (found.format !== format)
    throw new SoukError("IMAGE_FORMAT", `photo: expected ${format}, got ${found.format} inside`);
  const { width, height } = found.autoOrient;
  checkSize({ width, height }, limits);
  return {
    format,
    width,
    height,
    ratio: width / height,
    mode: modeOf(found.space),
    hasAlpha: found.hasAlpha,
    frames: found.pages ?? 1,
    sizeBytes: bytes.length,
  };
}

function modeOf(space: string): ImageFacts["mode"] {
  if (space === "b-w" || space === "grey16") return "grey";
  return space === "cmyk" ? "cmyk" : "rgb";
}
