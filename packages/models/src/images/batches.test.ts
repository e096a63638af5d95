import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import sharp from "sharp";
import { decodeImages, type ImageBatch, type ImageFile } from "./batches.ts";
import { decodeImage } from "./decode.ts";
import { mapOrdered } from "./ordered.ts";
import { readPhotos } from "./sources.ts";

async function photo(red: number): Promise<ImageFile> {
  const background = { r: red, g: 0, b: 0 };
  const bytes = await sharp({ create: { width: 5, height: 5, channels: 3, background } })
    .png()
    .toBuffer();
  return { name: `red-${red}`, bytes };
}

const reds = await Promise.all(Array.from({ length: 20 }, (_, red) => photo(red)));

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

test("batches keep the order of photos, and each row is what decoding it alone gives", async () => {
  const size = { width: 4, height: 4 };
  const batches = await all(decodeImages(reds, { ...size, batchSize: 8, concurrency: 5 }));
  assert.deepEqual(
    batches.map(({ pixels }) => pixels.shape),
    [
      [8, 3, 4, 4],
      [8, 3, 4, 4],
      [4, 3, 4, 4],
    ],
  );
  assert.deepEqual(
    batches.flatMap(({ names }) => names),
    reds.map(({ name }) => name),
  );
  const alone = await decodeImage(reds[9].bytes, size);
  assert.deepEqual(batches[1].pixels.data.subarray(48, 96), alone.data);
});

test("a photo that is broken is refused alone, with its name and code", async () => {
  const files = [reds[0], { name: "gif", bytes: Buffer.from("GIF89a") }, reds[1]];
  const [batch] = await all(decodeImages(files, { width: 2, height: 2 }));
  assert.deepEqual(batch.names, ["red-0", "red-1"]);
  assert.deepEqual(
    batch.refused.map(({ name, error }) => [name, error.code]),
    [["gif", "IMAGE_FORMAT"]],
  );
  const [none] = await all(decodeImages(files.slice(1, 2), { width: 2, height: 2 }));
  assert.deepEqual(none.pixels.shape, [0, 3, 2, 2]);
});

test("a wrong option stops everything", async () => {
  await assert.rejects(all(decodeImages(reds, { width: 0, height: 2 })), { code: "IMAGE_OPTIONS" });
  await assert.rejects(all(decodeImages(reds, { width: 2, height: 2, batchSize: 0 })), {
    code: "IMAGE_OPTIONS",
  });
});

test("augmentation depends on seed and name, not on the order or the batch", async () => {
  const options = { width: 4, height: 4, batchSize: 20 };
  const [forwards] = await all(decodeImages(reds, { ...options, augment: { seed: 3 } }));
  const [backwards] = await all(
    decodeImages(reds.toReversed(), { ...options, augment: { seed: 3 }, concurrency: 1 }),
  );
  const [other] = await all(decodeImages(reds, { ...options, augment: { seed: 4 } }));
  const row = ({ pixels }: ImageBatch, at: number) => pixels.data.subarray(48 * at, 48 * (at + 1));
  for (const at of [1, 7, 19]) assert.deepEqual(row(forwards, at), row(backwards, 19 - at));
  assert.notDeepEqual(forwards.pixels.data, other.pixels.data);
  const twins = ["a", "b"].map((name) => ({ name, bytes: reds[19].bytes }));
  const [both] = await all(decodeImages(twins, { ...options, augment: { seed: 3 } }));
  assert.notDeepEqual(row(both, 0), row(both, 1));
});

test("no more photos are read ahead than are decoded at a time", async () => {
  let read = 0;
  function* counted(): Generator<ImageFile> {
    for (const file of reds) {
      read++;
      yield file;
    }
  }
  const options = { width: 2, height: 2, batchSize: 2, concurrency: 3 };
  for await (const { names } of decodeImages(counted(), options)) {
    assert.deepEqual(names, ["red-0", "red-1"]);
    break;
  }
  // Two are in the batch and at most two were waiting.
  assert.ok(read <= 4, `${read} were read`);
});

test("an aborted signal ends the batches with its reason", async () => {
  const reason = new Error("enough");
  const signal = AbortSignal.abort(reason);
  await assert.rejects(all(decodeImages(reds, { width: 2, height: 2, signal })), reason);
});

test("results come in order although later items finish first, and the first failure wins", async () => {
  const gates = Array.from({ length: 4 }, () => Promise.withResolvers<number>());
  const results = all(mapOrdered([0, 1, 2, 3], (at) => gates[at].promise, { concurrency: 4 }));
  for (const at of [3, 1, 2, 0]) gates[at].resolve(at * 10);
  assert.deepEqual(await results, [0, 10, 20, 30]);

  const failing = mapOrdered([1, 2, 3], (at) => Promise.reject(new Error(`item ${at}`)), {
    concurrency: 3,
  });
  await assert.rejects(all(failing), /item 1/);
});

const shared =
  process.env.SOUK_SHARED_DATA ?? join(import.meta.dirname, "../../../../../shared/data");
const fashion = join(shared, "fashion-product-images/images224.part1.tar");
const skip = existsSync(fashion) ? false : `no ${fashion}`;

test("the first 200 photos of a real tar are decoded whole", { skip }, async () => {
  const files = readPhotos(fashion);
  let rows = 0;
  for await (const { pixels, refused } of decodeImages(files, { width: 224, height: 224 })) {
    assert.deepEqual(refused, []);
    for (const value of pixels.data.subarray(0, 1000)) assert.ok(value >= -1 && value <= 1);
    rows += pixels.shape[0];
    if (rows >= 200) break;
  }
  assert.ok(rows >= 200);
});
