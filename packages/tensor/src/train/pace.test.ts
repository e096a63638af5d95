import assert from "node:assert/strict";
import { test } from "node:test";
import { CallLength, Rate } from "./pace.ts";

const MiB = 2 ** 20;

test("steps share a call until copying takes two percent of the time", () => {
  // 10 MiB come back: 6 ms, and 0.3 ms for messages, two percent of 315 ms; 61 steps of 5 ms stay below that.
  const calls = new CallLength({ carriedBytes: 10 * MiB, stepBytes: 1000 });
  assert.equal(calls.steps, 1);
  calls.measured(1, 6.3 + 5);
  assert.equal(calls.steps, Math.floor((315 - 6.3) / 5));
  // 1 MiB: 0.9 ms, two percent of 45 ms
  const small = new CallLength({ carriedBytes: MiB, stepBytes: 1000 });
  small.measured(1, 0.9 + 5);
  assert.equal(small.steps, 9);
});

test("a step longer than a call should be is alone in it", () => {
  const calls = new CallLength({ carriedBytes: MiB, stepBytes: 1000 });
  calls.measured(1, 300);
  assert.equal(calls.steps, 1);
});

test("where much is carried a call is longer, up to two seconds", () => {
  // 60.3 ms of copying are two percent of 3 s
  const calls = new CallLength({ carriedBytes: 100 * MiB, stepBytes: 1000 });
  calls.measured(1, 60.3 + 100);
  assert.equal(calls.steps, Math.floor((2000 - 60.3) / 100));
});

test("batches of a call stay within 64 MiB", () => {
  const calls = new CallLength({ carriedBytes: 10 * MiB, stepBytes: 16 * MiB });
  calls.measured(1, 7);
  assert.equal(calls.steps, 4);
});

test("rows per second and time left come from the last calls, pauses left out", () => {
  const rate = new Rate(1000);
  rate.measured({ now: 1100, steps: 10, rows: 320 });
  rate.pause(5000);
  rate.measured({ now: 5100, steps: 10, rows: 320 });
  assert.ok(Math.abs(rate.rowsPerSecond - 3200) < 1e-9);
  assert.ok(Math.abs(rate.etaMs(7) - 70) < 1e-9);
});
