import assert from "node:assert/strict";
import { test } from "node:test";
import {
  versionsInWords,
  deploymentsOf,
  lastGateOf,
  type LogEntry,
  type Model,
  registryVerdict,
  sentenceOf,
  standingOf,
} from "./standing.ts";

function version(number: number, accuracy: number, stage: "pending" | "approved" = "approved") {
  return {
    model: "stars",
    version: number,
    stage,
    createdAt: number * 100,
    metrics: { accuracy },
    summary: { metric: "accuracy", baseline: { metrics: { accuracy: 0.5 } } },
  } as const;
}

const model: Model = {
  name: "stars",
  aliases: { champion: 1 },
  versions: [version(1, 0.7), version(2, 0.8, "pending")],
};

function move(sequence: number, to: number, kind: LogEntry["kind"] = "promote"): LogEntry {
  return {
    sequence,
    kind,
    model: "stars",
    alias: "champion",
    version: to,
    by: "ada",
    reason: `reason ${sequence}`,
    forced: false,
    at: sequence * 10,
  };
}

test("a standing tells the champion, its metric beside the baseline, since when, and what waits", () => {
  const { champion, metric, value, baseline, since, waiting } = standingOf(model, [move(3, 1)]);
  assert.deepEqual(
    [champion?.version, metric, value, baseline, since, waiting],
    [1, "accuracy", 0.7, 0.5, 30, [2]],
  );
});

test("a version that waits makes the verdict a warning", () => {
  assert.deepEqual(registryVerdict([standingOf(model, [])]), {
    text: "The one model, stars, serves. Waiting for a decision: stars version 2.",
    tone: "warn",
  });
  assert.equal(registryVerdict([]).text, "No model has been trained yet.");
});

test("a version that came back after a roll back has two deployments, the later still open", () => {
  const log = [move(3, 1, "rollback"), move(2, 2), move(1, 1)];
  assert.deepEqual(deploymentsOf(log, 1), [
    { alias: "champion", from: 30, by: "ada", reason: "reason 3" },
    { alias: "champion", from: 10, until: 20, by: "ada", reason: "reason 1" },
  ]);
  assert.deepEqual(deploymentsOf(log, 2), [
    { alias: "champion", from: 20, until: 30, by: "ada", reason: "reason 2" },
  ]);
});

test("the same version promoted again goes on with its deployment", () => {
  assert.equal(deploymentsOf([move(1, 1), move(2, 1)], 1).length, 1);
});

test("the last gate of a version is the newest that was recorded", () => {
  const gate = { passed: true, rules: [] };
  const log = [move(3, 1), { ...move(2, 1), gate }, move(1, 2)];
  assert.equal(lastGateOf(log, 1)?.sequence, 2);
  assert.equal(lastGateOf(log, 2), undefined);
});

test("lines of the log read as sentences", () => {
  assert.equal(
    sentenceOf({ ...move(2, 2), previousVersion: 1 }),
    "stars version 2 became champion instead of version 1",
  );
  assert.equal(
    sentenceOf({ ...move(3, 1, "rollback"), previousVersion: 2 }),
    "stars went back to version 1 instead of version 2 as champion",
  );
});

test("versions are told as one would say them", () => {
  assert.equal(versionsInWords([2]), "version 2");
  assert.equal(versionsInWords([2, 3]), "versions 2 and 3");
  assert.equal(versionsInWords([2, 3, 4, 5]), "versions 2 to 5");
  assert.equal(versionsInWords([2, 4, 7]), "versions 2, 4 and 7");
});
