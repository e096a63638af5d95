import assert from "node:assert/strict";
import { test } from "node:test";
import { csvOf, jsonOf } from "./export.ts";

interface Row {
  readonly name: string;
  readonly stars: number | null;
}
const columns = [
  { id: "name", value: (row: Row) => row.name },
  { id: "stars", value: (row: Row) => row.stars },
];

test("CSV quotes commas, quotes and line breaks as RFC 4180 says", () => {
  const rows = [{ name: 'He said "no",\nthen left', stars: null }];
  assert.equal(csvOf(columns, rows), 'name,stars\r\n"He said ""no"",\nthen left",\r\n');
});

test("a cell that a spreadsheet would run stays text, a negative number stays a number", () => {
  assert.equal(
    csvOf(columns, [{ name: "=HYPERLINK(1)", stars: -2 }]),
    "name,stars\r\n'=HYPERLINK(1),-2\r\n",
  );
  for (const [text, cell] of [
    ["-9007199254740993", "-9007199254740993"],
    ["-1+cmd|' /C calc'!A0", "'-1+cmd|' /C calc'!A0"],
    ["+1", "'+1"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ["\n=1", '"\'\n=1"'],
  ] as const)
    assert.equal(csvOf(columns, [{ name: text, stars: null }]), `name,stars\r\n${cell},\r\n`);
});

test("JSON keeps types and writes nothing as null", () => {
  assert.deepEqual(JSON.parse(jsonOf(columns, [{ name: "lamp", stars: null }])), [
    { name: "lamp", stars: null },
  ]);
});
