import assert from "node:assert/strict";
import { test } from "node:test";
import { SoukError } from "@souk/core";
import { dayNumber, dayText, nextDays, weekdayOf } from "./calendar.ts";
import { parseSeries, seriesGaps, seriesWindow } from "./series.ts";
import { deriveTarget } from "./target.ts";

function throwsCode(run: () => unknown, code: string): void {
  assert.throws(run, (error) => error instanceof SoukError && error.code === code);
}

test("a day is its count from 1970, and comes back as text", () => {
  assert.equal(dayNumber("1970-01-01"), 0);
  assert.equal(dayNumber("2000-03-01"), 11017);
  assert.equal(dayText(11017), "2000-03-01");
  assert.equal(weekdayOf(dayNumber("2024-02-26")), 0);
  assert.equal(weekdayOf(dayNumber("1969-12-28")), 6);
});

test("columns become a series that keeps the optional ones", () => {
  const series = parseSeries({
    date: ["2024-01-01", "2024-01-02"],
    value: [3, 4],
    volume: [10, 20],
  });
  assert.deepEqual([...series.value], [3, 4]);
  assert.deepEqual([...(series.volume ?? [])], [10, 20]);
  assert.equal(series.high, undefined);
  assert.deepEqual([...(seriesWindow(series, 1, 2).volume ?? [])], [20]);
});

test("disorder, repetition and nonsense are refused by code", () => {
  const of = (date: string[], value: number[]) => () => parseSeries({ date, value });
  throwsCode(of([], []), "SERIES_EMPTY");
  throwsCode(of(["2024-01-02", "2024-01-01"], [1, 2]), "SERIES_ORDER");
  throwsCode(of(["2024-01-01", "2024-01-01"], [1, 2]), "SERIES_ORDER");
  throwsCode(of(["2024-02-30"], [1]), "SERIES_DATE");
  throwsCode(of(["1/2/2024"], [1]), "SERIES_DATE");
  throwsCode(of(["2024-01-01"], [1, 2]), "SERIES_LENGTH");
  throwsCode(of(["2024-01-01"], [Number.NaN]), "SERIES_VALUE");
  const date = ["2024-01-01"];
  throwsCode(() => parseSeries({ date, value: [1], high: [1], low: [2] }), "SERIES_VALUE");
  throwsCode(() => parseSeries({ date, value: [1], volume: [-1] }), "SERIES_VALUE");
  throwsCode(() => parseSeries({ date: Array(100_001).fill("x"), value: [] }), "SERIES_SIZE");
});

test("a weekend is no gap of a market, a missing Wednesday is", () => {
  // Monday 1 to Friday 12 January 2024 without Wednesday the 10th.
  const date = [1, 2, 3, 4, 5, 8, 9, 11, 12].map((d) => dayText(dayNumber("2024-01-01") + d - 1));
  const series = parseSeries({ date, value: date.map(() => 1) });
  assert.deepEqual(seriesGaps(series), [{ after: "2024-01-09", before: "2024-01-11", missing: 1 }]);
});

test("a hole of weeks counts the usual days in it", () => {
  const days = [0, 1, 2, 3, 4, 7, 8, 9, 10, 11].map((d) => dayNumber("2024-01-01") + d);
  // From Friday the 12th to Wednesday the 31st: 5 + 5 days and a Monday and a Tuesday.
  const date = [...days, dayNumber("2024-01-31")].map(dayText);
  const series = parseSeries({ date, value: date.map(() => 1) });
  assert.deepEqual(seriesGaps(series), [
    { after: "2024-01-12", before: "2024-01-31", missing: 12 },
  ]);
});

test("the next days of a market skip the weekend", () => {
  const days = [0, 1, 2, 3, 4].map((d) => dayNumber("2024-01-01") + d);
  assert.deepEqual([...nextDays(days, 3)].map(dayText), ["2024-01-08", "2024-01-09", "2024-01-10"]);
});

test("targets of a series worked by hand", () => {
  const date = Array.from({ length: 7 }, (_, i) => `2024-01-0${i + 1}`);
  const series = parseSeries({ date, value: [100, 110, 99, 99, 108.9, 108.9, 119.79] });
  assert.equal(deriveTarget(series, "value"), series);
  assert.deepEqual([...deriveTarget(series, "direction").value], [1, 0, 0, 1, 0, 1]);
  const returns = deriveTarget(series, "return");
  assert.equal(dayText(returns.days[0]), "2024-01-02");
  assert.ok(Math.abs(returns.value[1] - Math.log(0.9)) < 1e-12);
  // Returns u, d, 0, u, 0 with u = ln 1.1 and d = ln .9; then d, 0, u, 0, u.
  const [u, d] = [Math.log(1.1), Math.log(0.9)];
  const m = (2 * u + d) / 5;
  const wanted = Math.sqrt((2 * (u - m) ** 2 + (d - m) ** 2 + 2 * m ** 2) / 4);
  const volatility = deriveTarget(series, "volatility");
  assert.equal(volatility.length, 2);
  for (const value of volatility.value) assert.ok(Math.abs(value - wanted) < 1e-12);
});

test("a target that needs logarithms of 0, or more days, is refused", () => {
  const series = parseSeries({ date: ["2024-01-01", "2024-01-02"], value: [0, 1] });
  throwsCode(() => deriveTarget(series, "return"), "SERIES_VALUE");
  throwsCode(() => deriveTarget(series, "volatility"), "SERIES_SHORT");
});
