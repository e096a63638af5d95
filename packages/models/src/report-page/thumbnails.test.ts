import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { imageFacts } from "../images/facts.ts";
import { imageStore } from "../images/store.ts";
import { encodeJpeg } from "../images/thumbnail.ts";
import { thumbnailsOf } from "./thumbnails.ts";

const error = { actual: "a", predicted: "b", loss: 1, excerpt: "" };

test("photos in the store become small JPEG data URLs; others leave a gap", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "souk-thumbnails-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const store = imageStore(folder);
  const data = Uint8Array.from({ length: 600 * 300 * 3 }, (_, i) => (7 * i) % 256);
  const photo = await store.put(await encodeJpeg({ width: 600, height: 300, data }));
  const absent = "0".repeat(64);
  const urls = await thumbnailsOf(
    [{ ...error, photo }, { ...error, photo: absent }, error, { ...error, photo }],
    store,
  );
  assert.deepEqual(Object.keys(urls), [photo]);
  const [, base64 = ""] = /^data:image\/jpeg;base64,(.+)$/.exec(urls[photo]) ?? [];
  const bytes = Buffer.from(base64, "base64");
  const { width, height, format } = await imageFacts(bytes);
  assert.deepEqual([width, height, format], [144, 72, "jpeg"]);
});

test("a photo that does not decode leaves a gap, another failure does not pass silently", async () => {
  const broken = "1".repeat(64);
  const text = { read: () => Promise.resolve(Buffer.from("no photo")) };
  assert.deepEqual(await thumbnailsOf([{ ...error, photo: broken }], text), {});
  const failing = { read: () => Promise.reject(new Error("disk on fire")) };
  await assert.rejects(thumbnailsOf([{ ...error, photo: broken }], failing), /disk on fire/);
});
