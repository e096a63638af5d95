import assert from "node:assert/strict";
import { test } from "node:test";
import { thinnedPoints } from "./thinned-points.ts";

function curve(length: number, valueAt: (step: number) => number) {
  return Array.from({ length }, (_, step) => ({ step, value: valueAt(step) }));
}

test("a short curve stays whole", () => {
  const points = curve(5, (step) => step);
  assert.equal(thinnedPoints(points, 5), points);
});

test("a long curve keeps its ends, its peak and its order, and no more points than asked for", () => {
  const points = curve(10_000, (step) => (step === 4321 ? 99 : Math.sin(step)));
  const kept = thinnedPoints(points, 100);
  assert.ok(kept.length <= 100, `${kept.length} points`);
  assert.ok(kept.length >= 90, `${kept.length} points`);
  assert.equal(kept[0]?.step, 0);
  assert.equal(kept.at(-1)?.step, 9999);
  assert.ok(kept.some(({ value }) => value === 99));
  assert.deepEqual(
    kept,
    kept.toSorted((a, b) => a.step - b.step),
  );
});

test("a flat stretch keeps one point, and values that are no numbers do not hide a peak", () => {
  const flat = thinnedPoints(
    curve(1000, () => 1),
    10,
  );
  assert.ok(flat.length <= 10);
  const broken = curve(1000, (step) => (step === 500 ? 7 : Number.NaN));
  assert.ok(thinnedPoints(broken, 10).some(({ value }) => value === 7));
});
