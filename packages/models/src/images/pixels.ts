/** Decoded photos: bytes of red, green and blue, and the numbers that networks expect of them. */
import { SoukError } from "@souk/core";

/** A decoded photo in sRGB. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Row-major, [height, width, 3], 0 to 255. */
  readonly data: Uint8Array;
}

/**
 * How bytes become the numbers a network was trained on:
 * `symmetric`, byte / 127.5 - 1, in [-1, 1] (TensorFlow's MobileNet and Inception);
 * `imagenet`, (byte / 255 - mean) / deviation of ImageNet's channels (torchvision);
 * `unit`, byte / 255, in [0, 1].
 */
export type Normalisation = "symmetric" | "imagenet" | "unit";

/** Order of the axes: channels first ([3, height, width], ONNX and PyTorch) or last ([height, width, 3], TensorFlow). */
export type Layout = "chw" | "hwc";

/** Mean and standard deviation of red, green and blue. Source: torchvision, "Models and pre-trained weights". */
const imagenetMean = [0.485, 0.456, 0.406];
const imagenetDeviation = [0.229, 0.224, 0.225];

/**
 * Writes a photo as float32 numbers to `target` from `offset` on.
 * @throws SoukError `IMAGE_OPTIONS` when there is no room for it.
 */
export function normaliseInto(
  { width, height, data }: Pixels,
  { normalisation, layout }: { readonly normalisation: Normalisation; readonly layout: Layout },
  { target, offset }: { readonly target: Float32Array; readonly offset: number },
): void {
  const area = width * height;
  if (offset < 0 || offset + 3 * area > target.length)
    throw new SoukError(
      "IMAGE_OPTIONS",
      `expected room for ${3 * area} numbers from ${offset} on, got ${target.length} in all`,
    );
  const [between, within] = layout === "chw" ? [area, 1] : [1, 3];
  for (let channel = 0; channel < 3; channel++) {
    const value = valuesOfBytes(normalisation, channel);
    let to = offset + channel * between;
    for (let from = channel; from < 3 * area; from += 3) {
      target[to] = value[data[from]];
      to += within;
    }
  }
}

/** The number for each of the 256 bytes. */
function valuesOfBytes(normalisation: Normalisation, channel: number): Float32Array {
  return Float32Array.from({ length: 256 }, (_, byte) => {
    if (normalisation === "symmetric") return byte / 127.5 - 1;
    if (normalisation === "unit") return byte / 255;
    return (byte / 255 - imagenetMean[channel]) / imagenetDeviation[channel];
  });
}
