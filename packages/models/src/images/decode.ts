/** Photo files to pixels of one size. Files are hostile: format, bytes, pixels, shape and time are bounded. */
import { SoukError } from "@souk/core";
import { float32, type Tensor } from "@souk/tensor";
import { imageEngine } from "./engine.ts";
import { imageFacts } from "./facts.ts";
import { decoderError, type ImageFormat, type ImageLimits, imageLimits } from "./limits.ts";
import { type Layout, type Normalisation, normaliseInto, type Pixels } from "./pixels.ts";
import { enlarge, type Region } from "./resample.ts";

/** Most pixels of a side that is asked for: a mistyped size is not a reason to allocate gigabytes. */
const MAX_SIDE = 4096;

/** The size of the result, and how a photo of another shape gets there. */
export interface DecodeOptions {
  readonly width: number;
  readonly height: number;
  /**
   * `cover` fills the size and cuts what is over, from the centre; `contain` shows everything, with white beside it;
   * `fill` stretches (`cover`).
   */
  readonly fit?: "cover" | "contain" | "fill";
  readonly limits?: ImageLimits;
}

/** A photo as numbers of a network. */
export interface ImageTensorOptions extends DecodeOptions {
  /** `symmetric` */
  readonly normalisation?: Normalisation;
  /** `chw` */
  readonly layout?: Layout;
}

/**
 * Decodes a photo and brings it to a size: upright by its EXIF orientation, in sRGB, transparency on white, the first
 * picture of an animation. Shrinking averages over the area (a triangle filter), enlarging is bilinear, as published networks were trained.
 * The same file gives the same bytes on one platform; between processors the last bit may differ.
 *
 * @throws SoukError `IMAGE_FORMAT` for what is no JPEG, PNG or WebP; `IMAGE_LIMIT` for too many bytes or pixels, a shape
 * like a line, or too long a time; `IMAGE_BROKEN` for a damaged or truncated file; `IMAGE_OPTIONS` for a size that is no
 * whole number in [1, 4096]; `IMAGE_ENGINE`.
 */
export async function decodePixels(
  bytes: Uint8Array,
  { width, height, fit = "cover", limits = imageLimits }: DecodeOptions,
): Promise<Pixels> {
  checkSide("width", width);
  checkSide("height", height);
  const facts = await imageFacts(bytes, { limits });
  const plan = planOf(facts, { width, height, fit });
  const decoded = await shrunk(bytes, { ...plan.shrink, format: facts.format, limits });
  return plan.region ? enlarge(decoded, plan.region, { width, height }) : decoded;
}

/** What the decoder scales down, and what is scaled up afterwards. */
interface Plan {
  readonly shrink: {
    readonly width: number;
    readonly height: number;
    readonly fit: "cover" | "contain" | "fill";
  };
  readonly region?: Region;
}

/**
 * The decoder shrinks and we enlarge: libvips shifts what it enlarges by half a pixel (8.18, measured), so that a small
 * photo would not be where a network expects it.
 */
function planOf(
  photo: { readonly width: number; readonly height: number },
  size: Plan["shrink"],
): Plan {
  const across = size.width / photo.width;
  const down = size.height / photo.height;
  if (size.fit === "fill") {
    if (across <= 1 && down <= 1) return { shrink: size };
    const width = Math.min(photo.width, size.width);
    const height = Math.min(photo.height, size.height);
    return { shrink: { width, height, fit: "fill" }, region: { left: 0, top: 0, width, height } };
  }
  const scale = size.fit === "cover" ? Math.max(across, down) : Math.min(across, down);
  if (scale <= 1) return { shrink: size };
  const width = size.width / scale;
  const height = size.height / scale;
  const region = {
    left: (photo.width - width) / 2,
    top: (photo.height - height) / 2,
    width,
    height,
  };
  return { shrink: { width: photo.width, height: photo.height, fit: "fill" }, region };
}

async function shrunk(
  bytes: Uint8Array,
  {
    width,
    height,
    fit,
    format,
    limits,
  }: Plan["shrink"] & { format: ImageFormat; limits: ImageLimits },
): Promise<Pixels> {
  const sharp = await imageEngine();
  const { data, info } = await sharp(bytes, {
    limitInputPixels: limits.maxPixels,
    // Warnings are harmless and common in photos of phones; damage and truncation are refused.
    failOn: "error",
    autoOrient: true,
  })
    .timeout({ seconds: limits.timeoutSeconds })
    .flatten({ background: "#ffffff" })
    .resize({ width, height, fit, kernel: "linear", background: "#ffffff" })
    .toColourspace("srgb")
    .removeAlpha()
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true })
    .catch((cause: unknown) => {
      throw decoderError(cause, format);
    });
  if (info.channels !== 3 || data.length !== width * height * 3)
    throw new SoukError(
      "IMAGE_BROKEN",
      `photo: expected ${width} × ${height} pixels of 3 bytes, got ${data.length} bytes of ${info.channels} channels`,
    );
  return { width, height, data };
}

/**
 * Decodes a photo to float32 numbers, [3, height, width] or [height, width, 3].
 * @throws what `decodePixels` throws.
 */
export async function decodeImage(
  bytes: Uint8Array,
  { normalisation = "symmetric", layout = "chw", ...options }: ImageTensorOptions,
): Promise<Tensor> {
  const pixels = await decodePixels(bytes, options);
  const { width, height } = pixels;
  const target = new Float32Array(3 * width * height);
  normaliseInto(pixels, { normalisation, layout }, { target, offset: 0 });
  return float32(target, layout === "chw" ? [3, height, width] : [height, width, 3]);
}

function checkSide(name: string, side: number): void {
  if (Number.isInteger(side) && side >= 1 && side <= MAX_SIDE) return;
  throw new SoukError(
    "IMAGE_OPTIONS",
    `${name}: expected a whole number in [1, ${MAX_SIDE}], got ${side}`,
  );
}
