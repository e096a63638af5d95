import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { gzipSync } from "node:zlib";
import { DuckDBInstance } from "@duckdb/node-api";
import type { IngestOptions } from "./ingest/ingest.ts";
import { openLake } from "./lake.ts";
import { type DatasetShape, knownShapes } from "./shape.ts";

const root = await mkdtemp(join(tmpdir(), "souk-lake-"));
const lake = openLake({ directory: join(root, "lake"), threads: 2 });
after(async () => {
  await lake.close();
  await rm(root, { recursive: true, force: true });
});

const stock: DatasetShape = {
  name: "stock",
  columns: [
    { name: "sku", type: "VARCHAR" },
    { name: "shelf", type: "VARCHAR" },
    { name: "pieces", type: "INTEGER", min: 0, max: 99 },
  ],
  key: ["sku"],
  partitionBy: ["shelf"],
};
const bytes = (text: string | Uint8Array, fileName = "rows.tsv") => ({
  kind: "stream" as const,
  fileName,
  stream: (async function* () {
    yield Buffer.from(text);
  })(),
});
const ingest = async (name: string, rows: string, options: IngestOptions = {}) =>
  lake.ingest(name, bytes(`sku\tshelf\tpieces\n${rows}`), {
    shape: { ...stock, name },
    ...options,
  });

async function rowsOf(name: string, version?: number): Promise<string[]> {
  const rows: string[] = [];
  for await (const { length, columns } of lake.read(name, {
    columns: ["sku", "shelf", "pieces"],
    version,
  }))
    for (let i = 0; i < length; i++)
      rows.push(`${columns["sku"]?.[i]} ${columns["shelf"]?.[i]} ${columns["pieces"]?.[i]}`);
  return rows.toSorted();
}

test("every bad row is quarantined with its line, its text and all its reasons, and nothing else is lost", async () => {
  const report = await ingest(
    "bad",
    "a\tA\t1\n\tB\tx\nshort\nb\tB\t100\nc\tC\t4.7\nd\tD\t-1\ne\tE\t\n",
    { batchId: "one" },
  );
  assert.equal(report.rows, 2);
  assert.equal(report.quarantined, 5);
  assert.deepEqual(report.reasons["pieces: expected an integer from 0 to 99"], 4);
  const rows = (await lake.quarantine("bad")).toSorted((a, b) => a.line - b.line);
  assert.deepEqual(
    rows.map(({ line, raw, reasons }) => [line, raw, reasons]),
    [
      [
        3,
        "\tB\tx",
        ["sku: expected a text, got nothing", "pieces: expected an integer from 0 to 99, got 'x'"],
      ],
      [4, "short", ["record: expected 3 columns, got 1"]],
      [5, "b\tB\t100", ["pieces: expected an integer from 0 to 99, got '100'"]],
      [6, "c\tC\t4.7", ["pieces: expected an integer from 0 to 99, got '4.7'"]],
      [7, "d\tD\t-1", ["pieces: expected an integer from 0 to 99, got '-1'"]],
    ],
  );
  assert.deepEqual(await rowsOf("bad"), ["a A 1", "e E null"]);
});

test("a replay with fixes moves rows from quarantine to the table, and its undo moves them back", async () => {
  await ingest("fix", "a\tA\tx\nb\tB\ty\n", { batchId: "one" });
  const [first, second] = await lake.quarantine("fix");
  assert.ok(first && second);
  const report = await lake.replay("fix", { fixes: { [first.id]: { pieces: "5" } } });
  assert.deepEqual([report.rows, report.quarantined], [1, 1]);
  assert.equal((await lake.quarantine("fix")).length, 1);
  assert.equal((await lake.list()).find(({ name }) => name === "fix")?.quarantined, 1);
  await lake.undo("fix", report.batchId);
  assert.deepEqual(
    (await lake.quarantine("fix")).map(({ id }) => id),
    [first.id, second.id],
  );
  await assert.rejects(lake.replay("fix", { ids: ["nope:1"] }), { code: "LAKE_NO_ROW" });
});

test("a dry run gives a verdict per column and writes nothing", async () => {
  const report = await lake.dryRun(
    "dry",
    bytes("sku\tshelf\tpieces\textra\na\tA\t1\tz\nb\tB\tmany\tz\n"),
    { shape: { ...stock, columns: [...stock.columns, { name: "note", type: "VARCHAR" }] } },
  );
  assert.deepEqual([report.rows, report.refused, report.ignored], [1, 1, ["extra"]]);
  assert.deepEqual(
    report.columns.map(({ name, verdict, bad }) => [name, verdict, bad]),
    [
      ["sku", "ok", 0],
      ["shelf", "ok", 0],
      ["pieces", "bad", 1],
      ["note", "warning", 0],
    ],
  );
  assert.deepEqual(
    report.badRows.map(({ line }) => line),
    [3],
  );
  assert.ok(!(await readdir(join(root, "lake"))).includes("dry"));
});

test("too many bad rows refuse the batch and leave no trace", async () => {
  await assert.rejects(ingest("share", "a\tA\t1\nb\tB\tx\n", { maxBadShare: 0.4 }), {
    code: "LAKE_TOO_MANY_BAD",
  });
  assert.deepEqual(
    (await lake.list()).filter(({ name }) => name === "share"),
    [],
  );
  assert.equal((await ingest("share", "a\tA\t1\nb\tB\tx\n", { maxBadShare: 0.5 })).rows, 1);
});

test("the same content or batch id twice is one batch", async () => {
  await ingest("same", "a\tA\t1\n");
  assert.equal((await ingest("same", "a\tA\t1\n")).skipped, true);
  await ingest("same", "b\tB\t1\n", { batchId: "x" });
  assert.equal((await ingest("same", "c\tC\t1\n", { batchId: "x" })).skipped, true);
  assert.deepEqual(await rowsOf("same"), ["a A 1", "b B 1"]);
});

test("upsert replaces by key, the last row of a batch wins, and repeated keys are counted", async () => {
  await ingest("up", "a\tA\t1\nb\tB\t2\na\tA\t9\n", { batchId: "1" });
  const report = await ingest("up", "b\tB\t3\nc\tC\t4\nb\tD\t5\n", {
    batchId: "2",
    mode: "upsert",
  });
  assert.deepEqual([report.rows, report.duplicates, report.replaced], [2, 1, 1]);
  assert.deepEqual(await rowsOf("up"), ["a A 1", "a A 9", "b D 5", "c C 4"]);
  assert.deepEqual(await rowsOf("up", 0), ["a A 1", "a A 9", "b B 2"]);
});

test("TSV, CSV, JSON Lines and Parquet, plain and gz, give the same rows", async () => {
  const folder = join(root, "formats");
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await rm(folder, { recursive: true, force: true });
  await writeFile(join(root, "rows.csv"), 'sku,shelf,pieces\n"a, ""1""",A,1\nb,"B\nB",2\n');
  await connection.run(
    `COPY (SELECT * FROM (VALUES ('a, "1"', 'A', 1), ('b', 'B' || chr(10) || 'B', 2)) t(sku, shelf, pieces)) TO '${join(root, "rows.parquet")}' (FORMAT parquet)`,
  );
  instance.closeSync();
  const json =
    '{"sku":"a, \\"1\\"","shelf":"A","pieces":1}\n{"pieces":"2","shelf":"B\\nB","sku":"b"}\n';
  await writeFile(join(root, "rows.jsonl.gz"), gzipSync(json));
  const want = ['a, "1" A 1', "b B\nB 2"];
  for (const file of ["rows.csv", "rows.parquet", "rows.jsonl.gz"]) {
    const name = `f_${file.replaceAll(".", "_")}`;
    assert.equal(
      (
        await lake.ingest(
          name,
          { kind: "file", path: join(root, file) },
          { shape: { ...stock, name } },
        )
      ).quarantined,
      0,
    );
    assert.deepEqual(await rowsOf(name), want, file);
  }
  await lake.ingest("f_stream", bytes(json), {
    shape: { ...stock, name: "f_stream" },
    format: "jsonl",
  });
  assert.deepEqual(await rowsOf("f_stream"), want);
});

test("a free table infers its types, takes new columns later and refuses a changed type", async () => {
  await lake.ingest("free", bytes("id,Price,when\n1,2.5,2024-01-31\n2,3,2024-02-01\n", "a.csv"), {
    mapping: { price: "Price" },
  });
  const types = async () =>
    (await lake.snapshot("free")).schema.map(({ name, type }) => `${name} ${type}`);
  assert.deepEqual(await types(), ["id BIGINT", "price DOUBLE", "when DATE"]);
  await lake.ingest("free", bytes("id,price,when,note\n3,1,2024-03-01,hi\n", "b.csv"));
  assert.deepEqual(await types(), ["id BIGINT", "price DOUBLE", "when DATE", "note VARCHAR"]);
  const notes: unknown[] = [];
  for await (const { columns } of lake.read("free", { columns: ["note"], where: "id < 3" }))
    notes.push(...Array.from(columns["note"] ?? []));
  assert.deepEqual(notes, [null, null]);
  const shape = { name: "free", columns: [{ name: "id", type: "VARCHAR" as const }] };
  await assert.rejects(lake.ingest("free", bytes("id\nx\n", "c.csv"), { shape }), {
    code: "LAKE_SCHEMA_CHANGE",
  });
  assert.equal(
    (await lake.ingest("free", bytes("id,price,when\nx,1,2024-03-01\n", "d.csv"))).quarantined,
    1,
  );
});

test("compaction keeps the rows and their batches, vacuum removes only what no version needs", async () => {
  for (let i = 0; i < 4; i++)
    await ingest("small", `a${i}\tA\t${i}\nb${i}\tB b/%\t${i}\n`, { batchId: `n${i}` });
  const before = await rowsOf("small");
  const report = await lake.compact("small");
  assert.deepEqual([report.filesBefore, report.filesAfter], [8, 2]);
  assert.deepEqual(await rowsOf("small"), before);
  assert.equal((await lake.vacuum("small")).filesRemoved, 0);
  await lake.undo("small", "n2");
  assert.deepEqual(
    await rowsOf("small"),
    before.filter((row) => !row.includes("2 ")),
  );
  for (const file of await readdir(join(root, "lake", "small"), { recursive: true }))
    if (file.endsWith(".parquet")) await utimes(join(root, "lake", "small", file), 0, 0);
  assert.equal((await lake.vacuum("small", { olderThanMs: -1000 })).filesRemoved, 10);
  assert.equal((await rowsOf("small")).length, 6);
});

test("rows written by a program are checked like any other", async () => {
  const report = await lake.write("made", { ...stock, name: "made" }, [
    { length: 2, columns: { sku: ["a", "b"], shelf: ["A", null], pieces: [1, 200] } },
  ]);
  assert.deepEqual([report.rows, report.quarantined], [1, 1]);
});

test("an aborted ingest leaves nothing behind", async () => {
  const stop = new AbortController();
  const stream = (async function* () {
    yield Buffer.from("sku\tshelf\tpieces\na\tA\t1\n");
    stop.abort(new Error("enough"));
    yield Buffer.from("b\tB\t1\n");
  })();
  await assert.rejects(
    lake.ingest(
      "stop",
      { kind: "stream", stream, fileName: "x.tsv" },
      { shape: { ...stock, name: "stop" }, signal: stop.signal },
    ),
    /enough/,
  );
  assert.ok(!(await lake.list()).some(({ name }) => name === "stop"));
  assert.deepEqual(
    (await readdir(join(root, "lake", ".tmp"))).filter((name) => name.startsWith("spool")),
    [],
  );
});

test("a constant of the mapping fills its column, and wins over a source column of that name", async () => {
  const csv = (text: string) => bytes(text, "day.csv");
  const mapping = { series_id: "=ADRO", close: "last" };
  await lake.ingest("series", csv("date,last\n2024-01-02,5\n"), { mapping });
  await lake.ingest("series", csv("date,last,series_id\n2024-01-03,6,other\n"), { mapping });
  const rows: string[] = [];
  for await (const { columns } of lake.read("series", { columns: ["series_id", "date", "close"] }))
    for (const [i, date] of Array.from(columns["date"] ?? []).entries())
      rows.push(JSON.stringify([columns["series_id"]?.[i], date, columns["close"]?.[i]]));
  assert.deepEqual(rows.toSorted(), ['["ADRO","2024-01-02",5]', '["ADRO","2024-01-03",6]']);
  for (const [column, value] of [
    ["series_id", "="],
    ["close", "=5"],
    ["nowhere", "=x"],
  ])
    await assert.rejects(
      lake.ingest("series", csv("date,close\n2024-01-04,5\n"), {
        mapping: { [column!]: value! },
      }),
      { code: "LAKE_MAPPING" },
    );
});

test("what cannot be ingested is refused with its own code", async () => {
  const reviews = { shape: knownShapes.reviews };
  await assert.rejects(lake.ingest("../x", bytes("")), { code: "LAKE_NAME_INVALID" });
  await assert.rejects(lake.ingest("x", { kind: "file", path: join(root, "absent.tsv") }), {
    code: "LAKE_SOURCE",
  });
  await assert.rejects(lake.ingest("x", bytes("a", "x.zip")), { code: "LAKE_FORMAT" });
  await assert.rejects(lake.ingest("x", bytes("a\tb\n1\t2\n"), reviews), { code: "LAKE_MAPPING" });
  await assert.rejects(lake.ingest("x", bytes("a\tb\n1\t2\n"), { mapping: { a: "zz" } }), {
    code: "LAKE_MAPPING",
  });
  await assert.rejects(lake.ingest("x", bytes("a\n1\n"), { mode: "upsert" }), {
    code: "LAKE_NO_KEY",
  });
  await assert.rejects(lake.ingest("x", bytes("a\n1\n"), { batchId: "a b" }), {
    code: "LAKE_BATCH_ID",
  });
  await assert.rejects(lake.ingest("x", bytes(gzipSync("a\n1\n").subarray(0, 15))), {
    code: "LAKE_SOURCE",
  });
  await assert.rejects(lake.undo("bad", "never"), { code: "LAKE_NO_BATCH" });
});

test("describe tells batches, history and partitions", async () => {
  await ingest("told", "a\tA\t1\nb\tB\t2\nc\tB\t3\n", { batchId: "1" });
  await lake.undo("told", "1");
  await ingest("told", "a\tA\t1\nb\tB\t2\nc\tB\t3\n", { batchId: "1" });
  const told = await lake.describe("told");
  assert.deepEqual(
    told.batches.map(({ batchId, rows, undone }) => [batchId, rows, undone]),
    [
      ["1", 3, true],
      ["1", 3, false],
    ],
  );
  assert.deepEqual(
    told.history.map(({ operation }) => operation),
    ["WRITE", "UNDO", "WRITE"],
  );
  assert.deepEqual(
    told.partitionList.map(({ values, rows }) => [values["shelf"], rows]),
    [
      ["A", 1],
      ["B", 2],
    ],
  );
});
