import assert from "node:assert/strict";
import { test } from "node:test";
import type { FamilyData } from "../families/family.ts";
import { parseTask } from "../task/parse.ts";
import { selectRows } from "./batch.ts";
import { addCorrections, type CorrectedRows } from "./corrections.ts";

const task = parseTask({
  name: "made-up",
  dataset: "made-up",
  inputs: [
    { column: "title", kind: "text" },
    { column: "price", kind: "number" },
  ],
  target: { column: "mood", kind: "class" },
  split: { kind: "random", validation: 0.2, test: 0.2 },
  metric: "accuracy",
  baseline: "majority",
});
const table = {
  length: 4,
  columns: {
    title: ["train good", "train bad", "shown", "asked"],
    price: [1, 2, 3, 4],
    mood: ["good", "bad", "good", "bad"],
  },
};
const split = {
  train: Int32Array.of(0, 1),
  validation: Int32Array.of(2),
  test: Int32Array.of(3),
  dropped: 0,
};
const data: FamilyData = {
  task,
  labels: ["bad", "good"],
  train: { batch: selectRows(table, split.train), targets: Float64Array.of(1, 0) },
  validation: { batch: selectRows(table, split.validation), targets: Float64Array.of(1) },
};

function add(rows: CorrectedRows["rows"], weight?: number) {
  return addCorrections(data, { rows, ...(weight !== undefined && { weight }) }, { table, split });
}

test("corrections are rows of the training part, as often as their weight says", () => {
  const { data: more, corrections } = add(
    [{ input: { title: "new", price: 9, colour: "red" }, label: "bad" }],
    2,
  );
  assert.deepEqual(more.train.batch.columns["title"], ["train good", "train bad", "new", "new"]);
  assert.deepEqual(more.train.batch.columns["price"], [1, 2, 9, 9]);
  assert.deepEqual([...more.train.targets], [1, 0, 0, 0]);
  assert.equal(more.validation, data.validation);
  assert.deepEqual(corrections, { given: 1, entered: 1, rows: 2, heldOut: 0, unknownLabel: 0 });
});

test("a row of the validation or test part never enters, asked whole or in part", () => {
  const { data: same, corrections } = add([
    { input: { title: "shown", price: 3 }, label: "bad" },
    { input: { title: " asked ", price: null }, label: "good" },
    { input: { title: "asked", price: 5 }, label: "good" },
  ]);
  assert.equal(same.train.batch.length, 3);
  assert.deepEqual(corrections, { given: 3, entered: 1, rows: 1, heldOut: 2, unknownLabel: 0 });
});

test("without its text a row is held out only when every input is the same", () => {
  const { corrections } = add([{ input: { title: null, price: 4 }, label: "good" }]);
  assert.equal(corrections?.heldOut, 0);
});

test("a label that no training row has teaches nothing, and weight 0 leaves all out", () => {
  const row = { input: { title: "new" }, label: "neutral" };
  assert.deepEqual(add([row]).corrections, {
    given: 1,
    entered: 0,
    rows: 0,
    heldOut: 0,
    unknownLabel: 1,
  });
  const none = add([{ ...row, label: "bad" }], 0);
  assert.deepEqual([none.data.train.batch.length, none.corrections?.entered], [2, 0]);
});

test("a number is learnt in the unit of the task's numbers", () => {
  const price = parseTask({
    ...task,
    target: { column: "y", kind: "number" },
    metric: "mae",
    baseline: "mean",
    transform: "log1p",
  });
  const numbers: FamilyData = { ...data, task: price, labels: undefined };
  const rows = [{ input: { title: "new" }, label: "9" }];
  const { data: more } = addCorrections(numbers, { rows }, { table, split });
  assert.equal(more.train.targets[2], Math.log(10));
});

test("a weight that is no whole number from 0 to 100 is refused", () => {
  const row = { input: { title: "new" }, label: "bad" };
  for (const weight of [-1, 0.5, 101])
    assert.throws(() => add([row], weight), { code: "TRAIN_CORRECTIONS" });
});
