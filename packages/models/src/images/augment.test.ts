import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng, sha256 } from "@souk/core";
import { type Augmentation, augmentPixels } from "./augment.ts";
import type { Pixels } from "./pixels.ts";

const still: Augmentation = {
  area: [1, 1],
  ratio: [1, 1],
  flip: 0,
  brightness: 0,
  contrast: 0,
  saturation: 0,
};

function photo(width: number, height: number): Pixels {
  const rng = createRng("photo");
  return {
    width,
    height,
    data: Uint8Array.from({ length: 3 * width * height }, () => rng.integer(256)),
  };
}

test("without any change allowed the photo is the same", () => {
  const pixels = photo(7, 5);
  assert.deepEqual(augmentPixels(pixels, createRng(1), still), pixels);
});

test("a flip exchanges left and right, and twice is nothing", () => {
  const pixels = { width: 2, height: 1, data: Uint8Array.from([1, 2, 3, 4, 5, 6]) };
  const once = augmentPixels(pixels, createRng(1), { ...still, flip: 1 });
  assert.deepEqual(Array.from(once.data), [4, 5, 6, 1, 2, 3]);
  assert.deepEqual(augmentPixels(once, createRng(1), { ...still, flip: 1 }), pixels);
});

test("one seed gives the same bytes, another seed others, and the original stays", () => {
  const pixels = photo(32, 24);
  const before = sha256(pixels.data);
  const [first, again, other] = [1, 1, 2].map((seed) => augmentPixels(pixels, createRng(seed)));
  assert.deepEqual(first, again);
  assert.notDeepEqual(first.data, other.data);
  assert.equal(sha256(pixels.data), before);
  assert.deepEqual([first.width, first.height], [32, 24]);
});

test("a crop of a ramp is a ramp over a part of it", () => {
  // Byte = column: linear, so interpolation is exact but for rounding.
  const data = Uint8Array.from({ length: 3 * 100 * 100 }, (_, at) => Math.floor(at / 3) % 100);
  const ramp = { width: 100, height: 100, data };
  for (let seed = 0; seed < 20; seed++) {
    const settings: Augmentation = { ...still, area: [0.25, 0.25] };
    const row = augmentPixels(ramp, createRng(seed), settings).data.subarray(0, 300);
    // A quarter of the area is half of each side: 50 columns from some whole one on.
    assert.ok(Math.abs(row[297] - row[0] - 49) <= 1, `from ${row[0]} to ${row[297]}`);
    for (let at = 3; at < 300; at += 3) assert.ok(row[at] >= row[at - 3]);
  }
});

test("brightness, contrast and saturation do what their formulas say", () => {
  const draws = { ...createRng(1), next: () => 0 };
  const pixels = { width: 2, height: 1, data: Uint8Array.from([100, 100, 100, 200, 200, 200]) };
  // The lowest draw: 1 - 0.5.
  const darker = augmentPixels(pixels, draws, { ...still, brightness: 0.5 });
  assert.deepEqual(Array.from(darker.data), [50, 50, 50, 100, 100, 100]);
  // Mean grey 150: 150 - 25 and 150 + 25.
  const flatter = augmentPixels(pixels, draws, { ...still, contrast: 0.5 });
  assert.deepEqual(Array.from(flatter.data), [125, 125, 125, 175, 175, 175]);
  const red = { width: 1, height: 1, data: Uint8Array.from([200, 0, 0]) };
  // Grey .299 * 200 = 59.8; without saturation all three are that.
  const grey = augmentPixels(red, draws, { ...still, saturation: 1 });
  assert.deepEqual(Array.from(grey.data), [60, 60, 60]);
  const bright = augmentPixels(
    red,
    { ...draws, next: () => 0.999_999 },
    { ...still, brightness: 1 },
  );
  assert.deepEqual(Array.from(bright.data), [255, 0, 0]);
});

test("the highest draw turns by the whole angle, clockwise", () => {
  const draws = { ...createRng(1), next: () => 1 };
  const bytes = [10, 10, 10, 20, 20, 20, 30, 30, 30, 40, 40, 40];
  const turned = augmentPixels({ width: 2, height: 2, data: Uint8Array.from(bytes) }, draws, {
    ...still,
    rotation: 90,
  });
  const greys = [30, 10, 40, 20];
  assert.deepEqual(
    Array.from(turned.data),
    greys.flatMap((grey) => [grey, grey, grey]),
  );
});

test("settings out of range are refused by name", () => {
  const wrong: [string, Augmentation][] = [
    ["area", { area: [0, 1] }],
    ["area", { area: [0.9, 0.5] }],
    ["ratio", { ratio: [1, Infinity] }],
    ["flip", { flip: 1.5 }],
    ["rotation", { rotation: 181 }],
    ["contrast", { contrast: Number.NaN }],
  ];
  for (const [name, settings] of wrong)
    assert.throws(() => augmentPixels(photo(2, 2), createRng(1), settings), {
      code: "IMAGE_OPTIONS",
      message: new RegExp(`^${name}`),
    });
});
