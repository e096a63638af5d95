import assert from "node:assert/strict";
import { test } from "node:test";
import {
  batchSizes,
  curveOf,
  formatMs,
  servingVerdict,
  type VersionStats,
  versionRows,
} from "./facts.ts";

const figures = { requests: 20, rows: 40, errors: 0, p50Ms: 2, p95Ms: 4, p99Ms: 8 };
const stats: VersionStats = {
  model: "stars",
  version: 2,
  requests: 20,
  rows: 40,
  errors: {},
  batches: {
    count: 6,
    rows: 40,
    sizes: [
      { leRows: 1, count: 1 },
      { leRows: 2, count: 1 },
      { leRows: 4, count: 4 },
      { leRows: 8, count: 6 },
      { leRows: 16, count: 6 },
    ],
  },
  latency: { count: 20, p50Ms: 2, p95Ms: 4, p99Ms: 8, maxMs: 9 },
  recent: { windowMs: 600_000, slotMs: 10_000, ...figures, slots: [{ at: 1_000_000, ...figures }] },
  queue: { parts: 0, rows: 0 },
};
const all = {
  at: 1_015_000,
  startedAt: 0,
  ready: true,
  reasons: [],
  workers: { alive: 1, workers: 1, restarts: 0 },
  served: [
    { model: "stars", version: 1, aliases: [], state: "AVAILABLE" as const },
    { model: "stars", version: 2, aliases: ["champion"], state: "AVAILABLE" as const },
  ],
  stats: [stats],
};

test("versions that are loaded and versions that were asked are one list, the busiest first", () => {
  assert.deepEqual(
    versionRows(all).map(({ id, stats: known }) => [id, known?.requests]),
    [
      ["stars@2", 20],
      ["stars@1", undefined],
    ],
  );
});

test("the verdict tells the worst first: a version that does not load, failures, then the speed", () => {
  const [busiest] = versionRows(all);
  assert.equal(
    servingVerdict(all, busiest).text,
    "2 versions are loaded, and none of 20 requests of the last ten minutes failed. Of stars version 2, half of the answers took at most 2 ms and 99 of 100 at most 8 ms.",
  );
  const failing = { ...stats, recent: { ...stats.recent, errors: 5 } };
  assert.deepEqual(servingVerdict({ ...all, stats: [failing] }, busiest), {
    text: "5 of 20 requests of the last ten minutes failed.",
    tone: "warn",
  });
  const broken = {
    model: "stars",
    version: 3,
    aliases: [],
    state: "END" as const,
    error: "no file",
  };
  assert.match(
    servingVerdict({ ...all, served: [broken] }, busiest).text,
    /version 3 could not be/,
  );
  assert.equal(servingVerdict({ ...all, ready: false, reasons: ["x"] }, busiest).tone, "bad");
});

test("a curve has a point for each ten seconds of the window, nothing where nothing was answered", () => {
  const points = curveOf(stats, 1_015_000);
  assert.equal(points.length, 60);
  assert.deepEqual(points.at(-1), {
    at: 1000,
    requestsPerSecond: 2,
    rowsPerSecond: 4,
    errorsPerSecond: 0,
    latency: { p50: 2, p95: 4, p99: 8 },
  });
  assert.equal(points[0]?.latency, undefined);
});

test("batch sizes are counts of their own, not cumulative", () => {
  assert.deepEqual(batchSizes(stats), [
    { rows: "1", count: 1 },
    { rows: "2", count: 0 },
    { rows: "3–4", count: 3 },
    { rows: "5–8", count: 2 },
  ]);
});

test("times read as people say them", () => {
  assert.deepEqual([0.4242, 3.14, 340.2, 1250].map(formatMs), [
    "0.42 ms",
    "3.1 ms",
    "340 ms",
    "1.25 s",
  ]);
});
