import assert from "node:assert/strict";
import { test } from "node:test";
import type { Tensor } from "@souk/tensor";
import sharp, { type Sharp } from "sharp";
import { decodeImage, type DecodeOptions, decodePixels } from "./decode.ts";
import { imageFacts } from "./facts.ts";
import { imageLimits } from "./limits.ts";
import { normaliseInto } from "./pixels.ts";

// Two rows of two pixels: red, green; blue, white.
const four = [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255];

function picture(data: readonly number[], width: number): Sharp {
  const height = data.length / 3 / width;
  return sharp(Uint8Array.from(data), { raw: { width, height, channels: 3 } });
}

function plain(width: number, height: number, background = "#c81e0a"): Sharp {
  return sharp({ create: { width, height, channels: 4, background } }).removeAlpha();
}

async function pixelsOf(bytes: Uint8Array, options: DecodeOptions): Promise<number[]> {
  return Array.from((await decodePixels(bytes, options)).data);
}

function rounded({ data }: Tensor): string[] {
  const texts: string[] = [];
  for (const value of data) texts.push(Number(value).toFixed(2));
  return texts;
}

test("pixels of a lossless file come out in rows of red, green, blue", async () => {
  for (const bytes of [
    await picture(four, 2).png().toBuffer(),
    await picture(four, 2).webp({ lossless: true }).toBuffer(),
  ])
    assert.deepEqual(await pixelsOf(bytes, { width: 2, height: 2 }), four);
});

test("a tensor is normalised by name, channels first or last", async () => {
  const bytes = await picture([255, 0, 51, 0, 255, 102], 2).png().toBuffer();
  const options = { width: 2, height: 1 };
  const first = await decodeImage(bytes, options);
  assert.deepEqual(first.shape, [3, 1, 2]);
  assert.deepEqual(rounded(first), ["1.00", "-1.00", "-1.00", "1.00", "-0.60", "-0.20"]);
  const last = await decodeImage(bytes, { ...options, normalisation: "unit", layout: "hwc" });
  assert.deepEqual(last.shape, [1, 2, 3]);
  assert.deepEqual(rounded(last), ["1.00", "0.00", "0.20", "0.00", "1.00", "0.40"]);
});

test("ImageNet's mean becomes 0 and one deviation above it 1", () => {
  const target = new Float32Array(4);
  // .485 * 255 = 123.675 and (.406 + .225) * 255 = 160.905; bytes are whole numbers.
  normaliseInto(
    { width: 1, height: 1, data: Uint8Array.from([124, 116, 161]) },
    { normalisation: "imagenet", layout: "chw" },
    { target, offset: 1 },
  );
  assert.equal(target[0], 0);
  assert.ok(Math.abs(target[1] - 0.325 / 255 / 0.229) < 1e-6);
  assert.ok(Math.abs(target[2] + 0.28 / 255 / 0.224) < 1e-6);
  assert.ok(Math.abs(target[3] - (1 + 0.095 / 255 / 0.225)) < 1e-6);
  assert.throws(
    () =>
      normaliseInto(
        { width: 1, height: 1, data: new Uint8Array(3) },
        { normalisation: "unit", layout: "chw" },
        { target, offset: 2 },
      ),
    { code: "IMAGE_OPTIONS" },
  );
});

test("cover cuts what is over, contain adds white, fill stretches", async () => {
  // Four pixels in a row, 1 high: black, red, red, black.
  const bytes = await picture([0, 0, 0, 255, 0, 0, 255, 0, 0, 0, 0, 0], 4).png().toBuffer();
  const cover = await pixelsOf(bytes, { width: 2, height: 1 });
  assert.deepEqual(cover, [255, 0, 0, 255, 0, 0]);
  const contain = await pixelsOf(bytes, { width: 4, height: 3, fit: "contain" });
  assert.deepEqual(
    contain.slice(0, 12),
    Array.from({ length: 12 }, () => 255),
  );
  assert.deepEqual(contain.slice(12, 24), [0, 0, 0, 255, 0, 0, 255, 0, 0, 0, 0, 0]);
  const fill = await pixelsOf(bytes, { width: 1, height: 1, fit: "fill" });
  assert.ok(
    Math.abs(fill[0] - 128) < 64 && fill[1] === 0,
    `a mixture of both, got ${fill[0]}, ${fill[1]}`,
  );
});

test("a small photo is enlarged with its centre in the centre, however it fits", async () => {
  // Red rises by 10 from column to column, green from row to row.
  const ramp = Array.from({ length: 16 }, (_, at) => [10 * (at % 4), 10 * (at >> 2), 0]).flat();
  const bytes = await picture(ramp, 4).png().toBuffer();
  const reds = async (options: DecodeOptions): Promise<number[]> =>
    (await pixelsOf(bytes, options)).filter((_, at) => at % 3 === 0);
  // Column i of 8 lies at (i + .5) / 2 - .5: -.25, .25, .75, … 3.25, and stays inside.
  const row = [0, 3, 8, 13, 18, 23, 28, 30];
  assert.deepEqual((await reds({ width: 8, height: 8 })).slice(0, 8), row);
  assert.deepEqual((await reds({ width: 8, height: 4 })).slice(0, 8), row);
  assert.deepEqual((await reds({ width: 8, height: 2, fit: "fill" })).slice(8, 16), row);
  // The middle half of 8 columns.
  assert.deepEqual((await reds({ width: 4, height: 8 })).slice(0, 4), row.slice(2, 6));
  assert.deepEqual((await reds({ width: 12, height: 8, fit: "contain" })).slice(0, 12), [
    255,
    255,
    ...row,
    255,
    255,
  ]);
});

test("a photo taken upright is upright: EXIF orientation 6 turns it by 90 degrees", async () => {
  const turned = await picture(four, 2)
    .withMetadata({ orientation: 6 })
    .webp({ lossless: true })
    .toBuffer();
  // What is at the left is seen at the top: blue, red above white, green.
  const seen = [0, 0, 255, 255, 0, 0, 255, 255, 255, 0, 255, 0];
  assert.deepEqual(await pixelsOf(turned, { width: 2, height: 2 }), seen);
  const wide = await plain(6, 3).withMetadata({ orientation: 6 }).jpeg().toBuffer();
  const { width, height, ratio } = await imageFacts(wide);
  assert.deepEqual({ width, height, ratio }, { width: 3, height: 6, ratio: 0.5 });
});

test("transparency lies on white", async () => {
  const half = { r: 200, g: 30, b: 10, alpha: 0.5 };
  const bytes = await sharp({ create: { width: 4, height: 4, channels: 4, background: half } })
    .png()
    .toBuffer();
  // (200 + 255) / 2, (30 + 255) / 2, (10 + 255) / 2, half a step more or less
  const [r, g, b] = await pixelsOf(bytes, { width: 1, height: 1 });
  assert.ok(Math.abs(r - 227.5) <= 1 && Math.abs(g - 142.5) <= 1 && Math.abs(b - 132.5) <= 1);
  assert.equal((await imageFacts(bytes)).hasAlpha, true);
});

test("grey, CMYK, 16-bit and palette photos become sRGB", async () => {
  const grey = await plain(8, 8).toColourspace("b-w").jpeg().toBuffer();
  assert.equal((await imageFacts(grey)).mode, "grey");
  const [r, g, b] = await pixelsOf(grey, { width: 1, height: 1 });
  assert.ok(r === g && g === b && r > 60 && r < 140);

  const deep = await plain(8, 8).toColourspace("rgb16").png().toBuffer();
  assert.deepEqual(await pixelsOf(deep, { width: 1, height: 1 }), [200, 30, 10]);
  const palette = await plain(8, 8).png({ palette: true }).toBuffer();
  assert.deepEqual(await pixelsOf(palette, { width: 1, height: 1 }), [200, 30, 10]);

  const cmyk = await plain(8, 8).toColourspace("cmyk").jpeg({ quality: 100 }).toBuffer();
  assert.equal((await imageFacts(cmyk)).mode, "cmyk");
  const [red, green, blue] = await pixelsOf(cmyk, { width: 1, height: 1 });
  assert.ok(Math.abs(red - 200) < 20 && Math.abs(green - 30) < 20 && Math.abs(blue - 10) < 20);
});

test("of an animation the first picture counts", async () => {
  const frames = [...four, ...four.map((value) => 255 - value)];
  const bytes = await sharp(Uint8Array.from(frames), {
    raw: { width: 2, height: 4, channels: 3, pageHeight: 2 },
  })
    .webp({ lossless: true })
    .toBuffer();
  assert.equal((await imageFacts(bytes)).frames, 2);
  assert.deepEqual(await pixelsOf(bytes, { width: 2, height: 2 }), four);
});

test("each limit is refused with its number", async () => {
  const bytes = await plain(100, 50).png().toBuffer();
  const decode = (limits: Partial<typeof imageLimits>) =>
    decodePixels(bytes, { width: 2, height: 2, limits: { ...imageLimits, ...limits } });
  await assert.rejects(decode({ maxBytes: 10 }), { code: "IMAGE_LIMIT", message: /at most 10 b/ });
  await assert.rejects(decode({ maxPixels: 4999 }), { code: "IMAGE_LIMIT" });
  await assert.rejects(decode({ maxRatio: 1.9 }), { code: "IMAGE_LIMIT", message: /100 × 50/ });
  assert.equal((await decode({ maxBytes: bytes.length, maxPixels: 5000, maxRatio: 2 })).width, 2);
});

test("a size that makes no sense is the caller's error", async () => {
  const bytes = await plain(4, 4).png().toBuffer();
  for (const width of [0, -1, 1.5, Number.NaN, 4097])
    await assert.rejects(decodePixels(bytes, { width, height: 4 }), { code: "IMAGE_OPTIONS" });
});
