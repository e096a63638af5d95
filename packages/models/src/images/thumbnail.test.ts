import assert from "node:assert/strict";
import { test } from "node:test";
import { decodePixels } from "./decode.ts";
import { imageFacts } from "./facts.ts";
import { encodeJpeg, photoThumbnail } from "./thumbnail.ts";

/** Left half dark, right half bright. */
function halves(width: number, height: number): Promise<Uint8Array> {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < data.length; i++) data[i] = Math.floor(i / 3) % width < width / 2 ? 20 : 220;
  return encodeJpeg({ width, height, data });
}

async function sizeOf(bytes: Uint8Array): Promise<[number, number, string]> {
  const { width, height, format } = await imageFacts(bytes);
  return [width, height, format];
}

test("a thumbnail has the width asked for and the photo's shape", async () => {
  const small = await photoThumbnail(await halves(400, 300), { width: 64 });
  assert.deepEqual(await sizeOf(small), [64, 48, "jpeg"]);
  const { data } = await decodePixels(small, { width: 8, height: 1, fit: "fill" });
  const [left = 0] = data;
  const right = data.at(-1) ?? 0;
  assert.ok(left < 40 && right > 200, `${left} ${right}`);
});

test("a small photo is not enlarged, and a tall one not higher than twice the width", async () => {
  assert.deepEqual(await sizeOf(await photoThumbnail(await halves(30, 20), { width: 64 })), [
    30,
    20,
    "jpeg",
  ]);
  assert.deepEqual(await sizeOf(await photoThumbnail(await halves(40, 1000), { width: 64 })), [
    5,
    128,
    "jpeg",
  ]);
});

test("pixels without three bytes each are refused", async () => {
  await assert.rejects(encodeJpeg({ width: 2, height: 2, data: new Uint8Array(4) }), {
    code: "IMAGE_OPTIONS",
  });
});
