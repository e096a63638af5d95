import assert from "node:assert/strict";
import { test } from "node:test";
import {
  formatAgo,
  formatBytes,
  formatDuration,
  formatNumber,
  formatPoints,
  formatShare,
} from "./format.ts";

test("numbers keep the digits a reader can use", () => {
  const shown = [20_000, 12_345_678, 0.797_412, 3, 1234.56, Number.NaN].map(formatNumber);
  assert.deepEqual(shown, ["20,000", "12.3M", "0.7974", "3", "1,235", "–"]);
});

test("shares and their differences are percent and points", () => {
  assert.equal(formatShare(0.7974), "79.7 %");
  assert.equal(formatPoints(0.337), "+33.7 points");
  assert.equal(formatPoints(-0.01), "-1.0 points");
});

test("bytes and durations take the unit that fits", () => {
  assert.deepEqual([999, 1500, 153_229, 2_500_000_000].map(formatBytes), [
    "999 B",
    "1.5 kB",
    "153 kB",
    "2.5 GB",
  ]);
  assert.deepEqual([340, 5200, 200_000, 7_500_000].map(formatDuration), [
    "340 ms",
    "5.2 s",
    "3 min 20 s",
    "2 h 5 min",
  ]);
});

test("times ago are said as people say them", () => {
  const now = 1_800_000_000_000;
  const minutes = [0, 3, 120, 60 * 26].map((ago) => formatAgo(now - ago * 60_000, now));
  assert.deepEqual(minutes, ["just now", "3 minutes ago", "2 hours ago", "yesterday"]);
});
