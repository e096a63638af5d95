import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { knownShapes, type Lake, openLake } from "@souk/lake";
import { builtInTasks } from "@souk/models";
import { openTaskRows, type TaskRows } from "./task-rows.ts";

const category = builtInTasks["category"]!;

async function shop(t: TestContext): Promise<Lake> {
  const directory = await mkdtemp(join(tmpdir(), "souk-rows-"));
  const lake = openLake({ directory });
  t.after(async () => {
    await lake.close();
    await rm(directory, { recursive: true, force: true });
  });
  await add(lake, "products", [
    { product_id: "a", name: "mug", category_path: "X / Y / Z" },
    { product_id: "b", name: "cup", category_path: "X / Y / Z" },
    { product_id: "c", name: "hat", category_path: "X / Y / W" },
  ]);
  return lake;
}

async function add(
  lake: Lake,
  name: "products" | "images",
  rows: readonly object[],
): Promise<void> {
  const text = rows.map((row) => JSON.stringify(row)).join("\n");
  const stream = (async function* () {
    yield Buffer.from(text);
  })();
  await lake.ingest(
    name,
    { kind: "stream", stream },
    { shape: knownShapes[name], format: "jsonl" },
  );
}

function photo(product: string, position: number, hash: string): object {
  const facts = { width: 2, height: 2, ratio: 1, mode: "rgb", format: "jpeg", bytes: 9 };
  const added_at = "2026-11-22T00:00:00Z";
  return {
    image_id: product + hash,
    product_id: product,
    photo: hash,
    position,
    ...facts,
    added_at,
  };
}

async function photosOf(source: TaskRows): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for await (const { length, columns } of source.rows())
    for (let row = 0; row < length; row++)
      found[String(columns["product_id"]![row])] = columns["photo"]![row];
  return found;
}

test("a product has its first photo by position, then by hash; one without has none", async (t) => {
  const lake = await shop(t);
  await add(lake, "images", [
    photo("a", 2, "11"),
    photo("a", 1, "33"),
    photo("a", 1, "22"),
    photo("b", 0, "44"),
    photo("gone", 0, "55"),
  ]);
  assert.deepEqual(await photosOf(await openTaskRows(lake, category)), {
    a: "22",
    b: "44",
    c: null,
  });
});

test("a shop without photos gives every row none, and the products' own hash", async (t) => {
  const lake = await shop(t);
  const source = await openTaskRows(lake, category);
  assert.deepEqual(await photosOf(source), { a: null, b: null, c: null });
  const { version, hash } = await lake.snapshot("products");
  assert.deepEqual(source.data, { dataset: "products", version, hash });
});

test("another photo is other data, and the version of before gives the photos of before", async (t) => {
  const lake = await shop(t);
  await add(lake, "images", [photo("a", 1, "22")]);
  const before = await openTaskRows(lake, category);
  await add(lake, "images", [photo("a", 0, "11")]);
  const after = await openTaskRows(lake, category);
  assert.notEqual(after.data.hash, before.data.hash);
  assert.equal((await photosOf(after))["a"], "11");
  const again = await openTaskRows(lake, category, before.data);
  assert.deepEqual(again.data, before.data);
  assert.equal((await photosOf(again))["a"], "22");
});

test("photos that came later are left out where there were none", async (t) => {
  const lake = await shop(t);
  const before = await openTaskRows(lake, category);
  await add(lake, "images", [photo("a", 0, "11")]);
  const { version } = before.data;
  const again = await openTaskRows(lake, category, { version, photos: "none" });
  assert.deepEqual(again.data, before.data);
  assert.equal((await photosOf(again))["a"], null);
});

test("a task without photos reads its columns and nothing more", async (t) => {
  const lake = await shop(t);
  const { photos: _none, ...task } = category;
  const inputs = task.inputs.filter(({ kind }) => kind !== "image");
  const source = await openTaskRows(lake, { ...task, inputs });
  for await (const { columns } of source.rows()) assert.ok(!("photo" in columns));
});
