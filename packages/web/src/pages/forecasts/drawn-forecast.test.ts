import assert from "node:assert/strict";
import { test } from "node:test";
import { drawingOf } from "../../parts/drawing.ts";
import { drawnForecast, lastDayOf, measured } from "./drawn-forecast.ts";

const series = {
  name: "tea",
  history: { dates: ["2024-01-01", "2024-01-02"], values: [10, 12] },
  dates: ["2024-01-03", "2024-01-04"],
  mean: [13, 14],
  low: [11, 10],
  high: [15, 18],
};

test("a forecast begins where the known ends, and its interval widens from there", () => {
  const { spec, result } = drawnForecast(
    { family: "naive", target: "value", coverage: 0.8 },
    series,
  );
  const drawing = drawingOf(spec, result);
  assert.ok(drawing.kind === "chart");
  assert.deepEqual(drawing.table, {
    columns: ["day", "known", "naive"],
    rows: [
      ["2024-01-01", 10, null],
      ["2024-01-02", 12, 12],
      ["2024-01-03", null, 13],
      ["2024-01-04", null, 14],
    ],
  });
  const drawn = drawing.option["series"];
  assert.ok(Array.isArray(drawn));
  assert.deepEqual(
    drawn.slice(2, 4).map(({ data }: { data: unknown }) => data),
    [
      [null, 12, 11, 10],
      [null, 0, 4, 8],
    ],
  );
});

test("the last day is told with its bounds", () => {
  assert.equal(lastDayOf(series), "tea on 2024-01-04: about 14, between 10 and 18.");
  assert.equal(lastDayOf({ ...series, dates: [] }), "");
});

test("figures are told in words, shares in percent, and unknown ones by their key", () => {
  assert.deepEqual(measured("coverage", 0.9465), {
    name: "Outcomes inside the interval",
    value: "94.7 %",
  });
  assert.deepEqual(measured("mae", 0.2314), { name: "Mean absolute error", value: "0.2314" });
  assert.deepEqual(measured("odd", 2), { name: "odd", value: "2" });
});
