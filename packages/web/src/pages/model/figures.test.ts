import assert from "node:assert/strict";
import { test } from "node:test";
import { modelVerdict } from "./figures.ts";

const standing = {
  model: "stars",
  title: "",
  versions: 2,
  metric: "accuracy",
  value: 0.77,
  baseline: 0.48,
  since: 0,
  waiting: [],
  champion: { model: "stars", version: 1, stage: "approved", metrics: {}, createdAt: 0 },
} as const;

test("a model's verdict says what serves, how often it is right, and what waits", () => {
  const corrected = { model: "stars", total: 9, sinceTraining: 4 };
  assert.deepEqual(modelVerdict(standing, { log: [], nowMs: 0, corrected }), {
    text: "Version 1 serves; it took over just now. It is right 77 times out of 100; the plainest answer 48. 4 corrections wait for the next training.",
    tone: "good",
  });
  const { tone } = modelVerdict({ ...standing, waiting: [2] }, { log: [], nowMs: 0 });
  assert.equal(tone, "warn");
});

test("a model that nobody promoted is told to be silent", () => {
  const { champion: _none, ...rest } = standing;
  assert.match(modelVerdict(rest, { log: [], nowMs: 0 }).text, /^No version of stars serves/);
});
