import assert from "node:assert/strict";
import { test } from "node:test";
import { searchOf } from "./row-search.ts";

const rows = [
  { name: "Red lamp", price: 12.5 },
  { name: "Rug", price: 120 },
  { name: null, price: 7 },
];
const find = searchOf(
  [
    { id: "name", value: ({ name }: (typeof rows)[number]) => name },
    { id: "price", value: ({ price }: (typeof rows)[number]) => price },
  ],
  rows,
);

test("words are found in any column, in any case, and none finds all", () => {
  assert.deepEqual(find("LAMP"), [rows[0]]);
  assert.deepEqual(find("12"), [rows[0], rows[1]]);
  assert.deepEqual(find(""), rows);
  assert.deepEqual(find("null"), []);
});

test("words do not run from one column into the next", () => {
  assert.deepEqual(find("rug120"), []);
});
