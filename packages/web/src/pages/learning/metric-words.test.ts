import assert from "node:assert/strict";
import { test } from "node:test";
import {
  nameOfKey,
  figureOf,
  formatDifference,
  formatMetric,
  isBetter,
  isShare,
  nameOfMetric,
} from "./metric-words.ts";

test("the figure of a metric is what its key ends with", () => {
  for (const key of ["accuracy", "test_accuracy", "validation.accuracy", "slice/accuracy"])
    assert.equal(figureOf(key), "accuracy");
  assert.equal(nameOfMetric("test_macroF1"), "macro F1");
  assert.equal(nameOfMetric("my own figure"), "my own figure");
});

test("shares are told in percent and points, other figures as numbers", () => {
  assert.equal(formatMetric("test_accuracy", 0.7312), "73.1 %");
  assert.equal(formatMetric("test_mae", 0.52134), "0.5213");
  assert.equal(formatDifference("accuracy", 0.73, 0.61), "+12.0 points");
  assert.equal(formatDifference("mae", 0.5, 0.75), "-0.25");
  assert.deepEqual(["recall", "test_f1", "r2", "mae"].map(isShare), [true, true, false, false]);
});

test("less error is better, and so is more accuracy", () => {
  assert.ok(isBetter("test_mae", 1, 2));
  assert.ok(isBetter("accuracy", 0.8, 0.7));
  assert.ok(!isBetter("train.loss", 2, 1));
});

test("a key is told with the rows it was measured on, and seconds as what took them", () => {
  assert.equal(nameOfKey("test_macroF1"), "macro F1, test rows");
  assert.equal(nameOfKey("validation.logLoss"), "log loss, validation rows");
  assert.equal(nameOfKey("train.loss"), "loss, training rows");
  assert.equal(nameOfKey("seconds_total"), "time in all");
  assert.equal(nameOfKey("my.own.key"), "my.own.key");
  assert.equal(formatMetric("seconds_train", 0.4926), "493 ms");
});
