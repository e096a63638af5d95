import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test, type TestContext } from "node:test";
import { deflateRawSync, gzipSync } from "node:zlib";
import { createRng, SoukError } from "@souk/core";
import { type SourceLimits, sourceLimits } from "./source-meter.ts";
import { readPhotos } from "./sources.ts";
import { type Member, tarOf, zipOf } from "./test-archives.ts";

async function temporary(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "souk-sources-"));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

async function photosIn(path: string, limits: Partial<SourceLimits> = {}) {
  const found: [string, string][] = [];
  for await (const { name, bytes } of readPhotos(path, { limits: { ...sourceLimits, ...limits } }))
    found.push([name, Buffer.from(bytes).toString("latin1")]);
  return found;
}

const longName = `${"a-long-folder-name/".repeat(12)}photo.png`;
const files: Record<string, string> = {
  "a.jpg": "first",
  "b/c.JPEG": "second",
  "b/notes.txt": "not a photo",
  ".hidden/x.png": "hidden",
  "b/._c.jpg": "resource fork",
  "empty.webp": "",
  [longName]: "x".repeat(1000),
};
const expected = [
  ["a-long", longName, "x".repeat(1000)],
  ["a.jpg", "a.jpg", "first"],
  ["b", "b/c.JPEG", "second"],
  ["empty", "empty.webp", ""],
].map(([, name, text]) => [name, text]);

async function written(root: string): Promise<string> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
  return root;
}

test("a folder gives its photos in the order of names, without hidden ones", async (t) => {
  assert.deepEqual(await photosIn(await written(await temporary(t))), expected);
});

for (const format of ["ustar", "gnu", "pax"])
  test(`a tar that GNU tar wrote as ${format} gives the same photos, gzipped too`, async (t) => {
    const folder = await temporary(t);
    const root = await written(join(folder, "root"));
    for (const [name, zipped] of [
      ["plain.tar", "-cf"],
      ["packed.tgz", "-czf"],
    ]) {
      execFileSync("tar", ["-C", root, `--format=${format}`, zipped, join(folder, name), "."]);
      const found = await photosIn(join(folder, name));
      assert.deepEqual(
        found.toSorted(([a], [b]) => (a < b ? -1 : 1)),
        expected,
      );
    }
  });

test("a zip gives its photos, stored and deflated", async (t) => {
  const path = join(await temporary(t), "photos.zip");
  const members = Object.entries(files).map(([name, text]) => ({ name, data: Buffer.from(text) }));
  await writeFile(path, zipOf(members));
  assert.deepEqual(
    (await photosIn(path)).toSorted(([a], [b]) => (a < b ? -1 : 1)),
    expected,
  );
});

const jpg = { name: "a.jpg", data: Buffer.from("abc") };
const unsafe: Member[] = [
  { ...jpg, name: "../a.jpg" },
  { ...jpg, name: "b/../../a.jpg" },
  { ...jpg, name: "/etc/a.jpg" },
  { ...jpg, name: "..\\a.jpg" },
  { ...jpg, name: "C:\\a.jpg" },
  { ...jpg, link: "symbolic" },
];

test("names that lead out and links are refused in every archive", async (t) => {
  const path = join(await temporary(t), "archive");
  for (const member of [...unsafe, { ...jpg, link: "hard" } as const])
    for (const archive of [tarOf([jpg, member]), gzipSync(tarOf([member]))]) {
      await writeFile(path, archive);
      await assert.rejects(photosIn(path), { code: "IMAGE_SOURCE_UNSAFE" }, member.name);
    }
  for (const member of unsafe) {
    await writeFile(path, zipOf([member]));
    await assert.rejects(photosIn(path), { code: "IMAGE_SOURCE_UNSAFE" }, member.name);
  }
});

test("a link in a folder is refused", async (t) => {
  const folder = await temporary(t);
  await symlink("/etc/passwd", join(folder, "a.jpg"));
  await assert.rejects(photosIn(folder), { code: "IMAGE_SOURCE_UNSAFE" });
});

test("entries, bytes of a file and bytes in all are limited everywhere", async (t) => {
  const folder = await temporary(t);
  const root = await written(join(folder, "root"));
  const members = Array.from({ length: 4 }, (_, at) => ({ ...jpg, name: `${at}.jpg` }));
  await writeFile(join(folder, "tar"), tarOf(members));
  await writeFile(join(folder, "zip"), zipOf(members));
  for (const path of [root, join(folder, "tar"), join(folder, "zip")])
    for (const limits of [{ maxEntries: 3 }, { maxEntryBytes: 2 }, { maxTotalBytes: 11 }])
      await assert.rejects(photosIn(path, limits), { code: "IMAGE_SOURCE_LIMIT" });
  assert.equal(
    (await photosIn(join(folder, "tar"), { maxEntries: 4, maxEntryBytes: 3, maxTotalBytes: 12 }))
      .length,
    4,
  );
});

test("a gzip that unpacks to 64 MB and a zip that lies about its size are refused", async (t) => {
  const path = join(await temporary(t), "bomb");
  const huge = { name: "a.txt", data: Buffer.alloc(64 * 2 ** 20) };
  await writeFile(path, gzipSync(tarOf([huge])));
  await assert.rejects(photosIn(path, { maxTotalBytes: 2 ** 20 }), { code: "IMAGE_SOURCE_LIMIT" });
  const liar = { ...jpg, data: Buffer.alloc(2 ** 20), declared: 10 };
  // Stored at the first place, deflated at the second.
  for (const members of [[liar], [jpg, liar]]) {
    await writeFile(path, zipOf(members));
    await assert.rejects(photosIn(path), { code: "IMAGE_SOURCE_BROKEN" });
  }
});

test("an archive cut off anywhere, or of another kind, is refused", async (t) => {
  const path = join(await temporary(t), "archive");
  const archives = [tarOf([jpg, jpg]), gzipSync(tarOf([jpg, jpg])), zipOf([jpg, jpg])];
  for (const whole of archives) {
    // The second block of zeros at the end of a tar says nothing new.
    for (let length = 0; length < whole.length - 512; length += 37) {
      await writeFile(path, whole.subarray(0, length));
      await assert.rejects(photosIn(path), { code: "IMAGE_SOURCE_BROKEN" }, `${length} bytes`);
    }
  }
  await writeFile(path, "name,price\n".repeat(200));
  await assert.rejects(photosIn(path), { code: "IMAGE_SOURCE_BROKEN" });
  await assert.rejects(photosIn(`${path}-none`), { code: "IMAGE_SOURCE_MISSING" });
});

test("a changed letter in a tar's header, or byte in a zip's file, is noticed", async (t) => {
  const path = join(await temporary(t), "archive");
  const tar = tarOf([jpg]);
  tar.write("b", 0);
  const zip = zipOf([jpg]);
  zip.write("x", zip.indexOf("abc"));
  for (const archive of [tar, zip]) {
    await writeFile(path, archive);
    await assert.rejects(photosIn(path), { code: "IMAGE_SOURCE_BROKEN" });
  }
});

test("records that name nothing count as entries of a tar", async (t) => {
  const path = join(await temporary(t), "records.tar");
  const record = { name: "r", data: Buffer.from("15 comment=hello\n"), type: "g" };
  await writeFile(path, tarOf([record, record, record, jpg]));
  assert.equal((await photosIn(path, { maxEntries: 4 })).length, 1);
  await assert.rejects(photosIn(path, { maxEntries: 3 }), { code: "IMAGE_SOURCE_LIMIT" });
  await assert.rejects(photosIn(path, { maxTotalBytes: 50 }), { code: "IMAGE_SOURCE_LIMIT" });
});

test("archives with random damage end with photos or a code", async (t) => {
  const path = join(await temporary(t), "archive");
  const rng = createRng("archives");
  const members = [jpg, { name: "b.png", data: deflateRawSync(Buffer.alloc(3000, 7)) }];
  const archives = [tarOf(members), gzipSync(tarOf(members)), zipOf(members)];
  const count = Number(process.env.SOUK_FUZZ ?? 500) / 2;
  for (let round = 0; round < count; round++) {
    const bytes = Buffer.from(rng.pick(archives));
    for (let change = rng.integer(6); change >= 0; change--)
      bytes[rng.integer(bytes.length)] = rng.integer(256);
    await writeFile(path, bytes);
    await photosIn(path, { maxTotalBytes: 2 ** 20 }).catch((error: unknown) => {
      assert.ok(error instanceof SoukError, String(error));
    });
  }
});

test("a reader that stops early closes the archive", async (t) => {
  const path = join(await temporary(t), "archive.tar");
  await writeFile(path, tarOf([jpg, jpg]));
  for await (const { name } of readPhotos(path)) {
    assert.equal(name, "a.jpg");
    break;
  }
  assert.ok((await readFile(path)).length > 0);
  const controller = new AbortController();
  const rest = readPhotos(path, { signal: controller.signal });
  await rest.next();
  controller.abort(new Error("enough"));
  await assert.rejects(rest.next(), /enough/);
});
