/** The views of one photo that a network is asked about at prediction. */
import type { Pixels } from "../../images/pixels.ts";
import { enlarge } from "../../images/resample.ts";

/** Most views of a photo: the whole, and three by three crops. */
export const MOST_VIEWS = 10;
/** Side of a crop, of the photo's. */
const SIDE = 0.8;
/** Left and top of the crops, of what a crop leaves: the middle, the corners, the edges. */
const corners: readonly (readonly [number, number])[] = [
  [0.5, 0.5],
  [0, 0],
  [1, 0],
  [0, 1],
  [1, 1],
  [0.5, 0],
  [0, 0.5],
  [1, 0.5],
  [0.5, 1],
];

/** The photo (place 0), or its crop of 80 % a side at a place, 1 to 9, enlarged to the photo's size. */
export function cropAt(pixels: Pixels, place: number): Pixels {
  const corner = corners[place - 1];
  if (corner === undefined) return pixels;
  const { width, height } = pixels;
  const region = {
    left: corner[0] * (1 - SIDE) * width,
    top: corner[1] * (1 - SIDE) * height,
    width: SIDE * width,
    height: SIDE * height,
  };
  return enlarge(pixels, region, { width, height });
}
