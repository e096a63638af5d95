import assert from "node:assert/strict";
import { test } from "node:test";
import type { Run } from "../learning/run-words.ts";
import { comparedMetrics, comparedParams, coordinatesOf } from "./differences.ts";
import { pickedIn } from "../learning/picked-runs.ts";

const runs: readonly Run[] = [
  { id: "a", status: "finished", params: { lr: "0.1", family: "linear", seed: "1" } },
  { id: "b", status: "finished", params: { lr: "0.5", family: "ngram", seed: "1", dim: "8" } },
];

test("params that differ come first, and one that a run lacks differs", () => {
  assert.deepEqual(
    comparedParams(runs).map(({ name, differs }) => [name, differs]),
    [
      ["dim", true],
      ["family", true],
      ["lr", true],
      ["seed", false],
    ],
  );
  assert.deepEqual(comparedParams(runs)[0]?.values, [undefined, "8"]);
});

test("figures of the test rows come before others, and times last", () => {
  const metrics = { seconds_total: 1, "train.loss": 2, test_mae: 3 };
  const names = comparedMetrics([{ id: "a", status: "finished", metrics }]).map(({ name }) => name);
  assert.deepEqual(names, ["test_mae", "train.loss", "seconds_total"]);
});

test("axes hold numbers where all are numbers, and words where one is not or is missing", () => {
  const measured = runs.map((run, place) => ({ ...run, metrics: { test_mae: place } }));
  const { axes, lines } = coordinatesOf(measured, ["test_mae"]);
  assert.deepEqual(
    axes.map(({ name, words }) => [name, words]),
    [
      ["dim", ["8", "not set"]],
      ["family", ["linear", "ngram"]],
      ["lr", undefined],
      ["test_mae", undefined],
    ],
  );
  assert.deepEqual(lines, [
    ["not set", "linear", 0.1, 0],
    ["8", "ngram", 0.5, 1],
  ]);
});

test("at most ten runs are compared, each once, and what is no id is left out", () => {
  assert.deepEqual(pickedIn("a,b,a,,<img>,c"), ["a", "b", "c"]);
  assert.equal(pickedIn(Array.from({ length: 20 }, (_, i) => `run_${i}`).join(",")).length, 10);
});
