import assert from "node:assert/strict";
import { test } from "node:test";
import { bestSoFar, settingsOf, settingsText, type Study, verdictOfStudy } from "./study-words.ts";

function trial(number: number, value: number, state: "done" | "pruned" | "failed" = "done") {
  return { trial: number, settings: { lr: number / 10 }, state, value, reports: [], seconds: 1 };
}

const study: Study = {
  id: "run_1",
  task: "stars",
  family: "linear",
  sampler: "tpe",
  metric: "accuracy",
  direction: "maximise",
  status: "finished",
  createdAt: 0,
  by: "ada",
  counts: { wanted: 4, done: 3, pruned: 1, failed: 0 },
  trials: [trial(0, 0.6), trial(1, 0.9, "pruned"), trial(3, 0.65), trial(2, 0.7)],
  first: trial(0, 0.6),
  best: trial(2, 0.7),
  improvement: 0.1,
  space: {},
  settings: {},
  data: {},
};

test("the best so far never falls, follows the trials' order and passes over those that were stopped", () => {
  assert.deepEqual(
    bestSoFar(study.trials, "maximise").map(({ best }) => best),
    [0.6, 0.6, 0.7, 0.7],
  );
  assert.deepEqual(
    bestSoFar(study.trials, "minimise").map(({ best }) => best),
    [0.6, 0.6, 0.6, 0.6],
  );
});

test("the verdict tells what was gained over the defaults", () => {
  assert.equal(
    verdictOfStudy(study).text,
    "Better settings were found: accuracy 70.0 % on validation rows, +10.0 points against the defaults. After 4 of 4 trials of linear.",
  );
  const { text, tone } = verdictOfStudy({ ...study, best: trial(0, 0.6), improvement: 0 });
  assert.match(text, /^Nothing beats the defaults so far: accuracy 60\.0 %/);
  assert.equal(tone, "warn");
});

test("a study without an ended trial says so", () => {
  const { best: _best, first: _first, ...none } = study;
  assert.equal(verdictOfStudy(none).tone, "bad");
  assert.equal(verdictOfStudy({ ...none, status: "running" }).tone, "plain");
});

test("settings are read and told shortly", () => {
  assert.deepEqual(settingsOf({ lr: 0.123456, balance: "none", odd: {} }), {
    lr: 0.123456,
    balance: "none",
  });
  assert.equal(settingsText({ lr: 0.123456, balance: "none" }), "lr 0.1235, balance none");
});
