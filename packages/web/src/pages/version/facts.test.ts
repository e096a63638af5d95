import assert from "node:assert/strict";
import { test } from "node:test";
import type { LogEntry } from "../deciding/standing.ts";
import { metricRows, versionVerdict } from "./facts.ts";

const version = {
  model: "stars",
  version: 2,
  stage: "pending",
  createdAt: 0,
  metrics: { mae: 0.4, accuracy: 0.8 },
  summary: { metric: "accuracy", baseline: { metrics: { accuracy: 0.5 } } },
} as const;
const champion = { ...version, version: 1, stage: "approved", metrics: { accuracy: 0.7 } } as const;
const standing = {
  model: "stars",
  title: "",
  versions: 2,
  metric: "accuracy",
  waiting: [],
  champion,
};

test("a version that waits is compared with what serves", () => {
  assert.deepEqual(versionVerdict(version, { standing, log: [], nowMs: 0 }), {
    text: "It waits for a decision. When each was trained, its accuracy was 80.0 %, that of version 1, which serves, 70.0 %.",
    tone: "plain",
  });
});

test("a rejected version says who rejected it and why", () => {
  const rejected = { ...version, stage: "rejected", stageBy: "ada", stageReason: "rude" } as const;
  assert.deepEqual(versionVerdict(rejected, { standing, log: [], nowMs: 0 }), {
    text: "Rejected by ada: rude",
    tone: "bad",
  });
});

test("a champion that was forced past the gate is a warning", () => {
  const forced: LogEntry = {
    sequence: 1,
    kind: "promote",
    model: "stars",
    alias: "champion",
    version: 1,
    by: "ada",
    reason: "must",
    forced: true,
    gate: { passed: false, rules: [] },
    at: 0,
  };
  const said = versionVerdict(champion, {
    standing: { ...standing, since: 0 },
    log: [forced],
    nowMs: 0,
  });
  assert.equal(said.tone, "warn");
  assert.match(said.text, /against the gate/);
});

test("the deciding metric is the first row, beside baseline and champion", () => {
  assert.deepEqual(metricRows(version, champion), [
    { metric: "accuracy", value: 0.8, baseline: 0.5, champion: 0.7 },
    { metric: "mae", value: 0.4, baseline: undefined, champion: undefined },
  ]);
});
