import assert from "node:assert/strict";
import { test } from "node:test";
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatNumber,
  formatRate,
  formatRows,
  formatTime,
} from "./numbers.ts";

test("sizes and rates keep two figures below ten", () => {
  assert.deepEqual([0, 999, 1000, 4_140, 36_000_000, 999_600].map(formatBytes), [
    "0 B",
    "999 B",
    "1.0 KB",
    "4.1 KB",
    "36 MB",
    "1.0 MB",
  ]);
  assert.deepEqual([12, 4_140, 309_000].map(formatRate), ["12/s", "4.1 k/s", "309 k/s"]);
});

test("durations change unit where the next says more", () => {
  assert.deepEqual([0, 400, 9_940, 9_960, 59_400, 59_600, 200_000, 7_500_000].map(formatDuration), [
    "0.0 s",
    "0.4 s",
    "9.9 s",
    "10 s",
    "59 s",
    "1 min 00 s",
    "3 min 20 s",
    "2 h 05 min",
  ]);
});

test("numbers: whole ones without decimals, small ones with an exponent", () => {
  assert.deepEqual(
    [1234567, 0.7542, 0.00001, -1.5, Number.NaN].map((value) => formatNumber(value)),
    ["1,234,567", "0.754", "1.0e-5", "-1.500", "NaN"],
  );
  assert.equal(formatCount(1234567), "1,234,567");
  assert.deepEqual([0, 1, 1234].map(formatRows), ["0 rows", "1 row", "1,234 rows"]);
  assert.equal(formatTime(Date.UTC(2026, 10, 22, 7, 45, 30)), "2026-11-22 07:45 UTC");
});
