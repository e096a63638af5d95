import assert from "node:assert/strict";
import { test } from "node:test";
import { scaleOf, ticksOf, toBestOf } from "./board-words.ts";

const place = {
  rank: 2,
  name: "linear",
  family: "linear",
  value: 0.7,
  low: 0.6,
  high: 0.8,
  metrics: {},
  seconds: 1,
  latencyMs: 1,
  batchLatencyMs: 1,
  sizeBytes: 1,
  runId: "run_1",
};

test("all intervals fit the axis with the same room at both ends", () => {
  const scale = scaleOf([
    { low: 0.5, high: 0.6 },
    { low: 0.4, high: 1.4 },
  ]);
  assert.ok(Math.abs(scale(0.4) + scale(1.4) - 100) < 1e-9);
  assert.ok(scale(0.4) > 0 && scale(1.4) < 100);
  assert.ok(Number.isFinite(scaleOf([{ low: 1, high: 1 }])(1)), "a width of nothing");
});

test("a place tells its distance to the first only when it can be told apart", () => {
  const far = { ...place, toBest: { difference: -0.1, isToldApart: true } };
  assert.deepEqual(toBestOf(far, "accuracy"), { text: "-10.0 points", isToldApart: true });
  const near = { ...place, toBest: { difference: -0.01, isToldApart: false } };
  assert.equal(toBestOf(near, "accuracy")?.text, "cannot be told apart");
  assert.equal(toBestOf(place, "accuracy"), undefined);
});

test("an axis has a few round values", () => {
  assert.deepEqual(ticksOf(0.43, 0.81), [0.5, 0.6, 0.7, 0.8]);
  assert.deepEqual(ticksOf(0.701, 0.752), [0.72, 0.74]);
  assert.deepEqual(ticksOf(1, 1), []);
});
