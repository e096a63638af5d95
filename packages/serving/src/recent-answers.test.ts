import assert from "node:assert/strict";
import { test } from "node:test";
import { RecentAnswers } from "./recent-answers.ts";

const minute = 60_000;

test("answers are counted by ten seconds, failures apart", () => {
  const recent = new RecentAnswers();
  recent.answered({ atMs: 1_000, rows: 3, ms: 4 });
  recent.answered({ atMs: 9_999, rows: 1, ms: 4 });
  recent.failed(25_000);
  const { requests, rows, errors, slots } = recent.figures(30_000);
  assert.deepEqual({ requests, rows, errors }, { requests: 3, rows: 4, errors: 1 });
  assert.deepEqual(
    slots.map((slot) => [slot.at, slot.requests, slot.rows, slot.errors]),
    [
      [0, 2, 4, 0],
      [20_000, 1, 0, 1],
    ],
  );
});

test("what is older than ten minutes is forgotten", () => {
  const recent = new RecentAnswers();
  recent.answered({ atMs: 0, rows: 1, ms: 500 });
  recent.answered({ atMs: 9 * minute, rows: 1, ms: 2 });
  assert.equal(recent.figures(9 * minute).requests, 2);
  const later = recent.figures(10 * minute);
  assert.equal(later.requests, 1);
  assert.ok(later.p99Ms <= 2);
  assert.equal(recent.figures(30 * minute).requests, 0);
});

test("percentiles of the window are those of all its answers, not of its slots", () => {
  const recent = new RecentAnswers();
  for (let i = 0; i < 95; i++) recent.answered({ atMs: i * 1000, rows: 1, ms: 1 });
  for (let i = 0; i < 5; i++) recent.answered({ atMs: 95_000 + i, rows: 1, ms: 100 });
  const { p50Ms, p95Ms, p99Ms } = recent.figures(2 * minute);
  assert.ok(Math.abs(p50Ms - 1) < 0.03 && Math.abs(p95Ms - 1) < 0.03);
  assert.ok(Math.abs(p99Ms / 100 - 1) < 0.03);
});
