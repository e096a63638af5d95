/** Small pictures of stored photos, safe to show: decoded within limits and written anew, so that nothing of the file is passed on. */
import { SoukError } from "@souk/core";
import { decodePixels } from "./decode.ts";
import { imageEngine } from "./engine.ts";
import { imageFacts } from "./facts.ts";
import { type ImageLimits, imageLimits } from "./limits.ts";
import type { Pixels } from "./pixels.ts";

/** JPEG quality of what is written: no blocks to be seen, about a tenth of a byte a pixel. */
const QUALITY = 82;

/**
 * Pixels as a JPEG file without metadata. The same pixels give the same file on one version of the library.
 * @throws SoukError `IMAGE_OPTIONS` when the data does not have 3 bytes a pixel; `IMAGE_ENGINE`.
 */
export async function encodeJpeg({ width, height, data }: Pixels): Promise<Uint8Array> {
  if (data.length !== width * height * 3)
    throw new SoukError(
      "IMAGE_OPTIONS",
      `pixels: expected ${width} × ${height} of 3 bytes, got ${data.length} bytes`,
    );
  const sharp = await imageEngine();
  return sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: QUALITY })
    .toBuffer();
}

/**
 * A photo as a JPEG `width` pixels wide, in its own shape, upright; never wider than the photo.
 * @throws what `decodePixels` throws.
 */
export async function photoThumbnail(
  bytes: Uint8Array,
  { width, limits = imageLimits }: { width: number; limits?: ImageLimits },
): Promise<Uint8Array> {
  const facts = await imageFacts(bytes, { limits });
  // A tall photo is bounded by its height, which else could be `maxRatio` times its width.
  const scale = Math.min(1, width / facts.width, (2 * width) / facts.height);
  const size = {
    width: Math.max(1, Math.round(facts.width * scale)),
    height: Math.max(1, Math.round(facts.height * scale)),
  };
  return encodeJpeg(await decodePixels(bytes, { ...size, fit: "fill", limits }));
}
