import assert from "node:assert/strict";
import { test } from "node:test";
import type { Task } from "../task/task.ts";
import { holdOut } from "./hold-out.ts";

const task: Task = {
  name: "mood",
  dataset: "made-up",
  inputs: [{ column: "text", kind: "text" }],
  target: { column: "mood", kind: "class" },
  split: { kind: "random", validation: 0.1, test: 0.1 },
  metric: "accuracy",
  baseline: "majority",
  key: "id",
};
const length = 2000;
const columns = {
  id: Array.from({ length }, (_, i) => `r${i}`),
  text: Array.from({ length }, () => "words"),
  mood: Array.from({ length }, (_, i) => (i % 2 === 0 ? "glad" : "sad")),
  who: Array.from({ length }, (_, i) => `c${i % 300}`),
  day: Array.from({ length }, (_, i) => `2024-01-${String(1 + (i % 20)).padStart(2, "0")}`),
};
const batch = { length, columns };

test("about the share is set aside, every row is in one part, in its order", () => {
  const { kept, held } = holdOut(task, batch, 0.1);
  assert.equal(kept.length + held.length, length);
  // 2,000 draws at .1: outside 140 to 260 with chance below 1e-5.
  assert.ok(held.length > 140 && held.length < 260, `${held.length}`);
  assert.deepEqual(
    [...kept],
    [...kept].toSorted((a, b) => a - b),
  );
});

test("a group is on one side", () => {
  const grouped: Task = { ...task, split: { ...task.split, kind: "grouped", by: "who" } };
  const { kept, held } = holdOut(grouped, batch, 0.2);
  const who = (rows: Int32Array) => new Set([...rows].map((row) => columns.who[row]));
  assert.equal(who(kept).intersection(who(held)).size, 0);
});

test("of rows in time the latest are set aside, a moment whole", () => {
  const timed: Task = { ...task, split: { ...task.split, kind: "time", by: "day" } };
  const { held } = holdOut(timed, batch, 0.1);
  assert.deepEqual([...new Set([...held].map((row) => columns.day[row]))].toSorted(), [
    "2024-01-19",
    "2024-01-20",
  ]);
  assert.equal(held.length, 200);
});

test("rows that cannot be parted are refused", () => {
  const one = { length: 1, columns: { id: ["a"], text: ["b"], mood: ["c"] } };
  assert.throws(() => holdOut(task, one, 0.1), { code: "TRAIN_SPLIT_EMPTY" });
});
