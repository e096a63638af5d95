import type { Pixels } from "./pixels.ts";

/** A part of a photo in its pixels, whole or not; what of it lies outside the photo is white. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Enlarges a region of a photo, by the two nearest pixels along each axis, so that centres fall on centres: pixel `i` of
 * `n` lies at `(i + 0.5) * region / n - 0.5`. The same bytes on every machine.
 */
export function enlarge(
  { width, height, data }: Pixels,
  region: Region,
  size: { readonly width: number; readonly height: number; readonly flip?: boolean },
): Pixels {
  const columns = samples(size.width, width, [region.left, region.width]);
  if (size.flip) columns.reverse();
  const enlarged = new Uint8Array(3 * size.width * size.height).fill(255);
  samples(size.height, height, [region.top, region.height]).forEach((row, y) => {
    if (!row) return;
    const above = row.low * width;
    const below = row.high * width;
    columns.forEach((column, x) => {
      if (!column) return;
      const { low, high, share } = column;
      for (let channel = 0; channel < 3; channel++) {
        const at = (pixel: number): number => data[3 * pixel + channel];
        const top = mix(at(above + low), at(above + high), share);
        const bottom = mix(at(below + low), at(below + high), share);
        enlarged[3 * (y * size.width + x) + channel] = mix(top, bottom, row.share) + 0.5;
      }
    });
  });
  return { width: size.width, height: size.height, data: enlarged };
}

/** The number `share` of the way from `a` to `b`. */
export function mix(a: number, b: number, share: number): number {
  return a + share * (b - a);
}

/** Where a place of the result lies in the photo: between two pixels, `share` of the way to the higher. */
interface Sample {
  readonly low: number;
  readonly high: number;
  readonly share: number;
}

/** One sample for each of `count` places over a region of an axis; none for places outside the photo. */
function samples(
  count: number,
  pixels: number,
  [from, length]: readonly [number, number],
): (Sample | undefined)[] {
  return Array.from({ length: count }, (_, at) => {
    const place = from + ((at + 0.5) * length) / count - 0.5;
    if (place < -0.5 || place > pixels - 0.5) return undefined;
    const inside = Math.min(Math.max(place, 0), pixels - 1);
    const low = Math.floor(inside);
    return { low, high: Math.min(low + 1, pixels - 1), share: inside - low };
  });
}
