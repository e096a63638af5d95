/** What a file must look like before a decoder sees it. */
import { errorMessage, SoukError } from "@souk/core";
import { countJpegScans } from "./jpeg-scans.ts";

/** Formats that are read. Others are refused by their first bytes: no decoder for them is reachable. */
export type ImageFormat = "jpeg" | "png" | "webp";

/** Limits of one photo. A file says itself how large it will be when decoded, and may lie. */
export interface ImageLimits {
  /** Of the file (32 MiB). */
  readonly maxBytes: number;
  /** Width times height (64 million): 4 bytes each in the worst case, per photo being decoded. */
  readonly maxPixels: number;
  /** The longer side by the shorter one (200): a line of pixels is not a photo, and enlarging it costs the square. */
  readonly maxRatio: number;
  /**
   * Passes over the picture that a JPEG takes (64). Progressive photos have about ten; each costs up to 20 ms for a
   * picture of 64 million pixels, however small the file.
   */
  readonly maxScans: number;
  /**
   * Decoding time of one photo, whole seconds (10). Waiting for a thread does not count. Looked at as rows come out, so
   * that the first of a progressive JPEG, which is unpacked before, may be late by seconds.
   */
  readonly timeoutSeconds: number;
}

/** Enough for any camera's photo. */
export const imageLimits: ImageLimits = {
  maxBytes: 32 * 2 ** 20,
  maxPixels: 64e6,
  maxRatio: 200,
  maxScans: 64,
  timeoutSeconds: 10,
};

/** The format by the first bytes of a file, `undefined` for any other. */
function imageFormat(bytes: Uint8Array): ImageFormat | undefined {
  if (startsWith(bytes, [0xff, 0xd8, 0xff])) return "jpeg";
  if (startsWith(bytes, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return "png";
  // "RIFF", the length of the rest, "WEBP"
  if (
    startsWith(bytes, [0x52, 0x49, 0x46, 0x46]) &&
    startsWith(bytes.subarray(8), [0x57, 0x45, 0x42, 0x50])
  )
    return "webp";
  return undefined;
}

/**
 * The format of a file that may be given to the decoder.
 * @throws SoukError `IMAGE_FORMAT` for what is no JPEG, PNG or WebP, `IMAGE_LIMIT` for too many bytes or scans.
 */
export function checkFile(bytes: Uint8Array, { maxBytes, maxScans }: ImageLimits): ImageFormat {
  if (bytes.length > maxBytes)
    throw new SoukError(
      "IMAGE_LIMIT",
      `photo: expected at most ${maxBytes} bytes, got ${bytes.length}`,
    );
  const format = imageFormat(bytes);
  if (format === "jpeg" && countJpegScans(bytes, maxScans) > maxScans)
    throw new SoukError("IMAGE_LIMIT", `photo: expected at most ${maxScans} scans, got more`);
  if (format !== undefined) return format;
  throw new SoukError(
    "IMAGE_FORMAT",
    `photo: expected a JPEG, PNG or WebP file, got ${bytes.length} bytes of something else`,
  );
}

/** @throws SoukError `IMAGE_LIMIT` when a photo declares more pixels, or a longer shape, than is allowed. */
export function checkSize(
  { width, height }: { width: number; height: number },
  { maxPixels, maxRatio }: ImageLimits,
): void {
  const ratio = Math.max(width, height) / Math.min(width, height);
  if (width * height <= maxPixels && ratio <= maxRatio) return;
  throw new SoukError(
    "IMAGE_LIMIT",
    `photo: expected at most ${maxPixels} pixels and sides up to 1 : ${maxRatio}, got ${width} × ${height}`,
  );
}

/** What the decoder threw, as an error of ours. */
export function decoderError(cause: unknown, format: ImageFormat): SoukError {
  if (cause instanceof SoukError) return cause;
  // The only two of the decoder's messages that speak of limits (sharp 0.35: common.cc).
  const limited = /exceeds pixel limit|^timeout:/m.test(errorMessage(cause));
  return limited
    ? new SoukError("IMAGE_LIMIT", "photo: expected one that decodes within its limits", { cause })
    : new SoukError("IMAGE_BROKEN", `photo: expected a whole ${format} file, got a damaged one`, {
        cause,
      });
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, at) => bytes[at] === byte);
}
