/**
 * Chance changes of training photos: turned, another crop, the mirror image, another light. All on decoded bytes and in plain
 * arithmetic, so that a seed gives the same photo on every machine.
 *
 * Source: crops by Szegedy et al., "Going Deeper with Convolutions" (2015), colours by Howard, "Some Improvements on Deep
 * Convolutional Neural Network Based Image Classification" (2013), both as torchvision does them.
 */
import { type Rng, SoukError } from "@souk/core";
import type { Pixels } from "./pixels.ts";
import { enlarge, mix, type Region } from "./resample.ts";
import { rotatePixels } from "./rotate.ts";

/** How far photos may be changed. */
export interface Augmentation {
  /** Share of the area that a crop keeps, [least, most] in (0, 1] ([0.6, 1]). */
  readonly area?: readonly [number, number];
  /** Width by height of a crop, relative to the photo's, [least, most] ([3/4, 4/3]). */
  readonly ratio?: readonly [number, number];
  /** Probability of the mirror image, left for right (0.5). */
  readonly flip?: number;
  /** Degrees that the photo is turned at most, either way, before the crop (0). */
  readonly rotation?: number;
  /** Every channel times a number in [1 - b, 1 + b] (0.2). */
  readonly brightness?: number;
  /** Distances from the mean grey times a number in [1 - c, 1 + c] (0.2). */
  readonly contrast?: number;
  /** Distances of channels from a pixel's grey times a number in [1 - s, 1 + s] (0.2). */
  readonly saturation?: number;
}

/** What was drawn for one photo. The crop is in its pixels. */
interface Changes extends Region {
  readonly flip: boolean;
  /** Degrees, clockwise. */
  readonly turn: number;
  readonly brightness: number;
  readonly contrast: number;
  readonly saturation: number;
}

/** Grey of red, green and blue. Source: ITU-R BT.601. */
const greyWeights = [0.299, 0.587, 0.114];

/** Crops that are drawn until one lies inside the photo, before the whole is taken. */
const CROP_ATTEMPTS = 10;

/**
 * A changed copy of `pixels`, of the same size. Five draws and more are taken from `rng`.
 * @throws SoukError `IMAGE_OPTIONS` for a setting out of its range.
 */
export function augmentPixels(pixels: Pixels, rng: Rng, settings: Augmentation = {}): Pixels {
  const changes = drawChanges(pixels, rng, checkSettings(settings));
  const { width, height } = pixels;
  const turned = changes.turn === 0 ? pixels : rotatePixels(pixels, changes.turn);
  return recolour(enlarge(turned, changes, { width, height, flip: changes.flip }), changes);
}

function checkSettings({
  area = [0.6, 1],
  ratio = [3 / 4, 4 / 3],
  flip = 0.5,
  rotation = 0,
  brightness = 0.2,
  contrast = 0.2,
  saturation = 0.2,
}: Augmentation): Required<Augmentation> {
  if (!(0 < area[0] && area[0] <= area[1] && area[1] <= 1))
    throw outOfRange("area", "0 < least <= most <= 1", area);
  if (!(0 < ratio[0] && ratio[0] <= ratio[1] && ratio[1] < Infinity))
    throw outOfRange("ratio", "0 < least <= most", ratio);
  for (const [name, value] of Object.entries({ flip, brightness, contrast, saturation }))
    if (!(0 <= value && value <= 1)) throw outOfRange(name, "a number in [0, 1]", value);
  if (!(0 <= rotation && rotation <= 180))
    throw outOfRange("rotation", "a number in [0, 180]", rotation);
  return { area, ratio, flip, rotation, brightness, contrast, saturation };
}

function outOfRange(name: string, expected: string, got: unknown): SoukError {
  return new SoukError(
    "IMAGE_OPTIONS",
    `${name}: expected ${expected}, got ${JSON.stringify(got)}`,
  );
}

function drawChanges(pixels: Pixels, rng: Rng, settings: Required<Augmentation>): Changes {
  const around1 = (spread: number): number => 1 + spread * (2 * rng.next() - 1);
  return {
    flip: rng.next() < settings.flip,
    turn: settings.rotation === 0 ? 0 : settings.rotation * (2 * rng.next() - 1),
    brightness: around1(settings.brightness),
    contrast: around1(settings.contrast),
    saturation: around1(settings.saturation),
    ...drawCrop(pixels, rng, settings),
  };
}

function drawCrop(pixels: Pixels, rng: Rng, { area, ratio }: Required<Augmentation>): Region {
  for (let attempt = 0; attempt < CROP_ATTEMPTS; attempt++) {
    const share = area[0] + rng.next() * (area[1] - area[0]);
    const stretch = Math.sqrt(ratio[0] * (ratio[1] / ratio[0]) ** rng.next());
    const width = Math.round(pixels.width * Math.sqrt(share) * stretch);
    const height = Math.round((pixels.height * Math.sqrt(share)) / stretch);
    if (width < 1 || height < 1 || width > pixels.width || height > pixels.height) continue;
    const left = rng.integer(pixels.width - width + 1);
    const top = rng.integer(pixels.height - height + 1);
    return { left, top, width, height };
  }
  return { left: 0, top: 0, width: pixels.width, height: pixels.height };
}

function recolour(pixels: Pixels, { brightness, contrast, saturation }: Changes): Pixels {
  if (brightness === 1 && contrast === 1 && saturation === 1) return pixels;
  const { width, height, data } = pixels;
  const changed = new Uint8ClampedArray(data.length);
  const middle = brightness * meanGrey(data) * (1 - contrast);
  const gain = brightness * contrast;
  for (let at = 0; at < data.length; at += 3) {
    const grey = greyAt(data, at);
    for (let channel = 0; channel < 3; channel++) {
      changed[at + channel] = middle + gain * mix(grey, data[at + channel], saturation);
    }
  }
  return { width, height, data: new Uint8Array(changed.buffer) };
}

function meanGrey(data: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < data.length; at += 3) sum += greyAt(data, at);
  return sum / (data.length / 3);
}

function greyAt(data: Uint8Array, at: number): number {
  return greyWeights[0] * data[at] + greyWeights[1] * data[at + 1] + greyWeights[2] * data[at + 2];
}
