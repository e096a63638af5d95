import type { Pixels } from "./pixels.ts";
import { mix } from "./resample.ts";

/**
 * A photo turned about its middle by so many degrees (clockwise), of the same size; places that were outside show the
 * nearest pixel of its edge. Bilinear.
 */
export function rotatePixels({ width, height, data }: Pixels, degrees: number): Pixels {
  const angle = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [middleX, middleY] = [(width - 1) / 2, (height - 1) / 2];
  const turned = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [dx, dy] = [x - middleX, y - middleY];
      const fromX = Math.min(Math.max(middleX + cos * dx + sin * dy, 0), width - 1);
      const fromY = Math.min(Math.max(middleY - sin * dx + cos * dy, 0), height - 1);
      const left = Math.floor(fromX);
      const above = Math.floor(fromY);
      const right = Math.min(left + 1, width - 1);
      const row = 3 * width * above;
      const below = 3 * width * Math.min(above + 1, height - 1);
      for (let channel = 0; channel < 3; channel++) {
        const top = mix(
          data[row + 3 * left + channel],
          data[row + 3 * right + channel],
          fromX - left,
        );
        const bottom = mix(
          data[below + 3 * left + channel],
          data[below + 3 * right + channel],
          fromX - left,
        );
        turned[3 * (y * width + x) + channel] = mix(top, bottom, fromY - above) + 0.5;
      }
    }
  }
  return { width, height, data: turned };
}
