import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "@souk/core";
import { type FileRecord, readRecords, type RowFormat } from "./records.ts";

async function read(
  text: string,
  format: RowFormat,
  cuts: readonly number[] = [],
): Promise<FileRecord[]> {
  const bytes = Buffer.from(text);
  const ends = [...cuts, bytes.length];
  async function* pieces(): AsyncGenerator<Uint8Array> {
    let from = 0;
    for (const to of ends) {
      yield bytes.subarray(from, to);
      from = to;
    }
  }
  const records: FileRecord[] = [];
  for await (const record of readRecords(pieces(), format)) records.push(record);
  return records;
}

const members = (records: readonly FileRecord[]): unknown[] => records.map((r) => r.members);

test("JSON Lines give one record per line, numbered, blank lines left out", async () => {
  const records = await read('{"a":1}\r\n\n{"a":"zwei"}', "jsonl");
  assert.deepEqual(
    records.map(({ line, members: m }) => [line, m]),
    [
      [1, { a: 1 }],
      [3, { a: "zwei" }],
    ],
  );
});

test("a JSON line that is broken or no object is an error of that line alone", async () => {
  const records = await read('{"a":\n[1]\n{"a":2}\n', "jsonl");
  assert.deepEqual(
    records.map((record) => record.error?.code),
    ["SERVING_FILE_LINE", "SERVING_FILE_LINE", undefined],
  );
});

test("CSV cells keep quotes, commas and line breaks inside quotes, and the next line is numbered right", async () => {
  const records = await read('a,b\n"x,""y""\nz",2\n5" screen,3\n', "csv");
  assert.deepEqual(
    records.map(({ line, members: m }) => [line, m]),
    [
      [2, { a: 'x,"y"\nz', b: "2" }],
      [4, { a: '5" screen', b: "3" }],
    ],
  );
});

test("a CSV line with too many cells or an open quote is an error of that record", async () => {
  const records = await read('a,b\n1,2,3\n1,2\n"open,2\n', "csv");
  assert.deepEqual(
    records.map((record) => record.error?.message),
    ["expected 2 cells, got 3", undefined, "expected closed quotes around a cell, got an open one"],
  );
});

test("TSV has no quotes", async () => {
  assert.deepEqual(members(await read('a\tb\n"x\t"y"\n', "tsv")), [{ a: '"x', b: '"y"' }]);
});

test("a byte order mark is not part of the first name", async () => {
  assert.deepEqual(members(await read("\uFEFFa\n1\n", "csv")), [{ a: "1" }]);
});

test("where the stream is cut changes nothing, not even inside a character", async () => {
  const text = 'a,b\n"größe ""L""\nü",€\n日本,"x"\n,\n';
  const whole = await read(text, "csv");
  const rng = createRng("cuts");
  for (let round = 0; round < 200; round++) {
    const cuts = Array.from({ length: 5 }, () => rng.integer(Buffer.byteLength(text)));
    const cut = await read(
      text,
      "csv",
      cuts.toSorted((x, y) => x - y),
    );
    assert.deepEqual(members(cut), members(whole));
  }
});

test("an empty table and a repeated name in the header are refused", async () => {
  await assert.rejects(read("", "csv"), { code: "SERVING_FILE" });
  await assert.rejects(read("a,a\n1,2\n", "csv"), { code: "SERVING_FILE" });
});

test("a file without line breaks is refused before it fills the memory", async () => {
  await assert.rejects(read("x".repeat(4_100_000), "jsonl", [4_050_000]), { code: "SERVING_FILE" });
});
