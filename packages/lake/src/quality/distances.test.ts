import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng, kolmogorovSmirnov } from "@souk/core";
import {
  benjaminiHochberg,
  decileCounts,
  jensenShannon,
  jensenShannonBeyondChance,
  populationStability,
  wasserstein,
  weightedKolmogorovSmirnov,
} from "./distances.ts";

// Reference values: SciPy 1.17.1, NumPy 2.4.6.

function sample(values: readonly number[]) {
  const distinct = [...new Set(values)].toSorted((x, y) => x - y);
  return {
    values: distinct,
    weights: distinct.map((value) => values.filter((other) => other === value).length),
  };
}

const a = sample([1, 2, 2, 3, 5, 8, 13, 21]);
const b = sample([2, 3, 3, 4, 8, 9, 21, 34, 55]);
const waves = {
  a: sample(Array.from({ length: 500 }, (_, i) => (i * 0.37) % 1)),
  b: sample(Array.from({ length: 700 }, (_, i) => ((i * 0.61) % 1) ** 1.3)),
};

function near(got: number, want: number, tolerance = 1e-12): void {
  assert.ok(Math.abs(got - want) <= tolerance, `${got} is not within ${tolerance} of ${want}`);
}

test("Kolmogorov-Smirnov equals scipy.stats.ks_2samp; its p-value the exact one within 0.001", () => {
  near(weightedKolmogorovSmirnov(a, b).statistic, 0.2638888888888889);
  const { statistic, pValue } = weightedKolmogorovSmirnov(waves.a, waves.b);
  near(statistic, 0.1, 1e-3);
  near(pValue, 0.0054355536700984135, 1e-3);
});

test("Kolmogorov-Smirnov with weights equals core's without", () => {
  const plain = kolmogorovSmirnov([1, 2, 2, 3, 5, 8, 13, 21], [2, 3, 3, 4, 8, 9, 21, 34, 55]);
  const weighted = weightedKolmogorovSmirnov(a, b);
  near(weighted.statistic, plain.statistic);
  near(weighted.pValue, plain.pValue, 1e-9);
});

test("Wasserstein equals scipy.stats.wasserstein_distance", () => {
  near(wasserstein(a, b), 8.569444444444446);
  near(wasserstein(waves.a, waves.b), 0.0652076497356286);
});

test("Wasserstein of a sample moved by 3 is 3, in either direction", () => {
  const moved = { values: Array.from(a.values, (value) => value + 3), weights: a.weights };
  near(wasserstein(a, moved), 3);
  near(wasserstein(moved, a), 3);
});

test("Jensen-Shannon equals scipy.spatial.distance.jensenshannon in base 2", () => {
  near(jensenShannon([10, 20, 30, 40], [40, 0, 30, 30]), 0.4179570895034219);
});

test("Jensen-Shannon is 0 for equal shares, 1 for disjoint ones, and symmetric", () => {
  near(jensenShannon([1, 3], [10, 30]), 0);
  near(jensenShannon([1, 0], [0, 1]), 1);
  near(jensenShannon([1, 5, 2], [4, 4, 4]), jensenShannon([4, 4, 4], [1, 5, 2]));
});

test("chance alone is taken off Jensen-Shannon: samples of one distribution are near 0, disjoint ones near 1", () => {
  const rng = createRng(7);
  const draw = (): number[] => {
    const counts = Array<number>(200).fill(0);
    for (let i = 0; i < 2000; i++) {
      const cell = rng.integer(200);
      counts[cell] = (counts[cell] ?? 0) + 1;
    }
    return counts;
  };
  let raw = 0;
  let beyond = 0;
  for (let i = 0; i < 50; i++) {
    const [one, two] = [draw(), draw()];
    raw += jensenShannon(one, two) / 50;
    beyond += jensenShannonBeyondChance(one, two) / 50;
  }
  assert.ok(raw > 0.15 && beyond < 0.05, `raw ${raw}, beyond chance ${beyond}`);
  assert.ok(jensenShannonBeyondChance([5000, 0], [0, 5000]) > 0.999);
});

test("the population stability index follows its definition, empty cells as 1e-4", () => {
  near(populationStability([10, 20, 30, 40], [40, 0, 30, 30]), 1.9640769172436077);
});

test("Benjamini-Hochberg equals scipy.stats.false_discovery_control", () => {
  const adjusted = benjaminiHochberg([0.01, 0.04, 0.03, 0.005, 0.8]);
  for (const [i, want] of [0.025, 0.05, 0.05, 0.025, 0.8].entries()) near(adjusted[i] ?? 0, want);
  assert.deepEqual(benjaminiHochberg([]), []);
});

test("decile bins hold a tenth of the first sample each when its values are all different", () => {
  const ones = { values: Array.from({ length: 50 }, (_, i) => i), weights: Array(50).fill(1) };
  const [counts] = decileCounts(ones, ones);
  assert.deepEqual([...counts], Array(10).fill(5));
});

test("an empty side is refused", () => {
  assert.throws(() => jensenShannon([0, 0], [1, 1]), { code: "QUALITY_EMPTY" });
  assert.throws(() => wasserstein(a, { values: [], weights: [] }), { code: "QUALITY_EMPTY" });
});
