import assert from "node:assert/strict";
import { test } from "node:test";
import { commandOf, examplesFor, sqlName } from "./sql-words.ts";
import { chosenSpec, NO_SERIES } from "./use-chart-choice.ts";

test("a name that is not plain is quoted, with its quotes doubled", () => {
  assert.deepEqual(["star_rating", "Year", 'a"b', "x y"].map(sqlName), [
    "star_rating",
    '"Year"',
    '"a""b"',
    '"x y"',
  ]);
});

test("a statement is one word of the shell", () => {
  assert.equal(commandOf("select 'a'"), String.raw`npx souk sql 'select '\''a'\'''`);
});

test("examples are those whose columns there are", () => {
  const titles = examplesFor({ reviews: ["star_rating"], stock: ["pieces"] }).map(
    ({ title }) => title,
  );
  assert.deepEqual(titles, [
    "How many reviews give how many stars?",
    "The first rows of reviews",
    "The first rows of stock",
  ]);
});

const result = { columns: ["a", "b", "c"].map((name) => ({ name, type: "DOUBLE" })), rows: [] };
const suggestion = { kind: "line", x: "a", y: "b", series: "c" } as const;

test("what was chosen goes over what was suggested, and a column of another answer does not", () => {
  const choice = { kind: "bar", x: "gone", y: "c", series: NO_SERIES };
  assert.deepEqual(chosenSpec(choice, suggestion, result), { kind: "bar", x: "a", y: "c" });
  const none = { kind: "", x: "", y: "", series: "" };
  assert.deepEqual(chosenSpec(none, suggestion, result), suggestion);
});
