import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng, unitHash } from "@souk/core";
import type { Task } from "../task/task.ts";
import type { ColumnBatch } from "./batch.ts";
import { selectRows } from "./batch.ts";
import { splitRows } from "./split.ts";

const task: Task = {
  name: "t",
  dataset: "d",
  inputs: [{ column: "text", kind: "text" }],
  target: { column: "stars", kind: "ordinal" },
  split: { kind: "grouped", by: "customer", validation: 0.1, test: 0.2 },
  metric: "accuracy",
  baseline: "majority",
  key: "id",
};

function rowsOf(count: number): ColumnBatch {
  const rng = createRng(1);
  const rows = Array.from({ length: count }, (_, i) => i);
  return {
    length: count,
    columns: {
      id: rows.map((i) => `r${i}`),
      text: rows.map((i) => `text ${i}`),
      stars: rows.map((i) => (i % 50 === 0 ? null : 1 + rng.integer(5))),
      customer: rows.map(() => `c${rng.integer(count / 3)}`),
      day: rows.map((i) => `2024-01-${String(1 + (i % 28)).padStart(2, "0")}`),
    },
  };
}

test("no customer is on two sides and no row on two or none", () => {
  const batch = rowsOf(3000);
  const split = splitRows(task, batch);
  const sides = [split.train, split.validation, split.test].map(
    (rows) => new Set(Array.from(rows, (row) => batch.columns["customer"][row])),
  );
  for (const [i, a] of sides.entries())
    for (const b of sides.slice(i + 1)) assert.equal(a.isDisjointFrom(b), true);
  const all = [...split.train, ...split.validation, ...split.test];
  assert.equal(new Set(all).size, all.length);
  assert.equal(all.length + split.dropped, 3000);
});

test("rows without a target are dropped and counted", () => {
  assert.equal(splitRows(task, rowsOf(3000)).dropped, 60);
});

test("a customer is a test customer when its hash is below the test share", () => {
  const batch = rowsOf(3000);
  for (const row of splitRows(task, batch).test)
    assert.ok(unitHash(`t:${String(batch.columns["customer"][row])}`) < 0.2);
});

test("the sides and their order do not depend on the order rows arrive in", () => {
  const batch = rowsOf(500);
  const order = Array.from({ length: 500 }, (_, i) => i);
  createRng(3).shuffle(order);
  const shuffled = selectRows(batch, order);
  const ids = (b: ColumnBatch, rows: Int32Array): unknown[] =>
    Array.from(rows, (row) => b.columns["id"][row]);
  assert.deepEqual(
    ids(shuffled, splitRows(task, shuffled).train),
    ids(batch, splitRows(task, batch).train),
  );
});

test("another salt gives another split", () => {
  const batch = rowsOf(500);
  const salted = { ...task, split: { ...task.split, salt: "other" } };
  assert.notDeepEqual(splitRows(salted, batch).test, splitRows(task, batch).test);
});

test("a split by time puts no row before an earlier side, and one day on one side", () => {
  const batch = rowsOf(1000);
  const timed: Task = { ...task, split: { kind: "time", by: "day", validation: 0.2, test: 0.2 } };
  const split = splitRows(timed, batch);
  const days = (rows: Int32Array): string[] =>
    Array.from(rows, (row) => String(batch.columns["day"][row])).sort();
  assert.ok((days(split.train).at(-1) ?? "") < days(split.validation)[0]);
  assert.ok((days(split.validation).at(-1) ?? "") < days(split.test)[0]);
});

test("a side without rows is refused", () => {
  assert.throws(() => splitRows(task, rowsOf(4)), { code: "TRAIN_SPLIT_EMPTY" });
});

const stratified: Task = {
  ...task,
  target: { column: "kind", kind: "class" },
  split: { kind: "random", validation: 0.1, test: 0.2, stratify: true },
};

/** Classes of 700, 250, 49 and 1 rows. */
function kindsOf(): ColumnBatch {
  const rows = rowsOf(1000);
  const kind = Array.from({ length: 1000 }, (_, i) =>
    i < 700 ? "often" : i < 950 ? "some" : i < 999 ? "rare" : "once",
  );
  return { length: 1000, columns: { ...rows.columns, kind } };
}

test("the shares of a stratified split hold within each class to the nearest row", () => {
  const batch = kindsOf();
  const split = splitRows(stratified, batch);
  const count = (rows: Int32Array, kind: string): number =>
    rows.filter((row) => batch.columns["kind"][row] === kind).length;
  const counts = ["often", "some", "rare", "once"].map((kind) =>
    [split.train, split.validation, split.test].map((rows) => count(rows, kind)),
  );
  assert.deepEqual(counts, [
    [490, 70, 140],
    [175, 25, 50],
    [34, 5, 10],
    [1, 0, 0],
  ]);
});

test("a stratified split does not depend on the order rows arrive in", () => {
  const batch = kindsOf();
  const order = Array.from({ length: 1000 }, (_, i) => i);
  createRng(4).shuffle(order);
  const shuffled = selectRows(batch, order);
  const ids = (b: ColumnBatch): unknown[] =>
    Array.from(splitRows(stratified, b).test, (row) => b.columns["id"][row]);
  assert.deepEqual(ids(shuffled), ids(batch));
});

test("rows of one identity are on one side of a stratified split", () => {
  const rows = kindsOf();
  const id = Array.from({ length: 1000 }, (_, i) => `r${Math.floor(i / 4)}`);
  const batch = { length: 1000, columns: { ...rows.columns, id } };
  const split = splitRows(stratified, batch);
  const sides = [split.train, split.validation, split.test].map(
    (side) => new Set(Array.from(side, (row) => `${id[row]} ${String(rows.columns["kind"][row])}`)),
  );
  for (const [i, a] of sides.entries())
    for (const b of sides.slice(i + 1)) assert.equal(a.isDisjointFrom(b), true);
});

test("a given split is the one the rows say; rows that say something else are dropped", () => {
  const given: Task = { ...task, split: { kind: "given", by: "side", validation: 0, test: 0 } };
  const side = ["train", "val", "Test", "validation", "holdout", null, "train"];
  const batch = {
    length: side.length,
    columns: {
      id: side.map((_, i) => `r${i}`),
      text: side.map((_, i) => `t${i}`),
      stars: side.map(() => 3),
      side,
    },
  };
  const split = splitRows(given, batch);
  assert.deepEqual(split.train.toSorted(), Int32Array.of(0, 6));
  assert.deepEqual(split.validation.toSorted(), Int32Array.of(1, 3));
  assert.deepEqual(split.test, Int32Array.of(2));
  assert.equal(split.dropped, 2);
});
