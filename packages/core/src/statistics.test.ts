import assert from "node:assert/strict";
import { test } from "node:test";
import {
  chiSquaredTail,
  chiSquaredTwoSample,
  kolmogorovSmirnov,
  logGamma,
  mean,
  normalCdf,
  quantile,
  wilsonInterval,
} from "./statistics.ts";

const near = (got: number, want: number, tolerance = 1e-12): void =>
  assert.ok(Math.abs(got - want) <= tolerance, `expected ${want} within ${tolerance}, got ${got}`);

test("quantile interpolates between neighbours as R's type 7", () => {
  near(quantile([4, 1, 3, 2], 0.5), 2.5);
  near(quantile([4, 1, 3, 2], 0.1), 1.3);
  near(quantile([7], 0.9), 7);
});

test("an empty sample has no mean and no quantile", () => {
  assert.throws(() => mean([]), { code: "STATS_EMPTY" });
  assert.throws(() => quantile([], 0.5), { code: "STATS_EMPTY" });
});

test("logGamma: Γ(1/2) = √π, Γ(10) = 9!", () => {
  near(logGamma(0.5), Math.log(Math.sqrt(Math.PI)), 1e-13);
  near(logGamma(10), Math.log(362_880), 1e-12);
});

test("normalCdf hits the two-sided 95 % point and is symmetric", () => {
  near(normalCdf(1.959963984540054), 0.975, 1e-13);
  near(normalCdf(-2.5) + normalCdf(2.5), 1, 1e-13);
  assert.equal(normalCdf(0), 0.5);
});

test("chi-squared with two degrees of freedom is the exponential e^(-x/2)", () => {
  for (const x of [0.1, 1, 5, 20]) near(chiSquaredTail(x, 2), Math.exp(-x / 2), 1e-13);
  near(chiSquaredTail(3.841458820694124, 1), 0.05, 1e-13);
});

test("chi-squared of [10, 20] against [20, 10] is 20/3, worked by hand", () => {
  const result = chiSquaredTwoSample([10, 20], [20, 10]);
  near(result.statistic, 20 / 3);
  assert.equal(result.degrees, 1);
});

test("counts of different length are refused", () => {
  assert.throws(() => chiSquaredTwoSample([1], [1, 2]), { code: "STATS_LENGTH" });
});

test("Kolmogorov-Smirnov: the gap of two disjoint samples is 1, of equal samples 0", () => {
  assert.equal(kolmogorovSmirnov([1, 2, 3], [4, 5, 6]).statistic, 1);
  assert.deepEqual(kolmogorovSmirnov([1, 2, 3], [1, 2, 3]), { statistic: 0, pValue: 1 });
  near(kolmogorovSmirnov([1, 2, 3, 4], [3, 4, 5, 6]).statistic, 0.5);
});

test("Wilson's interval for 5 of 10 at 95 % is [0.2366, 0.7634]", () => {
  const { low, high } = wilsonInterval(5, 10);
  near(low, 0.2366, 5e-5);
  near(high, 0.7634, 5e-5);
});
