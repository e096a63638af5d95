/** Pixels to a photo file. */
import { imageEngine } from "./engine.ts";
import type { Pixels } from "./pixels.ts";

const QUALITY = 72;

/**
 * A JPEG of these pixels, without any metadata.
 * @throws SoukError `IMAGE_ENGINE`.
 */
export async function encodeJpeg({ width, height, data }: Pixels): Promise<Buffer> {
  const sharp = await imageEngine();
  return sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: QUALITY })
    .toBuffer();
}
