import assert from "node:assert/strict";
import { test } from "node:test";
import { calibration, fitTemperature, scaledLogLoss } from "./calibration.ts";
import { classMetrics } from "./class-metrics.ts";
import { numberMetrics } from "./number-metrics.ts";

/** Logits that put almost everything on the given labels. */
function certain(predicted: readonly number[], k: number): Float64Array {
  const scores = new Float64Array(predicted.length * k);
  predicted.forEach((c, row) => (scores[row * k + c] = 50));
  return scores;
}

const near = (got: number, expected: number): void =>
  assert.ok(Math.abs(got - expected) < 1e-9, `expected ${expected}, got ${got}`);

test("accuracy, F1, MAE and confusion of six rows worked by hand", () => {
  // actual    1 1 1 2 2 3
  // predicted 1 1 2 2 3 1
  const { metrics, perClass, confusion } = classMetrics(
    certain([0, 0, 1, 1, 2, 0], 3),
    [0, 0, 0, 1, 1, 2],
    [1, 2, 3],
  );
  assert.deepEqual(confusion, [
    [2, 1, 0],
    [0, 1, 1],
    [1, 0, 0],
  ]);
  near(metrics["accuracy"], 3 / 6);
  // class 1: p 2/3 r 2/3 f 2/3; class 2: p 1/2 r 1/2 f 1/2; class 3: f 0
  near(metrics["macroF1"], (2 / 3 + 1 / 2 + 0) / 3);
  near(metrics["weightedF1"], (3 * (2 / 3) + 2 * (1 / 2)) / 6);
  near(metrics["mae"], (0 + 0 + 1 + 0 + 1 + 2) / 6);
  assert.equal(perClass[0].support, 3);
  near(perClass[0].precision, 2 / 3);
});

test("log-loss of even odds is ln 2, of a certain error it is finite", () => {
  near(classMetrics(Float64Array.of(0, 0), [1], ["a", "b"]).metrics["logLoss"], Math.log(2));
  near(classMetrics(Float64Array.of(900, 0), [1], ["a", "b"]).metrics["logLoss"], -Math.log(1e-15));
});

test("a label the model does not know counts as an error", () => {
  near(classMetrics(certain([0, 0], 2), [0, -1], ["a", "b"]).metrics["accuracy"], 0.5);
});

test("a class that never occurs nor is predicted is left out of macro-F1", () => {
  near(classMetrics(certain([0, 1], 3), [0, 1], ["a", "b", "c"]).metrics["macroF1"], 1);
});

test("MAE, RMSE and R2 of three numbers worked by hand", () => {
  const { mae, rmse, r2 } = numberMetrics([2, 2, 5], [1, 2, 3]);
  near(mae, 1);
  near(rmse, Math.sqrt(5 / 3));
  near(r2, 1 - 5 / 2);
});

test("ten rows of confidence 0.8, six of them right, have a calibration error of 0.2", () => {
  const scores = Float64Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? Math.log(4) : 0));
  const targets = [0, 0, 0, 0, 0, 0, 1, 1, 1, 1];
  const { bins, ece } = calibration(scores, targets, 2);
  near(ece, 0.2);
  assert.equal(
    bins.reduce((sum, bin) => sum + bin.count, 0),
    10,
  );
});

test("the fitted temperature undoes logits made three times too large", () => {
  // Probability 0.75 of being right: the honest logit is ln 3.
  const scores = Float64Array.from({ length: 800 }, (_, i) => (i % 2 === 0 ? 3 * Math.log(3) : 0));
  const targets = Array.from({ length: 400 }, (_, row) => (row % 4 === 0 ? 1 : 0));
  const t = fitTemperature(scores, targets, 2);
  assert.ok(Math.abs(t - 3) < 0.01, `got ${t}`);
  assert.ok(
    scaledLogLoss(scores, targets, { k: 2, t }) < scaledLogLoss(scores, targets, { k: 2, t: 1 }),
  );
});
