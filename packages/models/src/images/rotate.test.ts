import assert from "node:assert/strict";
import { test } from "node:test";
import type { Pixels } from "./pixels.ts";
import { rotatePixels } from "./rotate.ts";

/** A photo of one grey a pixel. */
function greys(width: number, values: readonly number[]): Pixels {
  const data = Uint8Array.from(values.flatMap((value) => [value, value, value]));
  return { width, height: values.length / width, data };
}

test("a quarter turn clockwise carries the left column to the top row", () => {
  const turned = rotatePixels(greys(3, [1, 2, 3, 4, 5, 6, 7, 8, 9]), 90);
  assert.deepEqual(turned, greys(3, [7, 4, 1, 8, 5, 2, 9, 6, 3]));
});

test("half a turn reads a photo of any shape backwards, no turn leaves it", () => {
  const photo = greys(4, [1, 2, 3, 4, 5, 6, 7, 8]);
  assert.deepEqual(rotatePixels(photo, 180), greys(4, [8, 7, 6, 5, 4, 3, 2, 1]));
  assert.deepEqual(rotatePixels(photo, 0), photo);
});

test("what was outside shows the edge: a photo of one colour stays so at every angle", () => {
  const photo = greys(
    5,
    Array.from({ length: 25 }, () => 77),
  );
  for (const degrees of [-20, 7, 45, 133]) assert.deepEqual(rotatePixels(photo, degrees), photo);
});
