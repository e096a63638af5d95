import assert from "node:assert/strict";
import { test } from "node:test";
import { smoothnessOf } from "./frames.ts";

test("frames, late ones and long tasks are those of the page that drew", () => {
  const page = { pid: 7, tid: 1 };
  const ms = (at: number): number => at * 1000;
  const events = [
    { ...page, name: "FireAnimationFrame", ts: 0 },
    ...[0, 20, 40, 100, 120].map((at) => ({ name: "DrawFrame", pid: 7, tid: 2, ts: ms(at) })),
    { name: "DrawFrame", pid: 8, tid: 2, ts: ms(50) },
    { ...page, name: "RunTask", ts: 0, dur: ms(60) },
    { ...page, name: "RunTask", ts: 0, dur: ms(10) },
    { name: "RunTask", pid: 7, tid: 9, ts: 0, dur: ms(90) },
  ];
  assert.deepEqual(smoothnessOf(events), {
    framesPerSecond: 33.3,
    lateFrames: 1,
    p95Ms: 60,
    longTasks: 1,
  });
});

test("a trace without frames is no measurement", () => {
  assert.throws(() => smoothnessOf([]), /expected a trace with frames/);
});
