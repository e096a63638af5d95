import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "@souk/core";
import {
  dense,
  float32,
  lstm,
  type Network,
  predict,
  tableDataset,
  type Weights,
} from "@souk/tensor";
import { dayNumber, dayText } from "./calendar.ts";
import type { Forecaster } from "./forecaster.ts";
import { lstmCell } from "./lstm-cell.ts";
import { lstmForecaster } from "./lstm-forecaster.ts";
import { originFeatures } from "./origin-features.ts";
import { parseSeries, type Series } from "./series.ts";
import { deriveTarget, type ForecastTarget } from "./target.ts";
import { boostedTreesForecaster, forestForecaster } from "./tree-forecaster.ts";
import { walkForward } from "./walk-forward.ts";

function seriesOf(length: number, valueAt: (t: number) => number): Series {
  const value = Float64Array.from({ length }, (_, t) => valueAt(t));
  const first = dayNumber("2023-01-02");
  return parseSeries({ date: Array.from(value, (_, t) => dayText(first + t)), value });
}

async function meanOf(
  forecaster: Forecaster,
  history: Series,
  target: ForecastTarget = "value",
): Promise<number> {
  const context = { horizon: 1, coverage: 0.9, target, seed: 1, threads: 1 };
  return (await (await forecaster.fit(history, context)).forecast(1))[0].mean;
}

test("the LSTM in plain arithmetic answers as its network does", async () => {
  const [features, window] = [5, 7];
  const network: Network = {
    inputs: { moves: { type: "float32", shape: ["batch", window, 1] } },
    build(scope, { moves }) {
      const state = lstm(scope.within("lstm"), moves, { features, output: "last" });
      return { next: dense(scope.within("head"), state, { features: 1 }) };
    },
  };
  const rng = createRng("cell");
  const random = (...shape: number[]) => {
    const size = shape.reduce((all, dim) => all * dim, 1);
    return float32(
      Float32Array.from({ length: size }, () => rng.normal(0, 0.7)),
      shape,
    );
  };
  const weights: Weights = new Map([
    ["lstm.weight", random(1, 4 * features, 1)],
    ["lstm.recurrence", random(1, 4 * features, features)],
    ["lstm.bias", random(1, 8 * features)],
    ["head.weight", random(features, 1)],
    ["head.bias", random(1)],
  ]);
  const moves = random(3, window, 1);
  const data = tableDataset({ moves }, { batchSize: 3, shuffle: false });
  const cell = lstmCell(weights, features);
  for await (const { outputs } of predict(network, { weights, data }))
    for (let row = 0; row < 3; row++) {
      const sequence = Float64Array.from(
        moves.data.subarray(row * window, (row + 1) * window),
        Number,
      );
      assert.ok(Math.abs(cell.answer(sequence) - Number(outputs["next"].data[row])) < 1e-5);
    }
});

test("an LSTM learns that a rise follows a fall", async () => {
  // 100, 110, 100, 110, …: the next is the other one.
  const rng = createRng("saw");
  const history = seriesOf(300, (t) => (t % 2 === 0 ? 100 : 110) + rng.normal(0, 0.1));
  const told = await meanOf(
    lstmForecaster({ window: 4, features: 6, epochs: 30, lr: 0.02 }),
    history,
  );
  assert.ok(Math.abs(told - 100) < 2, `${told}, not 100`);
});

test("trees learn a rhythm of the week, and a day's direction as a probability", async () => {
  const rng = createRng("week");
  const history = seriesOf(400, (t) => 100 + (t % 7 === 6 ? 30 : 0) + rng.normal(0, 0.5));
  // Day 400 is t % 7 = 1, after t % 7 = 0: neither is the high day.
  for (const forecaster of [boostedTreesForecaster(), forestForecaster()]) {
    const told = await meanOf(forecaster, history);
    assert.ok(Math.abs(told - 100) < 3, `${forecaster.name}: ${told}, not 100`);
    const upTo = deriveTarget(
      seriesOf(398, (t) => history.value[t]),
      "direction",
    );
    // The next day, t = 398, is t % 7 = 6: surely up.
    const probability = await meanOf(forecaster, upTo, "direction");
    assert.ok(probability > 0.9 && probability <= 1, `${forecaster.name}: ${probability}`);
  }
});

test("features of a day read nothing at the origin or after, but its date", () => {
  const rng = createRng("origin");
  const values = Array.from({ length: 60 }, () => 50 + rng.next());
  const origin = 40;
  const rowsOf = (series: Series): Float64Array => {
    const derived = deriveTarget(series, "return");
    const features = originFeatures(derived);
    const row = new Float64Array(features.names.length);
    features.writeInto(derived, { origin: origin - 1, day: origin + 3 }, row);
    return row;
  };
  const row = rowsOf(seriesOf(60, (t) => values[t]));
  assert.ok(row.every(Number.isFinite));
  assert.deepEqual(rowsOf(seriesOf(60, (t) => (t < origin ? values[t] : 7))), row);
  assert.notDeepEqual(rowsOf(seriesOf(60, (t) => (t < origin - 1 ? values[t] : 7))), row);
});

test("on a random walk a walk-forward says that trees do not beat naive", async () => {
  const rng = createRng("no skill");
  let level = 1000;
  const walk = seriesOf(400, () => (level += rng.normal()));
  const report = await walkForward(walk, [boostedTreesForecaster({ rounds: 30 })], {
    horizons: [1, 5],
    step: 4,
    refitEvery: 20,
  });
  assert.match(report.verdict, /^Nothing here beats repeating the last value/);
});
