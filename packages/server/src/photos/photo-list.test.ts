import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type ListedPhoto, readPhotoList, type UnreadableLine } from "./photo-list.ts";

async function list(t: TestContext, format: "csv" | "tsv" | "jsonl", text: string) {
  const folder = await mkdtemp(join(tmpdir(), "souk-list-"));
  t.after(() => rm(folder, { recursive: true }));
  const path = join(folder, "list");
  await writeFile(path, text);
  const read: (ListedPhoto | UnreadableLine)[] = [];
  for await (const entry of readPhotoList(path, { format })) read.push(entry);
  return read;
}

test("a CSV is read by its header, quoted or not, with a byte order mark and any line ends", async (t) => {
  const text = `\uFEFFPosition,product_id,url\r\n2,"a,1",https://x.example/1\r\n\r\n,b,https://x.example/2\n`;
  assert.deepEqual(await list(t, "csv", text), [
    { line: 2, productId: "a,1", kind: "url", where: "https://x.example/1", position: 2 },
    { line: 4, productId: "b", kind: "url", where: "https://x.example/2" },
  ]);
});

test("JSON Lines take numbers for ids, and an address before a file", async (t) => {
  const text = `{"product_id": 7, "file": "a.jpg"}\n{"product_id":"8","url":"u","file":"f"}\n`;
  assert.deepEqual(await list(t, "jsonl", text), [
    { line: 1, productId: "7", kind: "file", where: "a.jpg" },
    { line: 2, productId: "8", kind: "url", where: "u" },
  ]);
});

test("an unreadable line is told with its number, and the others are read", async (t) => {
  const text = `nonsense\n[1]\n{"product_id":""}\n{"product_id":"a"}\n{"product_id":"a","url":"u"}`;
  const read = await list(t, "jsonl", text);
  assert.deepEqual(
    read.map((entry) => ("problem" in entry ? `${entry.line} ${entry.problem}` : entry.where)),
    ["1 not a record", "2 not a record", "3 no product_id", "4 neither url nor file", "u"],
  );
});

test("a list without its columns, or with a line that never ends, is refused", async (t) => {
  await assert.rejects(list(t, "csv", "id,link\n1,2\n"), { code: "PHOTO_LIST_INVALID" });
  await assert.rejects(list(t, "jsonl", "x".repeat(3_000_000)), { code: "PHOTO_LIST_INVALID" });
});
