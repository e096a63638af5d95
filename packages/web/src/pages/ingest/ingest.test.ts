import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { guessMapping, neededMapping } from "./mapping.ts";
import { progressOf, progressWords } from "./progress.ts";
import { uploadOf } from "./plan.ts";
import type { ReadAs } from "./read-as.ts";
import { formatOf, readHead } from "./source-head.ts";
import { verdictOf } from "./verdict.ts";

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
    readAs: { delimiter: "comma", encoding: "utf-8" },
  });
});

test("a file of a German Excel is read with its semicolons and its letters, and may be read otherwise", async () => {
  const text = 'Artikel;Preis, brutto\r\n"Größe; 42";12,90\r\n';
  const file = new Blob([Uint8Array.from(text, (letter) => letter.codePointAt(0) ?? 0)]);
  assert.deepEqual(
    await readHead(file, "csv", { delimiter: "semicolon", encoding: "windows-1252" }),
    {
      names: ["Artikel", "Preis, brutto"],
      samples: [["Größe; 42"], ["12,90"]],
      readAs: { delimiter: "semicolon", encoding: "windows-1252" },
    },
  );
  const plain = new Blob([Uint8Array.from("a;b\nß;1\n", (letter) => letter.codePointAt(0) ?? 0)]);
  assert.deepEqual((await readHead(plain, "csv"))?.samples, [["ß"], ["1"]]);
  const wide = new Uint8Array(Buffer.from("\u{feff}a\tü|\n1\t2\n", "utf16le"));
  assert.deepEqual(await readHead(new Blob([wide]), "csv"), {
    names: ["a", "ü|"],
    samples: [["1"], ["2"]],
    readAs: { delimiter: "tab", encoding: "utf-16" },
  });
  assert.equal((await readHead(new Blob(["a,b\nü,\u{fffd}\n"]), "csv"))?.readAs?.encoding, "utf-8");
});

test("what is not plain UTF-8 with commas, or another format than the name says, is told to the server", () => {
  const plan = { file: new File(["x"], "a.csv"), dataset: "stock", mode: "append" } as const;
  const head = { names: [], samples: [] };
  const queryOf = (format: "csv" | "tsv", readAs: ReadAs) => {
    const {
      mode: _,
      progressId: __,
      fileName: ___,
      ...rest
    } = uploadOf({ ...plan, format, head: { ...head, readAs } }, {}, "id").query;
    return rest;
  };
  assert.deepEqual(queryOf("csv", { delimiter: "comma", encoding: "utf-8" }), {});
  assert.deepEqual(queryOf("csv", { delimiter: "pipe", encoding: "utf-16" }), {
    delimiter: "pipe",
    encoding: "utf-16",
  });
  assert.deepEqual(queryOf("tsv", { encoding: "utf-8" }), { format: "tsv" });
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
    readAs: { encoding: "utf-8" },
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

test("a dry run comes down to a sentence", () => {
  const column = (name: string, bad: number, verdict: "ok" | "warning" | "bad" = "ok") => ({
    name,
    type: "VARCHAR",
    nulls: 0,
    bad,
    samples: [],
    verdict,
  });
  assert.deepEqual(verdictOf({ rows: 0, refused: 0, columns: [] }).text, "The file has no rows.");
  assert.deepEqual(
    verdictOf({ rows: 1000, refused: 0, columns: [column("a", 0), column("b", 0, "warning")] }),
    { text: "All 1,000 rows would be taken. 1 column would be empty.", tone: "good" },
  );
  assert.equal(
    verdictOf({ rows: 0, refused: 2, columns: [column("price_minor", 2)] }).text,
    "None of 2 rows would be taken, most for price_minor. price_minor is in minor units (pence, cents): 129.95 is written 12995.",
  );
  const price = { ...column("price", 0), hasDecimalCommas: true as const };
  assert.equal(
    verdictOf({ rows: 5, refused: 0, columns: [column("a", 0), price] }).text,
    "All 5 rows would be taken. The comma in price is read as a decimal comma.",
  );
  assert.deepEqual(verdictOf({ rows: 9, refused: 1, columns: [column("a", 0), column("b", 1)] }), {
    text: "9 of 10 rows would be taken; 1 would be set aside to mend, most for b.",
    tone: "warn",
  });
  assert.deepEqual(verdictOf({ rows: 0, refused: 2, columns: [column("a", 2)] }), {
    text: "None of 2 rows would be taken, most for a.",
    tone: "bad",
  });
});

test("progress is told in words, whatever the event leaves out", () => {
  assert.equal(progressWords(undefined), "The file is on its way");
  const read = { phase: "read", bytes: 40, totalBytes: 100, rows: 1, etaMs: 3000 };
  assert.equal(
    progressWords(progressOf(read)),
    "Its rows are being checked · 40 % · 1 row · 3.0 s left",
  );
  assert.equal(
    progressWords(progressOf({ phase: "read", photos: 12, refused: 0 })),
    "Photos are being looked at · 12 photos",
  );
  assert.equal(progressOf({ phase: "receive", bytes: 5, totalBytes: 0 }).share, undefined);
});

test("a name that fits two columns waits until another has taken one of them", () => {
  const wanted = ["helpful_votes", "total_votes"];
  assert.deepEqual(guessMapping(wanted, ["votes"]), {});
  assert.deepEqual(guessMapping(wanted, ["votes", "total"]), {
    total_votes: "total",
    helpful_votes: "votes",
  });
});
