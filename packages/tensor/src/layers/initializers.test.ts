import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng, mean } from "@souk/core";
import {
  filledWith,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  normal,
  ones,
  orthogonal,
  truncatedNormal,
  zeros,
} from "./initializers.ts";
import type { Initializer } from "./scope.ts";

const draw = (initializer: Initializer, shape: readonly number[]) =>
  Array.from(initializer(shape, createRng(7)));

const variance = (values: readonly number[]) => mean(values.map((value) => value * value));

// 20,000 draws: the variance is off by 5 % with a chance under 1e-5 for a normal (deviation 1 %).
test("each initializer has the variance of its paper", () => {
  const cases: readonly (readonly [Initializer, readonly number[], number])[] = [
    [glorotUniform, [100, 200], 2 / 300],
    [glorotNormal, [100, 200], 2 / 300],
    [heNormal, [100, 200], 2 / 100],
    [heUniform, [100, 200], 2 / 100],
    [heNormal, [100, 20, 5, 2], 2 / 200],
    [glorotNormal, [100, 20, 5, 2], 2 / (200 + 1000)],
    [normal(0.5), [20_000], 0.25],
  ];
  for (const [initializer, shape, expected] of cases) {
    const values = draw(initializer, shape);
    assert.ok(Math.abs(mean(values)) < 0.05 * Math.sqrt(expected));
    assert.ok(Math.abs(variance(values) / expected - 1) < 0.05, `${variance(values)} ${expected}`);
  }
});

test("the truncated normal never goes beyond two deviations", () => {
  const values = draw(truncatedNormal(0.02), [20_000]);
  assert.ok(Math.max(...values.map(Math.abs)) <= 0.04);
  // Variance of a normal cut at two deviations: 1 - 4 φ(2) / (2 Φ(2) - 1) = 0.7737.
  assert.ok(Math.abs(variance(values) / (0.0004 * 0.7737) - 1) < 0.05);
});

test("orthogonal matrices times their transpose are the identity, block by block", () => {
  const check = (values: readonly number[], rows: number, columns: number) => {
    const [count, length] = rows <= columns ? [rows, columns] : [columns, rows];
    const at = (vector: number, step: number) =>
      rows <= columns ? values[vector * columns + step] : values[step * columns + vector];
    for (let a = 0; a < count; a++) {
      for (let b = 0; b < count; b++) {
        let product = 0;
        for (let step = 0; step < length; step++) product += at(a, step) * at(b, step);
        assert.ok(Math.abs(product - Number(a === b)) < 1e-6);
      }
    }
  };
  check(draw(orthogonal, [6, 6]), 6, 6);
  check(draw(orthogonal, [4, 9]), 4, 9);
  check(draw(orthogonal, [9, 4]), 9, 4);
  const gates = draw(orthogonal, [1, 12, 3]);
  for (let gate = 0; gate < 4; gate++) check(gates.slice(gate * 9, gate * 9 + 9), 3, 3);
});

test("constants are constant", () => {
  assert.deepEqual(draw(zeros, [2, 2]), [0, 0, 0, 0]);
  assert.deepEqual(draw(ones, [2]), [1, 1]);
  assert.deepEqual(draw(filledWith(0.5), [3]), [0.5, 0.5, 0.5]);
});
