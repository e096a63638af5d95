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
  const rows = placesOf(size.height, height, [region.top, region.height]);
  const columns = placesOf(size.width, width, [region.left, region.width]);
  const enlarged = new Uint8Array(3 * size.width * size.height).fill(255);
  for (let y = 0; y < size.height; y++) {
    if (rows.low[y] < 0) continue;
    const above = rows.low[y] * width;
    const below = rows.high[y] * width;
    for (let x = 0; x < size.width; x++) {
      const column = size.flip ? size.width - 1 - x : x;
      const low = columns.low[column];
      if (low < 0) continue;
      const high = columns.high[column];
      const share = columns.share[column];
      const to = 3 * (y * size.width + x);
      for (let channel = 0; channel < 3; channel++) {
        const top = mix(
          data[3 * (above + low) + channel],
          data[3 * (above + high) + channel],
          share,
        );
        const bottom = mix(
          data[3 * (below + low) + channel],
          data[3 * (below + high) + channel],
          share,
        );
        enlarged[to + channel] = mix(top, bottom, rows.share[y]) + 0.5;
      }
    }
  }
  return { width: size.width, height: size.height, data: enlarged };
}

/** The number `share` of the way from `a` to `b`. */
export function mix(a: number, b: number, share: number): number {
  return a + share * (b - a);
}

/** Where places of the result lie in the photo: between two pixels, `share` of the way to the higher. */
interface Places {
  /** -1 for a place outside. */
  readonly low: Int32Array;
  readonly high: Int32Array;
  readonly share: Float64Array;
}

/** `count` places spread over a region of an axis that has `pixels`. */
function placesOf(
  count: number,
  pixels: number,
  [from, length]: readonly [number, number],
): Places {
  const low = new Int32Array(count).fill(-1);
  const high = new Int32Array(count);
  const share = new Float64Array(count);
  for (let at = 0; at < count; at++) {
    const place = from + ((at + 0.5) * length) / count - 0.5;
    if (place < -0.5 || place > pixels - 0.5) continue;
    const inside = Math.min(Math.max(place, 0), pixels - 1);
    low[at] = Math.floor(inside);
    high[at] = Math.min(low[at] + 1, pixels - 1);
    share[at] = inside - low[at];
  }
  return { low, high, share };
}
