import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { guessMapping, neededMapping } from "./mapping.ts";
import { formatOf, readHead } from "./source-head.ts";

test("the name of a file tells its format as the server reads it", () => {
  assert.deepEqual(["a.csv", "b.TSV.gz", "c.ndjson", "d.parquet", "e.xlsx", "csv"].map(formatOf), [
    "csv",
    "tsv",
    "jsonl",
    "parquet",
    undefined,
    undefined,
  ]);
});

test("quoted fields of CSV keep their commas, quotes and line ends", async () => {
  const text = '\uFEFFid,"the, name",body\r\n1,"a ""b""","two\nlines"\r\n2,,c\r\n';
  assert.deepEqual(await readHead(new Blob([text]), "csv"), {
    names: ["id", "the, name", "body"],
    samples: [
      ["1", "2"],
      ['a "b"', ""],
      ["two\nlines", "c"],
    ],
  });
});

test("a gzipped file is unpacked as far as its head goes", async () => {
  const rows = Array.from({ length: 200_000 }, (_, i) => `${i}\t${Math.sin(i)}\n`).join("");
  const packed = new Uint8Array(gzipSync(`number\tsine\n${rows}`));
  assert.ok(packed.length > 300 * 1024);
  const head = await readHead(new Blob([packed]), "tsv");
  assert.deepEqual(head?.names, ["number", "sine"]);
  assert.deepEqual(head?.samples[0], ["0", "1", "2"]);
});

test("members of JSON Lines come in order of first appearance, and torn lines are left out", async () => {
  const text = '{"a":1,"b":null}\nnot json\n[1]\n{"c":{"d":[2]},"a":"x"}\n{"a":';
  assert.deepEqual(await readHead(new Blob([text]), "jsonl"), {
    names: ["a", "b", "c"],
    samples: [
      ["1", "x"],
      ["", ""],
      ["", '{"d":[2]}'],
    ],
  });
});

test("names that mean one column go there, names that could mean two go nowhere", () => {
  const wanted = ["customer_id", "product_id", "star_rating", "review_body", "review_date"];
  const mapping = guessMapping(wanted, ["Product_ID", "id", "stars", "reviewBody", "date", "text"]);
  assert.deepEqual(mapping, {
    product_id: "Product_ID",
    star_rating: "stars",
    review_body: "reviewBody",
    review_date: "date",
  });
  assert.deepEqual(neededMapping(mapping), {
    star_rating: "stars",
    review_body: "reviewBody",
    review_date: "date",
  });
});
