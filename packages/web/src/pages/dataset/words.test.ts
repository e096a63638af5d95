import assert from "node:assert/strict";
import { test } from "node:test";
import { commitWords, faultyColumns, rowsOver, ruleWords, shortBatch } from "./words.ts";

test("the columns at fault are those the reasons name and the row has", () => {
  const row = {
    id: "t:1",
    batch: "b",
    file: "monday.csv",
    line: 2,
    raw: "",
    values: { star_rating: "9", review_date: null, review_body: "a: b" },
    reasons: [
      "star_rating: expected an integer from 1 to 5, got '9'",
      "review_date: expected a date",
      "line: expected 15 fields, got 3",
      "star_rating: expected a value",
    ],
  };
  assert.deepEqual(faultyColumns(row), ["star_rating", "review_date"]);
});

test("a commit is told in words", () => {
  const commit = (operation: string, summary: object) => ({
    version: 1,
    timestampMs: 0,
    operation,
    summary,
  });
  assert.equal(
    commitWords(commit("WRITE", { rows: 1, quarantined: 2 })),
    "1 row added, 2 rows refused",
  );
  assert.equal(
    commitWords(commit("MERGE", { rows: 3, replaced: 1 })),
    "3 rows added, 1 row replaced",
  );
  assert.equal(
    commitWords(commit("UNDO", { rowsRemoved: 3, rowsRestored: 1 })),
    "Batch undone: 3 rows taken out, 1 row came back",
  );
});

test("a hash is shortened, a name that people gave is not", () => {
  assert.equal(shortBatch("0123456789abcdef".repeat(4)), "0123456789");
  assert.equal(shortBatch("monday"), "monday");
});

test("what values must be is told from the shape, and a key is never empty", () => {
  assert.equal(
    ruleWords({ min: 1, max: 5, nullable: false }, false),
    "from 1 to 5; must be filled",
  );
  assert.equal(ruleWords({ oneOf: ["Y", "N"] }, false), "one of Y, N; may be empty");
  assert.equal(ruleWords({}, true), "must be filled");
});

test("rows over versions follow what came, was replaced and was undone", () => {
  const commits = [
    { operation: "WRITE", summary: { rows: 10, quarantined: 2 } },
    { operation: "MERGE", summary: { rows: 4, replaced: 3 } },
    { operation: "OPTIMIZE", summary: { rows: 99 } },
    { operation: "UNDO", summary: { rowsRemoved: 4, rowsRestored: 3 } },
  ].map((commit, version) => ({ version, timestampMs: 0, ...commit }));
  assert.deepEqual(rowsOver(commits), [10, 11, 11, 10]);
});
