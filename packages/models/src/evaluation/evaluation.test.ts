import assert from "node:assert/strict";
import { test } from "node:test";
import { calibration, fitTemperature, scaledLogLoss } from "./calibration.ts";
import { baselineScores } from "./baseline-scores.ts";
import { classMetrics } from "./class-metrics.ts";
import { numberMetric, numberMetrics } from "./number-metrics.ts";
import { builtInTasks } from "../task/built-in.ts";
import { isLowerBetter, metricsFor } from "../task/metrics.ts";

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
  // Squared distances seen: 1 + 1 + 4 = 6; by chance (3*2 + 2*3 + 2*1 + 1*2 + 4 * (3*1 + 1*3)) / 6 = 40/6.
  near(metrics["quadraticKappa"], 1 - 6 / (40 / 6));
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

test("median error, RMSLE, MAPE and Spearman of three numbers worked by hand", () => {
  const { medianAE, rmsle, mape, spearman } = numberMetrics([2, 2, 5], [1, 2, 3]);
  near(medianAE, 1);
  // ln 3/2 twice and 0
  near(rmsle, Math.sqrt((2 * Math.log(1.5) ** 2) / 3));
  near(mape, (1 / 1 + 0 / 2 + 2 / 3) / 3);
  // ranks 0.5 0.5 2 against 0 1 2, each less their mean 1
  near(spearman, (0.5 + 0 + 1) / Math.sqrt(1.5 * 2));
});

test("the median of an even number of errors is the mean of the middle two", () => {
  near(numberMetrics([1, 2, 3, 10], [0, 0, 0, 0])["medianAE"], 2.5);
});

test("Spearman is 1 for any rising relation, -1 for a falling one, 0 for a constant", () => {
  const actual = [1, 2, 5, 40, 41];
  near(numberMetric("spearman", actual.map(Math.exp), actual), 1);
  near(
    numberMetric(
      "spearman",
      actual.map((y) => -y),
      actual,
    ),
    -1,
  );
  near(numberMetric("spearman", [3, 3, 3, 3, 3], actual), 0);
});

test("rows of 0 are left out of MAPE, and RMSLE is not defined below 0", () => {
  near(numberMetrics([5, 3], [0, 2])["mape"], 0.5);
  assert.equal("mape" in numberMetrics([5], [0]), false);
  assert.equal("rmsle" in numberMetrics([5], [-1]), false);
  assert.ok(Number.isNaN(numberMetric("rmsle", [5], [-1])));
});

test("a prediction below 0 counts as 0 in RMSLE", () => {
  near(numberMetrics([-5], [Math.E - 1])["rmsle"], 1);
});

test("top-3 accuracy of four rows worked by hand; equal scores count in label order", () => {
  const scores = Float64Array.from(
    [
      [9, 8, 7, 6, 5],
      [9, 8, 7, 6, 5],
      [0, 0, 0, 0, 0],
      [0, 0, 0, 0, 0],
    ].flat(),
  );
  const labels = ["a", "b", "c", "d", "e"];
  near(classMetrics(scores, [2, 3, 2, 3], labels).metrics["top3Accuracy"], 0.5);
  near(classMetrics(scores, [2, 2, 2, -1], labels).metrics["top3Accuracy"], 0.75);
  assert.equal(
    "top3Accuracy" in classMetrics(certain([0], 3), [0], ["a", "b", "c"]).metrics,
    false,
  );
});

test("quadratic kappa is 1 for perfect, 0 for one answer to all, -1 for the two ends exchanged", () => {
  const kappa = (predicted: number[], actual: number[]): number =>
    classMetrics(certain(predicted, 3), actual, [1, 2, 3]).metrics["quadraticKappa"];
  near(kappa([0, 1, 2], [0, 1, 2]), 1);
  near(kappa([1, 1, 1], [0, 1, 2]), 0);
  near(kappa([2, 0], [0, 2]), -1);
  near(kappa([1, 1], [1, 1]), 0);
});

test("the table of metrics knows which way is better: perfect answers are nowhere worse than poor ones", () => {
  const actual = [1, 2, 3, 4];
  const numbers = {
    good: numberMetrics(actual, actual),
    poor: numberMetrics([4, 1, 1, 9], actual),
  };
  const labels = [1, 2, 3, 4];
  const index = [0, 1, 2, 3];
  const classes = {
    good: classMetrics(certain(index, 4), index, labels).metrics,
    poor: classMetrics(certain([3, 3, 3, 0], 4), index, labels).metrics,
  };
  for (const [kind, { good, poor }] of [
    ["number", numbers],
    ["ordinal", classes],
  ] as const)
    for (const metric of metricsFor(kind)) {
      const gain = isLowerBetter(metric)
        ? poor[metric] - good[metric]
        : good[metric] - poor[metric];
      assert.ok(gain > 0, `${metric}: ${good[metric]} against ${poor[metric]}`);
    }
});

test("the baseline of a number target is the median or the mean, as the task says", () => {
  const targets = Float64Array.of(1, 2, 9);
  const { price } = builtInTasks;
  const one = { labels: undefined, rows: 2 };
  assert.deepEqual([...baselineScores(price, targets, one)], [2, 2]);
  assert.deepEqual([...baselineScores({ ...price, baseline: "mean" }, targets, one)], [4, 4]);
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
