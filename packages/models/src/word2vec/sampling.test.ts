import assert from "node:assert/strict";
import { test } from "node:test";
import { chiSquaredTail, createRng } from "@souk/core";
import { createAliasTable, drawAlias, keepProbability } from "./sampling.ts";

test("a word of four times the share `sample` is kept with chance 1/2 + 1/4", () => {
  assert.equal(keepProbability(40, { total: 1000, sample: 0.01 }), 0.75);
});

test("a word is never kept with more than certainty, and without `sample` always", () => {
  assert.equal(keepProbability(1, { total: 1000, sample: 0.01 }), 1);
  assert.equal(keepProbability(900, { total: 1000, sample: 0 }), 1);
});

/** Exact share of each index: what its own cell keeps and what others pass to it. */
function shares({ limits, aliases }: { limits: Uint32Array; aliases: Int32Array }): number[] {
  const found = Array.from(limits, () => 0);
  limits.forEach((limit, i) => {
    const own = aliases[i] === i ? 1 : limit / 2 ** 32;
    found[i] += own / limits.length;
    found[aliases[i]] += (1 - own) / limits.length;
  });
  return found;
}

test("the table holds each word with its count to the power of 3/4, to a part in 10^9", () => {
  const counts = [10_000, 625, 256, 81, 16, 1, 1];
  // 10,000 ** .75 = 1000, 625 ** .75 = 125, 64, 27, 8, 1, 1.
  const expected = [1000, 125, 64, 27, 8, 1, 1].map((share) => share / 1226);
  shares(createAliasTable(counts, 0.75)).forEach((share, i) =>
    assert.ok(Math.abs(share - expected[i]) < 1e-9, `${i}: ${share} for ${expected[i]}`),
  );
});

test("draws have the table's frequencies", () => {
  // Chi-squared with a fixed seed; the bound is a false alarm of one in a thousand for another generator.
  const counts = [1000, 300, 300, 50, 1];
  const table = createAliasTable(counts, 0.75);
  const weights = counts.map((count) => count ** 0.75);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const rng = createRng(3);
  const seen = counts.map(() => 0);
  const draws = 200_000;
  for (let i = 0; i < draws; i++) seen[drawAlias(table, rng.integer(2 ** 32))]++;
  const statistic = weights.reduce((sum, weight, i) => {
    const expected = (draws * weight) / total;
    return sum + (seen[i] - expected) ** 2 / expected;
  }, 0);
  assert.ok(chiSquaredTail(statistic, counts.length - 1) > 0.001);
});

test("a table of one word draws it", () => {
  const table = createAliasTable([7], 0.75);
  assert.deepEqual(
    [0, 1, 2 ** 32 - 1].map((draw) => drawAlias(table, draw)),
    [0, 0, 0],
  );
});
