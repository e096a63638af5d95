import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { manualClock, sha256 } from "@souk/core";
import { openLake } from "@souk/lake";
import { imageStore } from "@souk/models";
import { bomb, drawnPhoto, tarOf, writeFiles } from "./drawn-photos.fixture.ts";
import { takeInPhotos } from "./photo-intake.ts";
import { openPhotos, type PhotoSourceOptions } from "./photo-sources.ts";
import type { PhotosReport } from "./photo-values.ts";

type Given = Partial<PhotoSourceOptions> & { sourceName?: string };

/** A lake and a store in a temp folder. */
async function open(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), "souk-photos-"));
  const data = join(folder, "data");
  const lake = openLake({ directory: join(data, "lake") });
  const clock = manualClock(Date.UTC(2026, 10, 22));
  const { signal } = new AbortController();
  t.after(async () => {
    await lake.close();
    await rm(folder, { recursive: true, force: true });
  });
  async function add(
    path: string,
    { sourceName = "test", ...given }: Given = {},
  ): Promise<PhotosReport> {
    clock.advance(1000);
    const shared = { rule: "stem", allowFiles: true, allowPrivate: false, signal } as const;
    return takeInPhotos(await openPhotos(path, { ...shared, ...given }), {
      lake,
      store: imageStore(join(data, "images")),
      spool: join(data, "tmp"),
      clock,
      sourceName,
      signal,
    });
  }
  async function rows(...columns: string[]): Promise<unknown[][]> {
    const found: unknown[][] = [];
    for await (const batch of lake.read("images", { columns }))
      for (let row = 0; row < batch.length; row++)
        found.push(columns.map((column) => batch.columns[column]![row]));
    return found.toSorted((a, b) => (String(a) < String(b) ? -1 : 1));
  }
  return { folder, data, lake, add, rows };
}

test("a folder's photos become rows; bad ones are named, and the same folder again changes nothing", async (t) => {
  const { folder, add, rows } = await open(t);
  const [red, blue] = [await drawnPhoto(200), await drawnPhoto(90)];
  await writeFiles(join(folder, "photos"), {
    "mugs/p1-1.jpg": red,
    "mugs/p1-2.jpg": blue,
    "shirts/p2.jpg": blue,
    "shirts/bad.jpg": "no photo",
    "shirts/bomb.png": bomb(),
    "shirts/drawing.jpg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
    "shirts/torn.jpg": red.subarray(0, red.length / 2),
    "notes.txt": "passed over",
  });
  const source = join(folder, "photos");
  const report = await add(source, { rule: "numbered", sourceName: "shoot" });
  assert.deepEqual(report.reasons, { IMAGE_FORMAT: 2, IMAGE_LIMIT: 1, IMAGE_BROKEN: 1 });
  assert.deepEqual(
    report.bad.map(({ name }) => name),
    ["shirts/bad.jpg", "shirts/bomb.png", "shirts/drawing.jpg", "shirts/torn.jpg"],
  );
  assert.deepEqual([report.photos, report.products, report.refused], [3, 2, 4]);
  const columns =
    "product_id position photo width height ratio mode format bytes folder source".split(" ");
  const seen = await rows(...columns);
  const facts = (bytes: Uint8Array, from: string): unknown[] => [
    sha256(bytes),
    24,
    16,
    1.5,
    "rgb",
    "jpeg",
    bytes.length,
    from,
    "shoot",
  ];
  assert.deepEqual(seen, [
    ["p1", 1, ...facts(red, "mugs")],
    ["p1", 2, ...facts(blue, "mugs")],
    ["p2", 0, ...facts(blue, "shirts")],
  ]);
  const again = await add(source, { rule: "numbered", sourceName: "shoot" });
  assert.deepEqual([again.skipped, again.version], [true, report.version]);
  assert.equal((await rows("photo")).length, 3);
});

test("an archive with a name that leads out is refused whole, and writes nothing outside", async (t) => {
  const { folder, add, lake } = await open(t);
  const path = join(folder, "evil.tar");
  await writeFile(
    path,
    tarOf({ "p1.jpg": await drawnPhoto(10), "../p2.jpg": await drawnPhoto(20) }),
  );
  await assert.rejects(add(path), { code: "IMAGE_SOURCE_UNSAFE" });
  assert.deepEqual((await readdir(folder)).toSorted(), ["data", "evil.tar"]);
  assert.deepEqual(await lake.list(), []);
});

test("a list names files beside it and addresses; where it lies decides what it may reach", async (t) => {
  const { folder, add, rows } = await open(t);
  let asked = 0;
  const server = createServer((_, response) => void (asked++, response.end("secret")));
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  t.after(() => server.close());
  const address = server.address();
  assert.ok(typeof address === "object" && address);
  await writeFiles(folder, {
    "outside.jpg": await drawnPhoto(1),
    "lists/in/a.jpg": await drawnPhoto(2),
  });
  const text = [
    { product_id: "a", file: "in/a.jpg" },
    { product_id: "b", file: "../outside.jpg" },
    { product_id: "c", file: "in/none.jpg" },
    { product_id: "d", url: `http://127.0.0.1:${address.port}/d.jpg` },
    { product_id: "e", url: "file:///etc/passwd" },
  ]
    .map((entry) => JSON.stringify(entry))
    .join("\n");
  const path = join(folder, "lists", "list.jsonl");
  await writeFile(path, text);
  const local = await add(path);
  assert.deepEqual(local.reasons, {
    PHOTO_FILE_OUTSIDE: 1,
    PHOTO_FILE_MISSING: 1,
    PHOTO_URL_PRIVATE: 1,
    PHOTO_URL_INVALID: 1,
  });
  assert.deepEqual(await rows("product_id"), [["a"]]);
  const uploaded = await add(path, { allowFiles: false });
  assert.equal(uploaded.photos, 0);
  assert.equal(uploaded.reasons["PHOTO_FILE_OUTSIDE"], 3);
  assert.equal(asked, 0);
});

test("an intranet's photos are fetched where that is allowed", async (t) => {
  const { folder, add, rows } = await open(t);
  const photo = await drawnPhoto(5);
  const server = createServer((request, response) => {
    if (request.url === "/redirect") response.writeHead(302, { location: "/a" }).end();
    else
      response.setHeader("content-type", "text/html").end(request.url === "/a" ? photo : "<html>");
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  t.after(() => server.close());
  const address = server.address();
  assert.ok(typeof address === "object" && address);
  const path = join(folder, "list.csv");
  const line = (id: string): string => `${id},http://127.0.0.1:${address.port}/${id}\n`;
  await writeFile(path, `product_id,url\n${line("a")}${line("redirect")}${line("page")}`);
  const report = await add(path, { allowPrivate: true });
  assert.deepEqual(report.reasons, { PHOTO_URL_ANSWER: 1, IMAGE_FORMAT: 1 });
  assert.deepEqual(await rows("product_id", "photo"), [["a", sha256(photo)]]);
});

test("a source that is not there, and an archive of another kind, say so", async (t) => {
  const { folder, add } = await open(t);
  const path = join(folder, "page.html");
  await assert.rejects(add(path), { code: "IMAGE_SOURCE_MISSING" });
  await writeFile(path, "<html>".repeat(200));
  await assert.rejects(add(path), { code: "IMAGE_SOURCE_BROKEN" });
});

test("photos that were undone can be added again", async (t) => {
  const { folder, add, lake, rows } = await open(t);
  const path = join(folder, "p1.jpg");
  await writeFile(path, await drawnPhoto(7));
  const { batchId } = await add(path);
  assert.ok(batchId !== undefined);
  await lake.undo("images", batchId);
  assert.deepEqual(await rows("product_id"), []);
  assert.equal((await add(path)).skipped, false);
  assert.deepEqual(await rows("product_id"), [["p1"]]);
});
