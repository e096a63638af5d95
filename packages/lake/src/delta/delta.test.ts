import assert from "node:assert/strict";
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { manualClock } from "@souk/core";
import type { AddFile } from "./actions.ts";
import { commit } from "./commit.ts";
import { commitPath, listLog, logFolder } from "./log.ts";
import { schemaToDelta } from "./schema.ts";
import { readSnapshot, SnapshotCache } from "./snapshot.ts";

const root = await mkdtemp(join(tmpdir(), "souk-delta-"));
after(() => rm(root, { recursive: true, force: true }));

const clock = manualClock(1_700_000_000_000);
const metadata = {
  name: "t",
  format: { provider: "parquet", options: {} },
  schemaString: schemaToDelta([{ name: "x", type: "BIGINT", nullable: true }]),
  partitionColumns: [],
  configuration: {},
};
const file = (path: string, rows = 1): AddFile => ({
  path,
  partitionValues: {},
  size: 10,
  modificationTime: 0,
  dataChange: true,
  stats: JSON.stringify({ numRecords: rows }),
});
const write = async (table: string, path: string) =>
  commit(
    table,
    (state) => ({
      operation: "WRITE",
      adds: [file(path)],
      ...(state.version < 0 ? { metadata } : {}),
    }),
    { clock },
  );

test("the first commit holds protocol 1/2, metaData and the file as one JSON action per line", async () => {
  const table = join(root, "first");
  await write(table, "a.parquet");
  const lines = (await readFile(commitPath(table, 0), "utf8")).trimEnd().split("\n");
  const actions = lines.map((line): unknown => JSON.parse(line));
  assert.deepEqual(actions[1], { protocol: { minReaderVersion: 1, minWriterVersion: 2 } });
  assert.deepEqual(
    actions.map((action) => Object.keys(action as object)[0]),
    ["commitInfo", "protocol", "metaData", "add"],
  );
});

test("a hand-written log reads as the protocol says, percent signs and removed files included", async () => {
  const table = join(root, "by-hand");
  await write(table, "seed.parquet");
  const add = { ...file("c=A%2520B/part-1.parquet", 7), partitionValues: { c: "A B" } };
  await writeFile(
    commitPath(table, 1),
    `${JSON.stringify({ add })}\n${JSON.stringify({ remove: { path: "seed.parquet", dataChange: true } })}\n\n`,
  );
  const now = await readSnapshot(table);
  assert.deepEqual(
    now.files.map(({ path, rows }) => [path, rows]),
    [[join(table, "c=A%20B", "part-1.parquet"), 7]],
  );
  assert.deepEqual(
    (await readSnapshot(table, { version: 0 })).files.map(({ path }) => path),
    [join(table, "seed.parquet")],
  );
});

test("a snapshot from a checkpoint equals the replay of every commit", async () => {
  const table = join(root, "checkpoint");
  for (let i = 0; i < 9; i++)
    await commit(
      table,
      (state) => ({
        operation: "WRITE",
        adds: [{ ...file(`f${i}.parquet`), tags: { a: "1" } }],
        transactions: [{ appId: `t${i}`, version: 1 }],
        ...(i === 0 ? { metadata } : {}),
        removes:
          i === 5
            ? [{ path: "f2.parquet", dataChange: true, deletionTimestamp: state.version }]
            : [],
      }),
      { clock, checkpointEvery: 4 },
    );
  assert.deepEqual(
    (await listLog(table)).checkpoints.map(({ version }) => version),
    [4, 8],
  );
  assert.equal(
    await readFile(join(logFolder(table), "_last_checkpoint"), "utf8").then(
      (text) => JSON.parse(text).version,
    ),
    8,
  );
  const fast = await readSnapshot(table);
  for (const name of await readdir(logFolder(table)))
    if (name.includes("checkpoint")) await rm(join(logFolder(table), name));
  const slow = await readSnapshot(table);
  assert.deepEqual(
    fast.files.map(({ path, rows, add }) => [path, rows, add.tags]),
    slow.files.map(({ path, rows, add }) => [path, rows, add.tags]),
  );
  assert.equal(fast.hash, slow.hash);
  assert.deepEqual(new Map(fast.transactions), new Map(slow.transactions));
  assert.equal(fast.files.length, 8);
});

test("a reader without the old commits starts from the checkpoint", async () => {
  const table = join(root, "cleaned");
  for (let i = 0; i < 6; i++)
    await commit(
      table,
      (state) => ({
        operation: "WRITE",
        adds: [file(`f${i}.parquet`)],
        ...(state.version < 0 ? { metadata } : {}),
      }),
      { clock, checkpointEvery: 4 },
    );
  for (let i = 0; i < 4; i++) await rm(commitPath(table, i));
  assert.equal((await readSnapshot(table)).rows, 6);
});

test("of two writers that lose the race, the loser plans again on top of the winner", async () => {
  const table = join(root, "race");
  await write(table, "a.parquet");
  const seen: number[] = [];
  await commit(
    table,
    async (state) => {
      seen.push(state.version);
      if (seen.length === 1) await write(table, "b.parquet");
      return { operation: "WRITE", adds: [file("c.parquet")] };
    },
    { clock },
  );
  assert.deepEqual(seen, [0, 1]);
  assert.equal((await readSnapshot(table)).rows, 3);
});

test("the cache follows new commits and forgets a table that was made anew", async () => {
  const table = join(root, "cached");
  const cache = new SnapshotCache();
  await write(table, "a.parquet");
  const first = await readSnapshot(table, { cache });
  assert.equal(await readSnapshot(table, { cache }), first);
  await write(table, "b.parquet");
  assert.equal((await readSnapshot(table, { cache })).rows, 2);
  await rm(table, { recursive: true });
  await write(table, "z.parquet");
  assert.equal((await readSnapshot(table, { cache })).rows, 1);
});

test("a broken log, a newer protocol and a missing version are told apart", async () => {
  const table = join(root, "broken");
  await assert.rejects(readSnapshot(table), { code: "LAKE_NO_TABLE" });
  await write(table, "a.parquet");
  await assert.rejects(readSnapshot(table, { version: 9 }), { code: "LAKE_NO_VERSION" });
  await writeFile(
    commitPath(table, 1),
    JSON.stringify({ protocol: { minReaderVersion: 3, minWriterVersion: 7 } }),
  );
  await assert.rejects(readSnapshot(table), { code: "LAKE_PROTOCOL" });
  await appendFile(commitPath(table, 1), "\n{not json");
  await assert.rejects(readSnapshot(table), { code: "LAKE_LOG_INVALID" });
  await writeFile(
    commitPath(table, 1),
    JSON.stringify({ add: { ...file("x"), path: "..%2F..%2Fetc/passwd" } }),
  );
  await assert.rejects(readSnapshot(table), { code: "LAKE_LOG_INVALID" });
});
