import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { imageFacts } from "@souk/models";
import { drawnPhoto, tarOf } from "../photos/drawn-photos.fixture.ts";
import { openSouk } from "../souk.ts";
import type { Souk } from "../souk-interface.ts";

let folder: string;
let souk: Souk;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "souk-photos-"));
  souk = await openSouk({ dataDirectory: join(folder, "data"), sqlProcesses: 1 });
});
after(async () => {
  await souk.close();
  await rm(folder, { recursive: true, force: true });
});

test("a streamed archive, and the product of each photo by its folder", async () => {
  const photo = await drawnPhoto(10);
  const archive = tarOf({
    "p7/front.jpg": photo,
    "p7/back.jpg": await drawnPhoto(99),
    "lost.jpg": photo,
  });
  const stream = (async function* () {
    yield archive.subarray(0, 700);
    yield archive.subarray(700);
  })();
  const report = await souk.photos.add({ kind: "stream", stream }, { rule: "folder" });
  assert.deepEqual(report.reasons, { PHOTO_NO_PRODUCT: 1 });
  assert.deepEqual(
    (await souk.sql.run("SELECT product_id, position FROM images ORDER BY ALL")).rows,
    [
      ["p7", 0],
      ["p7", 1],
    ],
  );
  assert.deepEqual(await readdir(join(folder, "data", "tmp")), []);
});

test("a thumbnail is the photo made anew, no wider than it, and kept", async () => {
  const photo = await drawnPhoto(5);
  const path = join(folder, "p1.jpg");
  await writeFile(path, Buffer.concat([photo, Buffer.from("<script>trailing</script>")]));
  await souk.photos.add({ kind: "path", path }, { productId: "mug" });
  const { rows } = await souk.sql.run("SELECT photo FROM images WHERE product_id = 'mug'");
  const hash = rows[0]?.[0];
  assert.ok(typeof hash === "string");
  const made = await souk.photos.thumbnail(hash, { width: 160 });
  const { width, height, format } = await imageFacts(made);
  assert.deepEqual([width, height, format], [24, 16, "jpeg"]);
  assert.ok(!Buffer.from(made).includes("script"));
  assert.deepEqual(await souk.photos.thumbnail(hash, { width: 100 }), Buffer.from(made));
  await assert.rejects(souk.photos.thumbnail("0".repeat(64)), { code: "PHOTO_UNKNOWN" });
  await assert.rejects(souk.photos.thumbnail("../../souk.sqlite"), { code: "IMAGE_HASH" });
});
