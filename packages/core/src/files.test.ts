import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { putFileIfAbsent, writeFileAtomic, writeFolderAtomic } from "./files.ts";

test("a rewritten file has the new bytes and nothing is left beside it", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "souk-files-"));
  t.after(() => rm(folder, { recursive: true }));
  await writeFileAtomic(join(folder, "deep/card.json"), "old");
  await writeFileAtomic(join(folder, "deep/card.json"), "new");
  assert.equal(await readFile(join(folder, "deep/card.json"), "utf8"), "new");
  assert.deepEqual(await readdir(join(folder, "deep")), ["card.json"]);
});

test("of fifty that put the same file at once exactly one wins, and its bytes stay", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "souk-files-"));
  t.after(() => rm(folder, { recursive: true }));
  const path = join(folder, "0.json");
  const won = await Promise.all(
    Array.from({ length: 50 }, (_, i) => putFileIfAbsent(path, `writer ${i}`)),
  );
  assert.equal(won.filter(Boolean).length, 1);
  assert.equal(await readFile(path, "utf8"), `writer ${won.indexOf(true)}`);
  assert.deepEqual(await readdir(folder), ["0.json"]);
});

test("a folder appears whole, is replaced only when asked for, and leaves nothing beside it", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "souk-files-"));
  t.after(() => rm(folder, { recursive: true }));
  const path = join(folder, "deep/model");
  await writeFolderAtomic(path, { a: "1", b: "2" });
  await assert.rejects(writeFolderAtomic(path, { a: "3" }));
  assert.deepEqual(await readdir(path), ["a", "b"]);
  await writeFolderAtomic(path, { a: "3" }, { replace: true });
  assert.deepEqual(await readdir(path), ["a"]);
  assert.equal(await readFile(join(path, "a"), "utf8"), "3");
  assert.deepEqual(await readdir(join(folder, "deep")), ["model"]);
});
