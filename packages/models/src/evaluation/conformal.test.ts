import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "@souk/core";
import { conformalHalfWidth } from "./conformal.ts";
import { coverageOf } from "./coverage.ts";

const upTo = (n: number): Float64Array => Float64Array.from({ length: n }, (_, i) => i + 1);

test("half widths worked by hand: the ceil((n + 1) level)-th smallest absolute error", () => {
  assert.equal(conformalHalfWidth(upTo(9), 0.9), 9);
  assert.equal(conformalHalfWidth(upTo(99), 0.9), 90);
  assert.equal(conformalHalfWidth(upTo(100), 0.9), 91);
  assert.equal(conformalHalfWidth(Float64Array.of(-3, 1, 2), 0.5), 2);
  // 10 * 0.7 must count as 7 and (n + 1) * 0.57 of 99 errors as 57, though it is 56.99999999999999.
  assert.equal(conformalHalfWidth(upTo(9), 0.7), 7);
  assert.equal(conformalHalfWidth(upTo(99), 0.57), 57);
});

test("too few errors for the level are refused with the number needed", () => {
  assert.throws(() => conformalHalfWidth(upTo(8), 0.9), {
    code: "TRAIN_INTERVAL",
    message: /at least 9 validation rows, got 8/,
  });
  assert.throws(() => conformalHalfWidth(upTo(98), 0.99), { message: /at least 99 / });
  assert.equal(conformalHalfWidth(upTo(99), 0.99), 99);
});

// Exact law: with n = 99 exchangeable continuous errors the next one is within with probability 90/100. Of 4,000
// independent draws the share has deviation .0047, so a false alarm beyond .02 (4.2 deviations) has a chance of 3e-5.
for (const [name, draw] of [
  ["normal", (rng: ReturnType<typeof createRng>) => rng.normal(0, 1)],
  ["heavy-tailed", (rng: ReturnType<typeof createRng>) => Math.exp(rng.normal(0, 3))],
] as const)
  test(`bounds from 99 ${name} errors hold a hundredth nine times in ten`, () => {
    const rng = createRng(`conformal ${name}`);
    const trials = 4000;
    let inside = 0;
    for (let trial = 0; trial < trials; trial++) {
      const width = conformalHalfWidth(
        Float64Array.from({ length: 99 }, () => draw(rng)),
        0.9,
      );
      if (Math.abs(draw(rng)) <= width) inside++;
    }
    assert.ok(Math.abs(inside / trials - 0.9) < 0.02, `held ${inside} of ${trials}`);
  });

test("coverage and widths of four bounds worked by hand, both ends inside", () => {
  const low = Float64Array.of(0, 0, 0, 0);
  const high = Float64Array.of(1, 2, 3, 10);
  const { coverage, meanWidth, medianWidth, level } = coverageOf(
    { level: 0.9, low, high },
    Float64Array.of(0, 2, 4, 5),
  );
  assert.deepEqual(
    { coverage, meanWidth, medianWidth, level },
    {
      coverage: 0.75,
      meanWidth: 4,
      medianWidth: 2.5,
      level: 0.9,
    },
  );
});
