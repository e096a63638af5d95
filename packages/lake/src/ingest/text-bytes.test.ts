import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { openLake } from "../lake.ts";
import type { IngestOptions } from "./ingest.ts";

const root = await mkdtemp(join(tmpdir(), "souk-text-bytes-"));
const lake = openLake({ directory: join(root, "lake"), threads: 2 });
after(async () => {
  await lake.close();
  await rm(root, { recursive: true, force: true });
});

const german = ["sku;name;price", 'S-1;"Größe 42; weiß";129', "S-2;Straßenschuh, süß;89", ""].join(
  "\r\n",
);
const wanted = [
  ["S-1", "Größe 42; weiß", 129],
  ["S-2", "Straßenschuh, süß", 89],
];

/** Brings the bytes in, two at a time, so that no letter and no line comes whole, and answers what is stored. */
async function stored(
  name: string,
  content: Buffer,
  options: IngestOptions = {},
): Promise<unknown[][]> {
  const stream = (async function* () {
    for (let at = 0; at < content.length; at += 2) yield content.subarray(at, at + 2);
  })();
  await lake.ingest(name, { kind: "stream", fileName: `${name}.csv`, stream }, options);
  const { schema } = await lake.snapshot(name);
  const rows: unknown[][] = [];
  for await (const { length, columns } of lake.read(name, {
    columns: schema.map((one) => one.name).filter((one) => !one.startsWith("_")),
  }))
    for (let i = 0; i < length; i++) rows.push(Object.values(columns).map((one) => one[i]));
  return rows.map((row) => row.map((cell) => (typeof cell === "bigint" ? Number(cell) : cell)));
}

test("CSV with semicolons, tabs or pipes is read by what its first line has instead of commas", async () => {
  assert.deepEqual(await stored("semicolons", Buffer.from(german)), wanted);
  for (const [name, mark] of [
    ["tabs", "\t"],
    ["pipes", "|"],
  ] as const) {
    const text = german.replaceAll(/;(?! )/g, mark);
    assert.deepEqual(await stored(name, Buffer.from(text)), wanted, name);
  }
});

test("a delimiter that is said wins over the first line", async () => {
  const text = Buffer.from("a,b;c\n1,x;3\n");
  assert.deepEqual(await stored("said", text, { delimiter: "semicolon", mapping: { ab: "a,b" } }), [
    ["1,x", 3],
  ]);
  assert.deepEqual(await stored("comma", text, { mapping: { bc: "b;c" } }), [[1, "x;3"]]);
});

test("a quoted header may hold the delimiters of others", async () => {
  const text = '"price, net";"a|b|c"\n1;2\n';
  const mapping = { net: "price, net", marks: "a|b|c" };
  assert.deepEqual(await stored("quoted", Buffer.from(text), { mapping }), [[1, 2]]);
});

test("Windows-1252 is read when it is said, UTF-16 by its mark, and letters come whole over torn chunks", async () => {
  const latin = Buffer.from(german, "latin1");
  assert.deepEqual(await stored("latin", latin, { encoding: "windows-1252" }), wanted);
  const wide = Buffer.from(`\u{feff}${german}`, "utf16le");
  assert.deepEqual(await stored("wide", wide), wanted);
  assert.deepEqual(await stored("swapped", Buffer.from(wide).swap16()), wanted);
  assert.deepEqual(await stored("marked", Buffer.from(`\u{feff}${german}`)), wanted);
});

test("a euro sign of Windows-1252 is a euro sign", async () => {
  const content = Buffer.from([...Buffer.from("a,b\n1,"), 0x80, 0x0a]);
  assert.deepEqual(await stored("euro", content, { encoding: "windows-1252" }), [[1, "€"]]);
});

test("other bytes are refused row by row when nothing is said of them", async () => {
  const report = await lake.dryRun("latin_unsaid", {
    kind: "stream",
    fileName: "a.csv",
    stream: (async function* () {
      yield Buffer.from("a,b\n1,plain\n2,gr\xfcn\n", "latin1");
    })(),
  });
  assert.deepEqual([report.rows, report.refused], [1, 1]);
});

test("numbers with leading zeros are names of things and stay as they are", async () => {
  const rows = await stored("zeros", Buffer.from("ean,pieces,price\n00412,0,0.5\n10412,7,12\n"));
  assert.deepEqual(rows, [
    ["00412", 0, 0.5],
    ["10412", 7, 12],
  ]);
});
