import assert from "node:assert/strict";
import { test } from "node:test";
import { pivoted } from "./pivot.ts";

const result = {
  columns: [
    { name: "category", type: "VARCHAR" },
    { name: "stars", type: "INTEGER" },
    { name: "reviews", type: "BIGINT" },
    { name: "average", type: "DOUBLE" },
  ],
  rows: [
    ["Toys", 5, 30, 4],
    ["Toys", 1, 10, 4],
    ["Books", 5, 7, 5],
  ],
  rowCount: 3,
  truncated: false,
};

test("a stacked bar becomes one row a bar, one column a stack, and what is the same all along", () => {
  const table = pivoted(
    { kind: "stacked-bar", x: "category", y: "reviews", series: "stars" },
    result,
  );
  assert.deepEqual(
    table.columns.map(({ name }) => name),
    ["category", "1", "5", "average"],
  );
  assert.deepEqual(table.rows, [
    ["Toys", 10, 30, 4],
    ["Books", 0, 7, 5],
  ]);
  assert.equal(table.rowCount, 2);
});

test("other charts and unknown columns are left alone", () => {
  assert.equal(pivoted({ kind: "bar", x: "category", y: "reviews" }, result), result);
  assert.equal(
    pivoted({ kind: "stacked-bar", x: "category", y: "nothing", series: "stars" }, result),
    result,
  );
});
