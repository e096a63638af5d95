import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import type { ColumnBatch } from "../rows/batch.ts";
import { parseTask } from "../task/parse.ts";
import { trainTask } from "../train.ts";
import { loadModel } from "./folder.ts";

const plain = {
  name: "cost",
  dataset: "products",
  inputs: [
    { column: "name", kind: "text" },
    { column: "kind", kind: "category" },
  ],
  target: { column: "price", kind: "number" },
  split: { kind: "random", validation: 0.2, test: 0.2 },
  metric: "mae",
  key: "id",
};

const colours = ["red", "blue", "green", "black", "white"];
const things = ["cotton shirt", "steel pan", "garden chair", "desk lamp"];

/** Eighty products; what a thing is decides its price. */
async function* products(): AsyncGenerator<ColumnBatch> {
  const names = things.flatMap((thing) =>
    Array.from(
      { length: 20 },
      (_, i) => `${colours[i % 5]} ${thing} ${i < 5 ? "small" : `no ${i}`}`,
    ),
  );
  yield {
    length: names.length,
    columns: {
      id: names.map((_, i) => `p${i}`),
      name: names,
      kind: names.map((_, i) => (i < 40 ? "indoors" : "outdoors")),
      price: names.map((_, i) => 10 * (1 + Math.floor(i / 20)) + (i % 5)),
    },
  };
}

async function trained(t: TestContext, task: object): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "souk-comparables-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const directory = join(folder, "cost");
  const data = { dataset: "products", version: 1, hash: "made-up" };
  await trainTask(parseTask(task), products(), { family: "linear", threads: 1, directory, data });
  return directory;
}

test("the training rows most like a row come with their numbers, best first", async (t) => {
  const directory = await trained(t, { ...plain, comparables: { title: "name" } });
  const model = await loadModel(directory);
  const asked = { name: ["red garden chair", "desk lamp no 7"], kind: ["outdoors", "outdoors"] };
  const [chairs, lamps] = await model.comparables({ length: 2, columns: asked }, 3);
  assert.equal(chairs.length, 3);
  for (const { title, value, key } of chairs) {
    assert.match(title, /garden chair/);
    assert.equal(Math.floor(value / 10), 3);
    assert.match(String(key), /^p(4|5)\d$/);
  }
  assert.match(lamps[0].title, /desk lamp/);
  const near = chairs.map(({ similarity }) => similarity);
  assert.deepEqual(
    near,
    near.toSorted((a, b) => b - a),
  );
  assert.ok(near[0] <= 1 && near[2] > 0.3, near.join(" "));
  model.close();
});

test("a row of the training part is most like itself", async (t) => {
  const model = await loadModel(await trained(t, { ...plain, comparables: { title: "name" } }));
  for await (const batch of products()) {
    const found = await model.comparables(batch, 1);
    const own = found.filter(([best], row) => best.key === batch.columns["id"][row]);
    assert.ok(own.length >= 40, String(own.length));
    for (const [best] of own) assert.ok(best.similarity > 0.999999);
  }
  model.close();
});

test("a task that asks for none has none", async (t) => {
  const model = await loadModel(await trained(t, plain));
  const batch = { length: 1, columns: { name: ["red chair"] } };
  await assert.rejects(model.comparables(batch, 1), { code: "MODEL_NO_COMPARABLES" });
  model.close();
});

test("comparable rows are for numbers, and name one column", () => {
  for (const task of [
    { ...plain, metric: "accuracy", target: { column: "price", kind: "class" } },
    { ...plain, comparables: { titles: "name" } },
    { ...plain, comparables: {} },
  ])
    assert.throws(() => parseTask({ comparables: { title: "name" }, ...task }), {
      code: "TASK_INVALID",
    });
});

test("an index that was changed is refused", async (t) => {
  const directory = await trained(t, { ...plain, comparables: { title: "name" } });
  const path = join(directory, "comparables.bin");
  const bytes = await readFile(path);
  bytes[bytes.length - 1] ^= 1;
  await writeFile(path, bytes);
  await assert.rejects(loadModel(directory), { code: "MODEL_CHECKSUM" });
});
