import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng, quantile } from "@souk/core";
import { LatencyHistogram } from "./latency-histogram.ts";

test("quantiles of a million-fold range lie within 2.3 % of the exact ones", () => {
  const rng = createRng(1);
  const histogram = new LatencyHistogram();
  const times = Array.from({ length: 10_000 }, () => 10 ** (rng.next() * 6 - 2));
  for (const ms of times) histogram.record(ms);
  for (const q of [0.01, 0.5, 0.9, 0.99, 0.999]) {
    const exact = quantile(times, q);
    assert.ok(
      Math.abs(histogram.quantile(q) / exact - 1) < 0.023,
      `${q}: ${histogram.quantile(q)} for ${exact}`,
    );
  }
});

test("an empty histogram says zero everywhere", () => {
  const { count, p50Ms, p99Ms, maxMs } = new LatencyHistogram().summary();
  assert.deepEqual({ count, p50Ms, p99Ms, maxMs }, { count: 0, p50Ms: 0, p99Ms: 0, maxMs: 0 });
});

test("bucket counts are cumulative and the sum is exact", () => {
  const histogram = new LatencyHistogram();
  for (const ms of [0.2, 0.5, 3, 70, 99_999]) histogram.record(ms);
  const { buckets, sumMs, count, maxMs } = histogram.summary();
  assert.deepEqual(
    buckets.filter(({ leMs }) => [0.25, 0.5, 5, 100, 10_000].includes(leMs)),
    [
      { leMs: 0.25, count: 1 },
      { leMs: 0.5, count: 2 },
      { leMs: 5, count: 3 },
      { leMs: 100, count: 4 },
      { leMs: 10_000, count: 4 },
    ],
  );
  assert.deepEqual([sumMs, count, maxMs], [100_072.7, 5, 99_999]);
});

test("no quantile exceeds the largest recorded time", () => {
  const histogram = new LatencyHistogram();
  histogram.record(7);
  assert.ok(histogram.quantile(1) <= 7);
});

test("the sum of two histograms is the histogram of both streams", () => {
  const [odd, even, both] = [
    new LatencyHistogram(),
    new LatencyHistogram(),
    new LatencyHistogram(),
  ];
  for (let ms = 1; ms <= 200; ms++) {
    (ms % 2 === 0 ? even : odd).record(ms);
    both.record(ms);
  }
  odd.add(even);
  assert.deepEqual(odd.summary(), both.summary());
});
