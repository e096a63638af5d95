import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { createRng } from "@souk/core";
import { openLake } from "./lake.ts";

const root = await mkdtemp(join(tmpdir(), "souk-durable-"));
after(() => rm(root, { recursive: true, force: true }));

const GOOD_ROWS = 29;

function startWriter(
  args: readonly string[],
  acknowledged: string[],
): { child: ChildProcess; ended: Promise<number | null> } {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, "durability-writer.ts"), ...args],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const lines = createInterface({ input: child.stdout });
  lines.on("line", (line) => acknowledged.push(line));
  return { child, ended: new Promise((done) => child.on("close", done)) };
}

/** Rows of every batch in the table, by batch id, and the quarantined ones. */
async function contentOf(
  directory: string,
): Promise<{ rows: Map<string, number>; bad: Map<string, number>; ids: string[] }> {
  const lake = openLake({ directory, threads: 1 });
  try {
    const rows = new Map<string, number>();
    const ids: string[] = [];
    for await (const { length, columns } of lake.read("events", { columns: ["id"] }))
      for (let i = 0; i < length; i++) {
        const id = String(columns["id"]?.[i]);
        const batch = id.slice(0, id.lastIndexOf("-"));
        ids.push(id);
        rows.set(batch, (rows.get(batch) ?? 0) + 1);
      }
    const bad = new Map<string, number>();
    for (const { batch } of await lake.quarantine("events", { limit: 1e6 }))
      bad.set(batch, (bad.get(batch) ?? 0) + 1);
    return { rows, bad, ids };
  } finally {
    await lake.close();
  }
}

test("a writer killed with SIGKILL at random moments loses no acknowledged batch and tears none", async () => {
  const kills = Number(process.env["SOUK_KILLS"] ?? 10);
  const directory = join(root, "killed");
  const rng = createRng(11);
  const acknowledged: string[] = [];
  for (let round = 0; round < kills; round++) {
    const { child, ended } = startWriter([directory, `r${round}`, "0", "append"], acknowledged);
    const before = acknowledged.length;
    const wanted = before + 1 + rng.integer(4);
    // The kill falls a random time after the acknowledgement of a random batch, so anywhere inside the next ones.
    await new Promise<void>((done) => {
      child.stdout?.on("data", () => {
        if (acknowledged.length >= wanted - 1) setTimeout(done, rng.integer(40));
      });
      child.on("close", () => done());
    });
    child.kill("SIGKILL");
    await ended;
  }
  const { rows, bad, ids } = await contentOf(directory);
  for (const batch of acknowledged)
    assert.equal(rows.get(batch), GOOD_ROWS, `acknowledged batch ${batch}`);
  for (const [batch, count] of rows) assert.equal(count, GOOD_ROWS, `batch ${batch} is torn`);
  for (const batch of rows.keys()) assert.equal(bad.get(batch), 1, `quarantine of ${batch}`);
  assert.equal(new Set(ids).size, ids.length);
  assert.ok(acknowledged.length >= kills);
});

test("four writer processes commit 25 batches each and none is lost", async () => {
  const directory = join(root, "four");
  const acknowledged: string[] = [];
  const codes = await Promise.all(
    ["a", "b", "c", "d"].map(
      (name) => startWriter([directory, name, "25", "append"], acknowledged).ended,
    ),
  );
  assert.deepEqual(codes, [0, 0, 0, 0]);
  const { rows, bad } = await contentOf(directory);
  assert.equal(rows.size, 100);
  assert.ok([...rows.values()].every((count) => count === GOOD_ROWS));
  assert.equal(bad.size, 100);
  assert.deepEqual(new Set(acknowledged), new Set(rows.keys()));
});

test("three processes that upsert the same keys leave one row per key, all of one batch", async () => {
  const directory = join(root, "upserts");
  const codes = await Promise.all(
    ["a", "b", "c"].map((name) => startWriter([directory, name, "6", "upsert"], []).ended),
  );
  assert.deepEqual(codes, [0, 0, 0]);
  const lake = openLake({ directory, threads: 1 });
  const seen: string[] = [];
  for await (const { columns } of lake.read("events", { columns: ["id", "_batch"] }))
    seen.push(...Array.from(columns["_batch"] ?? [], String));
  const told = await lake.describe("events");
  await lake.close();
  assert.equal(seen.length, GOOD_ROWS);
  assert.equal(new Set(seen).size, 1);
  assert.equal(told.batches.length, 18);
});
