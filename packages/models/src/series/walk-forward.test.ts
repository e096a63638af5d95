import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng, SoukError } from "@souk/core";
import { builtInForecasters } from "./built-in.ts";
import { dayNumber, dayText } from "./calendar.ts";
import { dieboldMariano, holmAdjusted } from "./diebold-mariano.ts";
import { smoothingForecaster } from "./exponential-smoothing.ts";
import { forecastErrors, meanScaledError, naiveScale } from "./forecast-errors.ts";
import type { Forecaster } from "./forecaster.ts";
import { driftForecaster, naiveForecaster } from "./naive.ts";
import { seasonalNaiveForecaster } from "./seasonal-naive.ts";
import { parseSeries, type Series } from "./series.ts";
import { studentTwoSided } from "./student.ts";
import { walkForward, type WalkForwardOptions } from "./walk-forward.ts";

function seriesOf(length: number, valueAt: (t: number) => number): Series {
  const value = Float64Array.from({ length }, (_, t) => valueAt(t));
  const first = dayNumber("2023-01-02");
  return parseSeries({ date: Array.from(value, (_, t) => dayText(first + t)), value });
}

function near(got: number | null | undefined, wanted: number, tolerance = 1e-9): void {
  assert.ok(Math.abs((got ?? Number.NaN) - wanted) <= tolerance, `got ${got}, expected ${wanted}`);
}

const weekly = (t: number): number => [5, 3, 8, 1, 9, 2, 7][t % 7];

test("MASE of naive in-sample is 1 by definition", () => {
  const history = Float64Array.of(3, 5, 4, 9, 9, 2);
  const absolute = history.subarray(1).map((value, i) => Math.abs(value - history[i]));
  near(
    meanScaledError(
      absolute,
      absolute.map(() => naiveScale(history)),
    ),
    1,
  );
});

test("errors of three forecasts worked by hand", () => {
  const errors = forecastErrors(
    {
      mean: Float64Array.of(10, 12, 8),
      actual: Float64Array.of(11, 10, 8),
      low: Float64Array.of(9, 11, 7),
      high: Float64Array.of(12, 13, 9),
      last: Float64Array.of(9, 11, 8),
      scale: Float64Array.of(2, 2, 2),
    },
    "value",
  );
  near(errors.mae, 1);
  near(errors.rmse, Math.sqrt(5 / 3));
  near(errors.mase, 0.5);
  near(errors.smape, (200 / 21 + 400 / 22 + 0) / 3);
  // Up and up: right; up and down: wrong; neither took a side.
  near(errors.directionAccuracy, 0.5);
  assert.equal(errors.directionCalls, 2);
  near(errors.intervalCoverage, 2 / 3);
  near(errors.intervalWidth, 7 / 3);
});

test("Student's two-sided tail agrees with scipy", () => {
  near(studentTwoSided(2.5, 7), 0.04099221858575289, 1e-12);
  near(studentTwoSided(0.3, 40), 0.7657307167710191, 1e-12);
  near(studentTwoSided(-12, 3), 0.0012450158007893362, 1e-12);
  near(studentTwoSided(0, 5), 1);
});

test("Diebold-Mariano of eight days worked by hand, one and two steps ahead", () => {
  // Differences 1 2 3 2 1 2 3 2: mean 2, deviations -1 0 1 0 -1 0 1 0, own covariance 4/8, at lag one 0.
  const first = [2, 3, 4, 3, 2, 3, 4, 3];
  const second = [1, 1, 1, 1, 1, 1, 1, 1];
  const plain = 2 / Math.sqrt(0.5 / 8);
  near(dieboldMariano(first, second)?.difference, 2);
  near(dieboldMariano(first, second)?.statistic, plain * Math.sqrt(7 / 8));
  near(dieboldMariano(first, second, 1)?.statistic, plain * Math.sqrt((8 + 1 - 4 + 2 / 8) / 8));
  // At lag two the covariance is -4/8 + 1/8 · 0 ...: deviations two apart multiply to -1 0 -1 0 -1 0, so -3/8:
  // 1/2 - 3/4 < 0, and Bartlett's weights give 1/2 - 2 · (1/3) · 3/8 = 1/4.
  const bartlett = 2 / Math.sqrt(0.25 / 8);
  const correction = (8 + 1 - 6 + 6 / 8) / 8;
  near(dieboldMariano(first, second, 2)?.statistic, bartlett * Math.sqrt(correction));
});

test("Diebold-Mariano is antisymmetric and has no answer without spread or days", () => {
  const rng = createRng("dm");
  const a = Array.from({ length: 50 }, () => rng.next());
  const b = Array.from({ length: 50 }, () => rng.next());
  near(dieboldMariano(a, b, 3)?.statistic, -(dieboldMariano(b, a, 3)?.statistic ?? 0));
  assert.equal(dieboldMariano(a, a), undefined);
  assert.equal(dieboldMariano([1, 2], [3, 1]), undefined);
  assert.equal(dieboldMariano(a, b, 25), undefined);
});

test("Holm's adjustment worked by hand", () => {
  const adjusted = holmAdjusted([0.01, 0.04, 0.03, 0.5]);
  [0.04, 0.09, 0.09, 0.5].forEach((wanted, i) => near(adjusted[i], wanted));
});

test("a walk over a line: naive is off by the horizon, drift is exact and wins", async () => {
  const report = await walkForward(
    seriesOf(120, (t) => 10 + t + (t % 2 === 0 ? 0.001 : 0)),
    [driftForecaster()],
    { horizons: [3, 1] },
  );
  const [naive, drift] = report.forecasters;
  assert.equal(naive.name, "naive");
  assert.deepEqual(
    naive.horizons.map(({ horizon, forecasts }) => [horizon, forecasts]),
    [
      [1, 48],
      [3, 46],
    ],
  );
  near(naive.horizons[0].mae, 1, 0.002);
  near(naive.horizons[1].mae, 3, 0.002);
  near(naive.horizons[1].mase, 3, 0.01);
  assert.equal(naive.horizons[0].directionAccuracy, null);
  assert.equal(drift.horizons[0].directionAccuracy, 1);
  assert.ok(drift.horizons[0].mae < 0.002);
  assert.match(
    report.verdict,
    /^drift beats repeating the last value 1 day ahead: MAE .*\(p < 0.001\)/,
  );
  assert.match(report.verdict, /drift beats repeating the last value 3 days ahead/);
});

test("a walk over a week's rhythm is won by the season", async () => {
  const rng = createRng("season");
  const series = seriesOf(200, (t) => 50 + 4 * weekly(t) + rng.normal());
  const { verdict, forecasters } = await walkForward(
    series,
    [seasonalNaiveForecaster(), smoothingForecaster({ shape: "simple" })],
    { horizons: [1, 3] },
  );
  assert.match(verdict, /seasonal-naive beats repeating the last value 1 day ahead/);
  const ratio = forecasters[1].horizons[0].versusBenchmark?.lossRatio ?? 1;
  assert.ok(ratio < 0.2, `loss ratio ${ratio}`);
});

test("nothing beats naive on a random walk, and the verdict says so first", async () => {
  const rng = createRng("random walk");
  let level = 100;
  const series = seriesOf(500, () => (level += rng.normal()));
  const report = await walkForward(series, builtInForecasters(), { horizons: [1, 5] });
  assert.match(report.verdict, /^Nothing here beats repeating the last value: 1 day ahead /);
  assert.match(report.verdict, /Worse than repeating the last value: mean 1 and 5 days ahead/);
  // Intervals of 90 %; 200 one-step outcomes have a standard error of 2 points, calibration about as much.
  for (const { name, horizons } of report.forecasters)
    if (name !== "mean") near(horizons[0].intervalCoverage, 0.9, 0.09);
  assert.deepEqual(JSON.parse(JSON.stringify(report)), report);
});

test("the benchmark follows the target", async () => {
  const rng = createRng("targets");
  let level = 100;
  const series = seriesOf(300, () => (level *= Math.exp(rng.normal(0, 0.01))));
  for (const [target, benchmark] of [
    ["return", "zero"],
    ["direction", "mean"],
    ["volatility", "naive"],
  ] as const) {
    const report = await walkForward(series, builtInForecasters(), { target, horizons: [1, 2] });
    assert.equal(report.benchmark, benchmark);
    assert.ok(report.forecasters.some(({ name }) => name === "naive"));
    const lost = report.forecasters.find(({ name }) => name === "naive");
    if (benchmark !== "naive") assert.ok((lost?.horizons[0].versusBenchmark?.lossRatio ?? 0) > 1.2);
  }
});

/** Records what it is shown. */
function spy(fits: number[], seen: number[]): Forecaster {
  return {
    name: "spy",
    summary: "Records what it is shown.",
    fit(history) {
      fits.push(history.value[0], history.value[history.length - 1]);
      return {
        forecast(horizon, from = history) {
          seen.push(from.value[from.length - 1]);
          return Array.from({ length: horizon }, () => ({ mean: 0, low: 0, high: 0 }));
        },
      };
    },
  };
}

test("a rolling walk shows the last days only, and fits on schedule", async () => {
  const fits: number[] = [];
  const seen: number[] = [];
  const { origins } = await walkForward(
    seriesOf(100, (t) => t),
    [spy(fits, seen)],
    { window: 50, step: 10, refitEvery: 2, horizons: [1] },
  );
  // Origins before day 60, 70, 80, 90; fits at the first and third.
  assert.deepEqual(seen, [59, 69, 79, 89]);
  assert.deepEqual(fits, [10, 59, 30, 79]);
  assert.deepEqual(origins, {
    count: 4,
    from: "2023-03-02",
    step: 10,
    refitEvery: 2,
    window: "rolling",
    windowDays: 50,
  });
});

test("options that fit no walk are refused by code", async () => {
  const series = seriesOf(60, (t) => t);
  const wrong: WalkForwardOptions[] = [
    { horizons: [] },
    { horizons: [1, 1] },
    { horizons: [0] },
    { horizons: [25] },
    { step: 0 },
    { refitEvery: 1.5 },
    { coverage: 1 },
    { firstShare: 1 },
    { window: 50 },
  ];
  for (const options of wrong)
    await assert.rejects(
      walkForward(series, [], options),
      (error) => error instanceof SoukError && error.code === "SERIES_WALK",
    );
  await assert.rejects(
    walkForward(series, [driftForecaster(), driftForecaster()], { horizons: [1] }),
    (error) => error instanceof SoukError && error.code === "SERIES_WALK",
  );
});

test("a walk stops when its signal does", async () => {
  const stop = new AbortController();
  const walk = walkForward(
    seriesOf(200, (t) => t),
    [naiveForecaster()],
    {
      signal: stop.signal,
      onProgress: ({ done }) => done === 3 && stop.abort(new Error("enough")),
    },
  );
  await assert.rejects(walk, /enough/);
});
