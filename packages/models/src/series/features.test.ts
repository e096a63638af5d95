import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "@souk/core";
import { dayNumber, dayText } from "./calendar.ts";
import { seriesFeatures } from "./features.ts";
import { parseSeries } from "./series.ts";
import { deriveTarget } from "./target.ts";

function madeUp(days: number) {
  const rng = createRng("features");
  const value = Array.from({ length: days }, () => 50 + 10 * rng.next());
  return {
    date: value.map((_, i) => dayText(dayNumber("2024-01-01") + i)),
    value,
    high: value.map((v) => v + rng.next()),
    low: value.map((v) => v - rng.next()),
    volume: value.map(() => 1000 * rng.next()),
  };
}

test("changing any value of a day changes no feature of that day or one before it", () => {
  for (const change of ["log", "difference"] as const) {
    const options = { bars: true, change };
    const before = seriesFeatures(parseSeries(madeUp(60)), options);
    const columns = before.names.length;
    for (let day = 0; day < 60; day++) {
      const changed = madeUp(60);
      for (const column of [changed.value, changed.high, changed.volume]) column[day] += 7;
      changed.low[day] -= 7;
      const after = seriesFeatures(parseSeries(changed), options);
      const safe = Math.max(0, day + 1 - before.first) * columns;
      assert.deepEqual(after.rows.subarray(0, safe), before.rows.subarray(0, safe));
      if (day + 1 < 60 && day + 1 >= before.first)
        assert.notDeepEqual(
          after.rows.subarray(safe, safe + columns),
          before.rows.subarray(safe, safe + columns),
        );
    }
  }
});

test("days that come later change no derived target of days before", () => {
  const { date, value } = madeUp(30);
  for (const target of ["return", "direction", "volatility"] as const) {
    const whole = deriveTarget(parseSeries({ date, value }), target).value;
    const part = deriveTarget(
      parseSeries({ date: date.slice(0, 20), value: value.slice(0, 20) }),
      target,
    );
    assert.deepEqual(whole.subarray(0, part.length), part.value);
  }
});

test("the features of one day worked by hand", () => {
  // 2024-01-05 is a Friday; 1, 2, 4, 8 before it.
  const { names, first, rows } = seriesFeatures(
    parseSeries({
      date: ["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05"],
      value: [1, 2, 4, 10, 99],
      high: [1, 2, 4, 11, 99],
      low: [1, 2, 4, 9, 99],
    }),
    { lags: 2, changes: 2, windows: [3], bars: true, change: "difference" },
  );
  assert.equal(first, 4);
  const row = Object.fromEntries(names.map((name, j) => [name, rows[j]]));
  assert.equal(row["lag-1"], 10);
  assert.equal(row["lag-2"], 4);
  assert.equal(row["change-1"], 6);
  assert.equal(row["change-2"], 2);
  assert.equal(row["mean-change-3"], 3);
  // 1, 2, 6 around 3: squares 4, 1, 9.
  assert.ok(Math.abs(row["volatility-3"] - Math.sqrt(7)) < 1e-12);
  assert.equal(row["friday"], 1);
  assert.equal(row["monday"], 0);
  assert.equal(row["range-1"], 0.2);
});
