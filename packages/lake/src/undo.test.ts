import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { createRng } from "@souk/core";
import { openLake } from "./lake.ts";
import type { DatasetShape } from "./shape.ts";

const root = await mkdtemp(join(tmpdir(), "souk-undo-"));
const lake = openLake({ directory: root, threads: 2 });
after(async () => {
  await lake.close();
  await rm(root, { recursive: true, force: true });
});

interface Batch {
  readonly id: string;
  readonly mode: "append" | "upsert";
  readonly rows: readonly (readonly [key: string, value: number])[];
}

/** The law: a table is the fold of the batches that were not undone. */
function fold(batches: readonly Batch[]): string[] {
  let rows: (readonly [string, number])[] = [];
  for (const { mode, rows: added } of batches) {
    const last = mode === "upsert" ? [...new Map(added).entries()] : added;
    const keys = new Set(added.map(([key]) => key));
    rows = [...(mode === "upsert" ? rows.filter(([key]) => !keys.has(key)) : rows), ...last];
  }
  return rows.map(([key, value]) => `${key} ${value}`).toSorted();
}

const shapeOf = (name: string): DatasetShape => ({
  name,
  columns: [
    { name: "k", type: "VARCHAR" },
    { name: "x", type: "INTEGER" },
  ],
  key: ["k"],
});

async function ingest(name: string, { id, mode, rows }: Batch): Promise<void> {
  const stream = (async function* () {
    yield Buffer.from(`k\tx\n${rows.map(([key, value]) => `${key}\t${value}\n`).join("")}`);
  })();
  await lake.ingest(
    name,
    { kind: "stream", stream, fileName: "x.tsv" },
    { shape: shapeOf(name), batchId: id, mode },
  );
}

async function rowsOf(name: string): Promise<string[]> {
  const rows: string[] = [];
  for await (const { length, columns } of lake.read(name, { columns: ["k", "x"] }))
    for (let i = 0; i < length; i++) rows.push(`${columns["k"]?.[i]} ${columns["x"]?.[i]}`);
  return rows.toSorted();
}

test("undo gives back what an upsert replaced, unless a later batch replaced it again", async () => {
  await ingest("hand", {
    id: "A",
    mode: "append",
    rows: [
      ["p", 1],
      ["q", 1],
    ],
  });
  await ingest("hand", {
    id: "B",
    mode: "upsert",
    rows: [
      ["p", 2],
      ["q", 2],
    ],
  });
  await ingest("hand", { id: "C", mode: "upsert", rows: [["q", 3]] });
  assert.deepEqual(await lake.undo("hand", "B"), { version: 3, rowsRemoved: 1, rowsRestored: 1 });
  assert.deepEqual(await rowsOf("hand"), ["p 1", "q 3"]);
  await lake.undo("hand", "C");
  assert.deepEqual(await rowsOf("hand"), ["p 1", "q 1"]);
  await assert.rejects(lake.undo("hand", "C"), { code: "LAKE_NO_BATCH" });
});

for (const seed of [1, 2, 3])
  test(`after random appends, upserts, undos, repeats and compactions the table is the fold of its batches (seed ${seed})`, async () => {
    const rng = createRng(seed);
    const name = `random${seed}`;
    let live: Batch[] = [];
    for (let step = 0; step < 28; step++) {
      const choice = rng.integer(10);
      const old = live[rng.integer(Math.max(1, live.length))];
      if (choice < 3 && old !== undefined) {
        await lake.undo(name, old.id);
        live = live.filter((batch) => batch !== old);
        // A batch that was undone may come again, now as the newest.
        if (choice === 0) {
          await ingest(name, old);
          live.push(old);
        }
      } else if (choice === 3 && step > 0) await lake.compact(name);
      else {
        const rows = Array.from(
          { length: 1 + rng.integer(5) },
          () => [`k${rng.integer(6)}`, rng.integer(1000)] as const,
        );
        const batch: Batch = {
          id: `b${step}`,
          mode: rng.integer(3) === 0 ? "append" : "upsert",
          rows,
        };
        await ingest(name, batch);
        live.push(batch);
      }
      if (live.length > 0 || step > 3)
        assert.deepEqual(await rowsOf(name), fold(live), `step ${step}`);
    }
  });
