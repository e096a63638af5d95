import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { sha256 } from "@souk/core";
import sharp from "sharp";
import { type ImageStore, imageStore } from "./store.ts";

async function temporary(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "souk-photos-"));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

function photo(red: number): Promise<Buffer> {
  const background = { r: red, g: 0, b: 0 };
  return sharp({ create: { width: 9, height: 9, channels: 3, background } })
    .png()
    .toBuffer();
}

async function hashesIn(store: ImageStore): Promise<string[]> {
  const hashes: string[] = [];
  for await (const hash of store.list()) hashes.push(hash);
  return hashes;
}

test("a photo is kept under its SHA-256 in two levels of folders, and read back", async (t) => {
  const folder = await temporary(t);
  const store = imageStore(join(folder, "deep/photos"));
  const bytes = await photo(1);
  const hash = await store.put(bytes);
  assert.equal(hash, sha256(bytes));
  assert.deepEqual(await store.read(hash), bytes);
  assert.equal(await store.has(hash), true);
  const below = join(folder, "deep/photos", hash.slice(0, 2), hash.slice(2, 4));
  assert.deepEqual(await readdir(below), [hash]);
});

test("what is not there is undefined, and an empty store lists nothing", async (t) => {
  const store = imageStore(join(await temporary(t), "none"));
  assert.equal(await store.read("0".repeat(64)), undefined);
  assert.equal(await store.has("0".repeat(64)), false);
  assert.deepEqual(await hashesIn(store), []);
});

test("the same photo put twenty times at once is there once, and lists are in order", async (t) => {
  const store = imageStore(await temporary(t));
  const photos = await Promise.all([1, 2, 3, 4].map(photo));
  const hashes = await Promise.all(
    Array.from({ length: 20 }, (_, at) => store.put(photos[at % 4])),
  );
  assert.deepEqual(await hashesIn(store), [...new Set(hashes)].toSorted());
});

test("what is no whole photo is refused and leaves nothing", async (t) => {
  const folder = await temporary(t);
  const store = imageStore(folder);
  const whole = await photo(1);
  await assert.rejects(store.put(Buffer.from("<svg/>")), { code: "IMAGE_FORMAT" });
  await assert.rejects(store.put(whole.subarray(0, -20)), { code: "IMAGE_BROKEN" });
  assert.deepEqual(await readdir(folder), []);
});

test("a hash that is no hash cannot reach a path", async (t) => {
  const store = imageStore(await temporary(t));
  for (const hash of ["", "../../etc/passwd", "A".repeat(64), `${"0".repeat(63)}/`]) {
    await assert.rejects(store.read(hash), { code: "IMAGE_HASH" });
    await assert.rejects(store.has(hash), { code: "IMAGE_HASH" });
  }
});

test("a file that was changed on the disk is not given out", async (t) => {
  const folder = await temporary(t);
  const store = imageStore(folder);
  const hash = await store.put(await photo(1));
  await writeFile(join(folder, hash.slice(0, 2), hash.slice(2, 4), hash), "other");
  await assert.rejects(store.read(hash), { code: "IMAGE_STORE_DAMAGED" });
});

test("temporary files of a writer that was killed are not listed", async (t) => {
  const folder = await temporary(t);
  await mkdir(join(folder, "ab/cd"), { recursive: true });
  await writeFile(join(folder, "ab/cd/.tmp-1"), "half");
  assert.deepEqual(await hashesIn(imageStore(folder)), []);
});
