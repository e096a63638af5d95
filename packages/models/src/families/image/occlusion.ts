import { type Normalisation, normaliseInto, type Pixels } from "../../images/pixels.ts";

/** Places a side; a cover is three of them wide, so that neighbours overlap. */
const GRID = 14;
const COVER = 3;
/** Photos of one run. */
const RUN = 14;

/** What covering a place of a photo takes away from a score, row-major [height, width]. */
export interface Heat {
  readonly width: number;
  readonly height: number;
  readonly heat: Float32Array;
}

/**
 * Covers the photo place by place with its mean colour and asks for the score each time: 197 scores.
 * Source: Zeiler, Fergus, "Visualizing and Understanding Convolutional Networks", ECCV 2014.
 *
 * @param score of photos [n, 3, size, size].
 */
export async function occlusionHeat(
  pixels: Pixels,
  { normalisation }: { normalisation: Normalisation },
  score: (image: Float32Array) => Promise<Float64Array>,
): Promise<Heat> {
  const { width, height } = pixels;
  const length = 3 * width * height;
  const whole = new Float32Array(length);
  normaliseInto(pixels, { normalisation, layout: "chw" }, { target: whole, offset: 0 });
  const means = channelMeans(whole);
  const [uncovered] = await score(whole);
  const heat = new Float32Array(GRID * GRID);
  for (let at = 0; at < heat.length; at += RUN) {
    const count = Math.min(RUN, heat.length - at);
    const images = new Float32Array(count * length);
    for (let i = 0; i < count; i++) {
      images.set(whole, i * length);
      coverInto(images.subarray(i * length, (i + 1) * length), {
        place: at + i,
        means,
        width,
        height,
      });
    }
    const scores = await score(images);
    for (let i = 0; i < count; i++) heat[at + i] = uncovered - scores[i];
  }
  return { width: GRID, height: GRID, heat };
}

function coverInto(
  image: Float32Array,
  {
    place,
    means,
    width,
    height,
  }: { place: number; means: readonly number[]; width: number; height: number },
): void {
  const [left, right] = sideOf(place % GRID, width);
  const [top, bottom] = sideOf(Math.floor(place / GRID), height);
  means.forEach((mean, channel) => {
    for (let y = top; y < bottom; y++) {
      const row = (channel * height + y) * width;
      image.fill(mean, row + left, row + right);
    }
  });
}

/** First pixel of a cover around a place, and the one after its last. */
function sideOf(place: number, length: number): [number, number] {
  const middle = place + 0.5;
  const edge = (at: number): number =>
    Math.max(0, Math.min(length, Math.round((at * length) / GRID)));
  return [edge(middle - COVER / 2), edge(middle + COVER / 2)];
}

function channelMeans(image: Float32Array): readonly number[] {
  const area = image.length / 3;
  return [0, 1, 2].map((channel) => {
    let sum = 0;
    for (let at = channel * area; at < (channel + 1) * area; at++) sum += image[at];
    return sum / area;
  });
}
