import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "./random.ts";
import { mean } from "./statistics.ts";

const draw = (seed: number | string, count: number): number[] => {
  const rng = createRng(seed);
  return Array.from({ length: count }, () => rng.next());
};

test("one seed is one sequence, another seed is another", () => {
  assert.deepEqual(draw(7, 20), draw(7, 20));
  assert.notDeepEqual(draw(7, 20), draw(8, 20));
  assert.deepEqual(draw("shop", 5), draw("shop", 5));
});

test("next is uniform: mean and variance of 100,000 draws lie within five standard errors", () => {
  const values = draw(1, 100_000);
  assert.ok(Math.abs(mean(values) - 0.5) < 5 * Math.sqrt(1 / 12 / 100_000));
  const variance = mean(values.map((v) => (v - 0.5) ** 2));
  assert.ok(Math.abs(variance - 1 / 12) < 5 * Math.sqrt(1 / 180 / 100_000));
});

test("normal has the asked mean and deviation within five standard errors", () => {
  const rng = createRng(3);
  const values = Array.from({ length: 100_000 }, () => rng.normal(10, 2));
  assert.ok(Math.abs(mean(values) - 10) < (5 * 2) / Math.sqrt(100_000));
  assert.ok(
    Math.abs(Math.sqrt(mean(values.map((v) => (v - 10) ** 2))) - 2) < (5 * 2) / Math.sqrt(200_000),
  );
});

test("shuffle keeps every element", () => {
  const items = Array.from({ length: 100 }, (_, i) => i);
  createRng(5).shuffle(items);
  assert.notDeepEqual(
    items,
    items.toSorted((a, b) => a - b),
  );
  assert.deepEqual(
    items.toSorted((a, b) => a - b),
    Array.from({ length: 100 }, (_, i) => i),
  );
});

test("weighted never draws a weight of zero and draws 1:3 as 1:3", () => {
  const rng = createRng(9);
  const counts = [0, 0, 0];
  for (let i = 0; i < 40_000; i++) counts[rng.weighted([1, 0, 3])]! += 1;
  assert.equal(counts[1], 0);
  assert.ok(Math.abs(counts[0]! - 10_000) < 5 * Math.sqrt(40_000 * 0.25 * 0.75));
});

test("a fork depends on its name, not on how much its parent has drawn", () => {
  const early = createRng(4).fork("reviews").next();
  const parent = createRng(4);
  parent.next();
  assert.equal(parent.fork("reviews").next(), early);
  assert.notEqual(parent.fork("orders").next(), early);
});

test("picking from nothing is an error, not undefined", () => {
  assert.throws(() => createRng(1).pick([]), { code: "RANDOM_EMPTY" });
  assert.throws(() => createRng(1).weighted([0, 0]), { code: "RANDOM_EMPTY" });
});
