import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng, sha256 } from "@souk/core";
import { photoScene } from "./photo-scene.ts";
import { demoPhotos } from "./photos.ts";
import { demoCategories } from "./vocabulary.ts";
import { buildWorld } from "./world.ts";

const photos = [...demoPhotos({ seed: 7, reviews: 4_000 })];
const { products } = buildWorld({ seed: 7, reviews: 4_000 });

test("nearly every product has one photo, of its own", () => {
  assert.ok(photos.length >= 0.9 * products.length && photos.length < products.length);
  assert.equal(new Set(photos.map(({ data }) => sha256(data))).size, photos.length);
  const ids = new Set(products.map(({ id }) => id));
  for (const { productId, width, height, data } of photos) {
    assert.ok(ids.delete(productId));
    assert.deepEqual([width, height, data.length], [160, 160, 160 * 160 * 3]);
  }
});

test("the same seed draws the same pixels, another seed others", () => {
  const digest = (seed: number): string[] =>
    [...demoPhotos({ seed, reviews: 10, products: 12 })].map(({ data }) => sha256(data));
  assert.deepEqual(digest(3), digest(3));
  assert.notDeepEqual(digest(3), digest(4));
});

test("everything the shop sells can be drawn", () => {
  const [product] = products;
  for (const [category, { nouns }] of demoCategories.entries())
    for (const noun of nouns) {
      const scene = photoScene({ ...product!, category, noun }, createRng(noun));
      assert.match(scene, /^<svg .*<\/svg>$/s);
      assert.ok(!/NaN|undefined/.test(scene), noun);
    }
});

/** Mean red, green and blue of 16 fields as shares of their sum: colours, hardly shapes. */
function colours(data: Uint8Array): number[] {
  const sums = Array.from({ length: 48 }, () => 0);
  for (let y = 0; y < 160; y++)
    for (let x = 0; x < 160; x++) {
      const field = 4 * Math.floor(y / 40) + Math.floor(x / 40);
      for (let c = 0; c < 3; c++) sums[3 * field + c]! += data[3 * (160 * y + x) + c]!;
    }
  return sums.map(
    (sum, i) => sum / (sums[i - (i % 3)]! + sums[i - (i % 3) + 1]! + sums[i - (i % 3) + 2]!),
  );
}

function distance(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0);
}

// Always naming the largest category is right in about .17; a hundred photos give a standard error of .05.
test("the photo most like a photo shows its category far more often than chance, yet not always", () => {
  const seen = photos.map(({ data, category }) => ({ at: colours(data), category }));
  const right = seen.filter((one) => {
    const others = seen.filter((other) => other !== one);
    const [nearest] = others.toSorted((a, b) => distance(a.at, one.at) - distance(b.at, one.at));
    return nearest!.category === one.category;
  });
  const share = right.length / seen.length;
  assert.ok(share > 0.4 && share < 0.95, `${share}`);
});
