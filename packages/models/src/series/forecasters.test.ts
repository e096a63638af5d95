import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng, SoukError } from "@souk/core";
import { builtInForecasters } from "./built-in.ts";
import { dayNumber, dayText } from "./calendar.ts";
import { checkForecaster } from "./check-forecaster.ts";
import { conformalHalfWidth } from "./conformal.ts";
import { smoothingForecaster } from "./exponential-smoothing.ts";
import type { Forecaster } from "./forecaster.ts";
import { linearLagsForecaster } from "./linear-lags.ts";
import { driftForecaster, meanForecaster, naiveForecaster, zeroForecaster } from "./naive.ts";
import { detectPeriod } from "./period.ts";
import { seasonalNaiveForecaster } from "./seasonal-naive.ts";
import { parseSeries, type Series, seriesWindow } from "./series.ts";
import { lstmForecaster } from "./lstm-forecaster.ts";
import { boostedTreesForecaster, forestForecaster } from "./tree-forecaster.ts";

const context = { horizon: 12, coverage: 0.9, seed: 1, threads: 1 };

function seriesOf(length: number, valueAt: (t: number) => number): Series {
  const value = Float64Array.from({ length }, (_, t) => valueAt(t));
  const first = dayNumber("2023-01-02");
  return parseSeries({ date: Array.from(value, (_, t) => dayText(first + t)), value });
}

async function meansOf(forecaster: Forecaster, history: Series, horizon = 12): Promise<number[]> {
  const fitted = await forecaster.fit(history, context);
  return (await fitted.forecast(horizon)).map(({ mean }) => mean);
}

function near(got: readonly number[], wanted: readonly number[], tolerance = 1e-8): void {
  assert.equal(got.length, wanted.length);
  got.forEach((value, i) =>
    assert.ok(
      Math.abs(value - wanted[i]) <= tolerance,
      `step ${i + 1}: ${value}, not ${wanted[i]}`,
    ),
  );
}

const weekly = (t: number): number => [5, 3, 8, 1, 9, 2, 7][t % 7];

test("naive repeats the last value, zero nothing, mean the average", async () => {
  const history = seriesOf(40, (t) => t);
  near(await meansOf(naiveForecaster(), history, 2), [39, 39]);
  near(await meansOf(zeroForecaster(), history, 2), [0, 0]);
  near(await meansOf(meanForecaster(), history, 2), [19.5, 19.5]);
});

test("drift and Holt go on along a line exactly, with intervals of no width", async () => {
  const history = seriesOf(80, (t) => 7 - 0.5 * t);
  const wanted = Array.from({ length: 12 }, (_, i) => 7 - 0.5 * (80 + i));
  for (const forecaster of [driftForecaster(), smoothingForecaster({ shape: "holt" })]) {
    near(await meansOf(forecaster, history), wanted);
    const fitted = await forecaster.fit(history, context);
    for (const { low, high } of await fitted.forecast(12)) assert.ok(high - low < 1e-8);
  }
});

test("seasonal-naive of a periodic series is exact, its period given or found", async () => {
  const history = seriesOf(90, weekly);
  const wanted = Array.from({ length: 12 }, (_, i) => weekly(90 + i));
  near(await meansOf(seasonalNaiveForecaster({ period: 7 }), history), wanted);
  near(await meansOf(seasonalNaiveForecaster(), history), wanted);
});

test("Holt-Winters of a line with a season is exact, and is chosen for it", async () => {
  const history = seriesOf(120, (t) => 100 + 2 * t + weekly(t));
  const wanted = Array.from({ length: 12 }, (_, i) => 100 + 2 * (120 + i) + weekly(120 + i));
  near(await meansOf(smoothingForecaster({ shape: "holt-winters", period: 7 }), history), wanted);
  near(await meansOf(smoothingForecaster(), history), wanted, 1e-6);
});

test("a period is found through noise and trend, and none in a random walk", () => {
  const rng = createRng("period");
  const noisy = Float64Array.from({ length: 200 }, (_, t) => t + 3 * weekly(t) + rng.normal());
  assert.equal(detectPeriod(noisy), 7);
  let level = 0;
  const walk = Float64Array.from({ length: 1000 }, () => (level += rng.normal()));
  assert.equal(detectPeriod(walk), undefined);
  assert.equal(detectPeriod(Float64Array.from({ length: 50 }, (_, t) => t / 3)), undefined);
});

test("linear-lags learns an autoregression it was shown", async () => {
  // y' = 0.5 + 0.8 y - 0.4 y'' with little noise: the optimal forecast is the recursion itself.
  const rng = createRng("autoregression");
  const values = [1, 1];
  for (let t = 2; t < 1500; t++)
    values.push(0.5 + 0.8 * values[t - 1] - 0.4 * values[t - 2] + rng.normal(0, 0.05));
  const history = seriesOf(1500, (t) => values[t]);
  const truth = values.slice(-2);
  for (let i = 0; i < 5; i++) truth.push(0.5 + 0.8 * truth[i + 1] - 0.4 * truth[i]);
  near(await meansOf(linearLagsForecaster(), history, 5), truth.slice(2), 0.03);
});

test("linear-lags of a series that falls to 0 after the fit still forecasts numbers", async () => {
  const rng = createRng("falls");
  const values = Array.from({ length: 200 }, () => 5 + rng.next());
  const history = seriesOf(210, (t) => values[t] ?? 0);
  const fitted = await linearLagsForecaster().fit(seriesWindow(history, 0, 200), context);
  for (const { mean } of await fitted.forecast(12, history)) assert.ok(Number.isFinite(mean));
});

test("a longer history moves the origin without learning anew", async () => {
  const history = seriesOf(60, (t) => t);
  const fitted = await naiveForecaster().fit(seriesWindow(history, 0, 50), context);
  assert.equal((await fitted.forecast(1))[0].mean, 49);
  assert.equal((await fitted.forecast(1, history))[0].mean, 59);
});

test("the conformal half-width is the ceil((n + 1) coverage)-th smallest residual", () => {
  // Nine residuals at 75 %: ceil(10 · .75) = 8th; at 90 %: the 9th.
  const residuals = Float64Array.of(-9, 1, -2, 3, 8, -4, 5, 7, 6);
  assert.equal(conformalHalfWidth(residuals, 0.75), 8);
  assert.equal(conformalHalfWidth(residuals, 0.9), 9);
});

test("naive intervals of a random walk grow with the root of the step", async () => {
  const rng = createRng("walk");
  let level = 0;
  const history = seriesOf(1000, () => (level += rng.normal()));
  const fitted = await naiveForecaster().fit(history, context);
  const forecasts = await fitted.forecast(9);
  const halves = forecasts.map(({ mean, high }) => high - mean);
  assert.ok(Math.abs(halves[0] - 1.645) < 0.35, `1 day: ${halves[0]}, the normal gives 1.645`);
  assert.ok(Math.abs(halves[8] / halves[0] - 3) < 0.9, `9 days: ${halves[8] / halves[0]} times`);
});

const everyForecaster = [
  ...builtInForecasters(),
  forestForecaster({ trees: 10 }),
  boostedTreesForecaster({ rounds: 20 }),
  lstmForecaster({ window: 8, features: 4, epochs: 2 }),
];
for (const forecaster of everyForecaster)
  for (const law of checkForecaster())
    test(`${forecaster.name}: ${law.name}`, () => law.check(forecaster));

test("a forecaster that reads past the origin breaks a law", async () => {
  const peeking: Forecaster = {
    ...naiveForecaster(),
    async fit(history, surroundings) {
      const honest = await naiveForecaster().fit(history, surroundings);
      return {
        async forecast(horizon, from = history) {
          const [next] = new Float64Array(
            from.value.buffer,
            8 * from.value.length + from.value.byteOffset,
          );
          return (await honest.forecast(horizon, from)).map(({ mean }) => {
            const told = mean + (next ?? 0);
            return { mean: told, low: told - 1, high: told + 1 };
          });
        },
      };
    },
  };
  const laws = checkForecaster().filter(({ name }) => name.includes("after the origin"));
  assert.equal(laws.length, 1);
  for (const law of laws)
    await assert.rejects(
      law.check(peeking),
      (error) => error instanceof SoukError && error.code === "FORECASTER_LAW",
    );
});

test("a period that is no whole day is refused", () => {
  for (const make of [seasonalNaiveForecaster, smoothingForecaster])
    assert.throws(
      () => make({ period: 2.5 }),
      (error) => error instanceof SoukError && error.code === "SERIES_PERIOD",
    );
});
