import assert from "node:assert/strict";
import { test } from "node:test";
import {
  commandToResume,
  distinctNames,
  evaluationOf,
  headlineOf,
  mayGoOn,
  verdictOfRun,
} from "./run-words.ts";

const report = {
  rows: { test: 1200 },
  interval: { metric: "accuracy", low: 0.7, high: 0.76 },
  metrics: { accuracy: 0.731, macroF1: 0.5 },
  baseline: { name: "majority", metrics: { accuracy: 0.61 } },
  incumbent: { metrics: { accuracy: 0.72 } },
};

test("a finished run is told by its figure on rows it never saw, against guessing and what serves", () => {
  const { text, tone } = verdictOfRun({ id: "r", status: "finished" }, evaluationOf(report));
  assert.equal(
    text,
    "Accuracy 73.1 % on 1,200 rows it never saw, +12.1 points against guessing (majority: 61.0 %). The version that served then had 72.0 % on the same rows.",
  );
  assert.equal(tone, "good");
});

test("a run that does not beat guessing says so", () => {
  const worse = { ...report, metrics: { accuracy: 0.6 }, incumbent: undefined };
  const { text, tone } = verdictOfRun({ id: "r", status: "finished" }, evaluationOf(worse));
  assert.match(text, /no better than guessing \(majority: 61\.0 %\)\.$/);
  assert.equal(tone, "warn");
});

test("a failed run tells its error", () => {
  const { text, tone } = verdictOfRun({ id: "r", status: "failed", error: "no rows" }, undefined);
  assert.deepEqual({ text, tone }, { text: "It failed: no rows.", tone: "bad" });
});

test("what is no evaluation is read as none", () => {
  for (const value of [undefined, null, 3, {}, { interval: { metric: "mae" }, metrics: {} }])
    assert.equal(evaluationOf(value), undefined);
});

test("runs that share a name are told apart by the end of their id", () => {
  const names = distinctNames([
    { id: "run_aaaaa", name: "n" },
    { id: "run_bbbbb", name: "n" },
    { id: "run_c", name: "other" },
  ]);
  assert.deepEqual([...names.values()], ["n aaaaa", "n bbbbb", "other"]);
});

test("the headline of a run is the figure of its task on the test rows", () => {
  const metrics = { "train.loss": 1, test_mae: 2, test_accuracy: 0.7 };
  const tasks = new Map([["stars", "accuracy"]]);
  assert.deepEqual(headlineOf({ metrics, task: "stars" }, tasks), {
    key: "test_accuracy",
    value: 0.7,
  });
  assert.equal(headlineOf({ metrics: { loss: 1 } }, tasks), undefined);
  assert.deepEqual(
    headlineOf({ metrics: { test_comparisons: 9, test_lossRatio: 0.98 }, task: "forecast" }, tasks),
    { key: "test_lossRatio", value: 0.98 },
  );
});

const job = {
  id: "job_1",
  kind: "training",
  status: "interrupted",
  by: "ada",
  createdAt: 1,
  request: { task: "stars" },
} as const;

test("a training goes on when it ended before its time, and only then", () => {
  assert.equal(mayGoOn({ status: "interrupted" }, job), true);
  assert.equal(mayGoOn({ status: "cancelled" }, { ...job, status: "cancelled" }), true);
  assert.equal(mayGoOn({ status: "finished" }, job), false);
  assert.equal(mayGoOn({ status: "interrupted" }, { ...job, status: "queued" }), false);
  assert.equal(mayGoOn({ status: "interrupted" }, { ...job, kind: "tuning" }), false);
  assert.equal(mayGoOn({ status: "interrupted" }, undefined), false);
});

test("the command to go on names the run and the rows it began with", () => {
  const run = {
    id: "run_1",
    status: "interrupted",
    command: "souk train stars --family linear --seed 1",
    data: { dataset: "reviews", version: 3, hash: "ab" },
  };
  assert.equal(
    commandToResume(run),
    "npx souk train stars --family linear --seed 1 --at 3 --resume run_1",
  );
  assert.equal(commandToResume({ ...run, status: "finished" }), undefined);
  assert.equal(commandToResume({ ...run, command: "python train.py" }), undefined);
});
