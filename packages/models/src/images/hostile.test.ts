import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32, deflateSync } from "node:zlib";
import { createRng, SoukError } from "@souk/core";
import sharp from "sharp";
import { decodePixels } from "./decode.ts";
import { countJpegScans } from "./jpeg-scans.ts";

// Before the first photo is decoded, because afterwards only JPEG, PNG and WebP can be read.
const noise = { type: "gaussian", mean: 128, sigma: 60 } as const;
const drawn = sharp({ create: { width: 90, height: 60, channels: 3, background: "#888", noise } });
const photos = {
  jpeg: await drawn.clone().jpeg().toBuffer(),
  progressive: await drawn.clone().jpeg({ progressive: true }).toBuffer(),
  png: await drawn.clone().png().toBuffer(),
  webp: await drawn.clone().webp().toBuffer(),
};

const size = { width: 16, height: 16 };

async function codeOf(bytes: Uint8Array): Promise<string> {
  try {
    await decodePixels(bytes, size);
    return "decoded";
  } catch (error) {
    assert.ok(error instanceof SoukError, String(error));
    return error.code;
  }
}

function chunk(type: string, data: Uint8Array): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(data.length);
  const content = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const tail = Buffer.alloc(4);
  tail.writeUInt32BE(crc32(content));
  return Buffer.concat([head, content, tail]);
}

/** A PNG that declares a size, with whatever lines. */
function png({
  width = 1,
  height = 1,
  lines,
  extra = new Uint8Array(),
}: {
  width?: number;
  height?: number;
  lines: Uint8Array;
  extra?: Uint8Array;
}): Buffer {
  const header = Buffer.from("00000000000000000800000000", "hex");
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  const magic = Buffer.from("89504e470d0a1a0a", "hex");
  const end = chunk("IEND", Buffer.alloc(0));
  return Buffer.concat([magic, chunk("IHDR", header), extra, chunk("IDAT", lines), end]);
}

for (const [name, whole] of Object.entries(photos))
  test(`a ${name} cut off at every hundredth byte is refused`, async () => {
    assert.equal(await codeOf(whole), "decoded");
    for (let length = 0; length < whole.length; length += 100) {
      const code = await codeOf(whole.subarray(0, length));
      assert.equal(code, length < 12 ? "IMAGE_FORMAT" : "IMAGE_BROKEN", `${length} bytes`);
    }
  });

test("a JPEG of thousands of scans, each over the whole picture, is refused at once", async () => {
  const whole = photos.progressive;
  const last = whole.lastIndexOf(Buffer.from([0xff, 0xda]));
  const end = whole.length - 2;
  const scans = Array.from({ length: 3000 }, () => whole.subarray(last, end));
  const bomb = Buffer.concat([whole.subarray(0, end), ...scans, whole.subarray(end)]);
  assert.equal(await codeOf(bomb), "IMAGE_LIMIT");
});

test("scans are counted up to the end of the image, not in what is appended or embedded", () => {
  const baseline = countJpegScans(photos.jpeg, 64);
  assert.equal(baseline, 1);
  // libjpeg's script for three components: 10 scans.
  assert.equal(countJpegScans(photos.progressive, 64), 10);
  assert.equal(countJpegScans(photos.progressive, 4), 5);
  const start = Buffer.from([0xff, 0xda, 0, 2]);
  assert.equal(countJpegScans(Buffer.concat([photos.jpeg, start, start]), 64), 1);
  const comment = Buffer.concat([Buffer.from([0xff, 0xfe, 0, 10]), start, start]);
  const commented = [photos.jpeg.subarray(0, 2), comment, photos.jpeg.subarray(2)];
  assert.equal(countJpegScans(Buffer.concat(commented), 64), 1);
  assert.equal(countJpegScans(Buffer.from([0xff, 0xd8, 0xff]), 64), 0);
});

test("no bytes, SVG, GIF, TIFF, BMP, PDF and text are refused by their first bytes", async () => {
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9"/></svg>';
  const gif = Buffer.from("GIF89a\u0001\0\u0001\0\0\0\0;", "latin1");
  const others = [
    svg,
    `<?xml version="1.0"?>${svg}`,
    "II*\0",
    "MM\0*",
    "BM",
    "%PDF-1.7",
    "P6 1 1 255 abc",
  ];
  for (const bytes of [Buffer.alloc(0), gif, ...others.map((text) => Buffer.from(text, "latin1"))])
    assert.equal(await codeOf(bytes), "IMAGE_FORMAT");
});

test("a polyglot that begins like one format and goes on as another is refused", async () => {
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
  for (const magic of ["ffd8ff", "89504e470d0a1a0a", "524946460000000057454250"])
    for (const rest of [svg, Buffer.from("GIF89a"), photos.png, photos.webp])
      assert.equal(await codeOf(Buffer.concat([Buffer.from(magic, "hex"), rest])), "IMAGE_BROKEN");
});

test("a PNG that declares huge dimensions is refused before they are allocated", async () => {
  const before = process.memoryUsage().rss;
  for (const [width, height] of [
    [60_000, 60_000],
    [2 ** 31 - 1, 2 ** 31 - 1],
    [2 ** 31 - 1, 1],
    [0, 5],
  ]) {
    const code = await codeOf(png({ width, height, lines: deflateSync(Buffer.alloc(100)) }));
    assert.ok(code === "IMAGE_LIMIT" || code === "IMAGE_BROKEN", `${width} × ${height}: ${code}`);
  }
  assert.ok(process.memoryUsage().rss - before < 256 * 2 ** 20);
});

test("a small PNG whose lines unpack to 200 MB gives its few pixels or an error", async () => {
  const bomb = png({ width: 10, height: 10, lines: deflateSync(Buffer.alloc(200 * 2 ** 20)) });
  assert.ok(bomb.length < 2 ** 20);
  assert.ok(["decoded", "IMAGE_BROKEN", "IMAGE_LIMIT"].includes(await codeOf(bomb)));
});

test("texts and colour profiles in a PNG that unpack to 200 MB do no harm", async () => {
  const packed = deflateSync(Buffer.alloc(200 * 2 ** 20));
  const lines = deflateSync(Buffer.alloc(2));
  for (const type of ["zTXt", "iCCP"]) {
    const extra = chunk(type, Buffer.concat([Buffer.from("name\0\0", "latin1"), packed]));
    assert.ok(["decoded", "IMAGE_BROKEN"].includes(await codeOf(png({ lines, extra }))));
  }
});

test("a large photo within the limits is decoded small", async () => {
  const big = png({ width: 8000, height: 7990, lines: deflateSync(Buffer.alloc(8001 * 7990)) });
  assert.equal(await codeOf(big), "decoded");
});

test("photos with random damage are decoded or refused with a code, and nothing else happens", async () => {
  const rng = createRng("damage");
  const count = Number(process.env.SOUK_FUZZ ?? 500);
  const seen = new Map<string, number>();
  for (let round = 0; round < count; round++) {
    const bytes = Buffer.from(rng.pick(Object.values(photos)));
    const changes = 1 + rng.integer(8);
    // Half of the damage is in the header, where sizes and tables are.
    for (let change = 0; change < changes; change++)
      bytes[rng.integer(rng.next() < 0.5 ? 200 : bytes.length)] = rng.integer(256);
    const code = await codeOf(bytes);
    seen.set(code, (seen.get(code) ?? 0) + 1);
  }
  for (const code of seen.keys())
    assert.ok(["decoded", "IMAGE_FORMAT", "IMAGE_LIMIT", "IMAGE_BROKEN"].includes(code), code);
  assert.ok(count < 500 || (seen.get("IMAGE_BROKEN") ?? 0) > count / 10);
});

test("readers of other formats are off, whoever asks", async () => {
  await decodePixels(photos.png, size);
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
  await assert.rejects(sharp(svg).metadata(), /unsupported image format|blocked/);
});
