import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "@souk/core";
import { MAX_RECORD_BYTES, parseCsvRecord, readableRecord, RecordNumberer } from "./records.ts";

function number(chunks: readonly (string | Uint8Array)[], delimiter?: string) {
  const refused: [number, string][] = [];
  const numberer = new RecordNumberer({
    delimiter,
    refuse: (line, _raw, reason) => refused.push([line, reason]),
  });
  const options = { withHeader: true, split: delimiter ?? "\t" };
  const out = chunks.map((chunk) => numberer.push(Buffer.from(chunk), options).bytes);
  out.push(numberer.end(options).bytes);
  const lines = Buffer.concat(out).toString("utf8").split("\n").slice(0, -1);
  return { header: numberer.header, records: lines.map((line) => line.split("\u001f")), refused };
}

test("records keep the line number of the source; blank lines, BOM and CRLF are no rows", () => {
  const { header, records } = number(["\ufeffa\tb\r\n1\t2\r\n\r\n3\t4"]);
  assert.deepEqual(header, ["a", "b"]);
  assert.deepEqual(records, [
    ["2", "1\t2"],
    ["4", "3\t4"],
  ]);
});

test("a quoted CSV record over several lines is one record, and reads back as CSV", () => {
  const { records } = number(['a,b\n1,"x, ""y""\nz"\n2,plain\n'], ",");
  assert.deepEqual(
    records.map(([line]) => line),
    ["2", "4"],
  );
  assert.equal(readableRecord(records[0]?.[1] ?? ""), '1,"x, ""y""\nz"');
});

test("where the chunks are cut does not matter", () => {
  const rng = createRng(3);
  const text = Buffer.from('a,b\né,"😀\n, ""q"" "\r\n\u001fx,y\n"",\n1,"2"\n');
  const whole = number([text], ",");
  for (let trial = 0; trial < 200; trial++) {
    const chunks: Uint8Array[] = [];
    for (let at = 0; at < text.length;) {
      const end = Math.min(text.length, at + 1 + rng.integer(7));
      chunks.push(text.subarray(at, end));
      at = end;
    }
    assert.deepEqual(number(chunks, ","), whole);
  }
});

test("invalid UTF-8, an endless record and an unclosed quote are refused with their line", () => {
  assert.deepEqual(number([Buffer.from("a\nok\n\xff\xfe\nok\n", "latin1")]).refused, [
    [3, "record: expected UTF-8 text, got other bytes"],
  ]);
  const long = number([
    "a\n",
    "x".repeat(MAX_RECORD_BYTES),
    "y".repeat(MAX_RECORD_BYTES),
    "\nok\n",
  ]);
  assert.deepEqual([long.refused.map(([line]) => line), long.records], [[2], [["3", "ok"]]]);
  assert.equal(number(['a,b\n1,"never\n2,3\n'], ",").refused.length, 1);
});

test("fields of a CSV record follow RFC 4180", () => {
  assert.deepEqual(parseCsvRecord('1,"a,b","say ""hi""",,"x"y', ","), [
    "1",
    "a,b",
    'say "hi"',
    "",
    "xy",
  ]);
  assert.throws(() => parseCsvRecord('"open', ","), { code: "LAKE_CSV" });
});
