import assert from "node:assert/strict";
import { test } from "node:test";
import { thresholdCurves } from "./curves.ts";

const near = (got: number, expected: number): void =>
  assert.ok(Math.abs(got - expected) < 1e-12, `expected ${expected}, got ${got}`);

test("ROC, its area and average precision of five rows worked by hand", () => {
  // By score: + - + - -; of the 6 pairs (+, -) five are in the right order.
  const { auc, averagePrecision, roc, precisionRecall, rows } = thresholdCurves(
    Float64Array.of(0.9, 0.8, 0.7, 0.2, 0.1),
    Uint8Array.of(1, 0, 1, 0, 0),
  );
  assert.equal(rows, 2);
  near(auc, 5 / 6);
  near(averagePrecision, (1 / 2) * 1 + (1 / 2) * (2 / 3));
  assert.deepEqual(roc.slice(0, 4), [
    [0, 0],
    [0, 0.5],
    [1 / 3, 0.5],
    [1 / 3, 1],
  ]);
  assert.deepEqual(roc.at(-1), [1, 1]);
  assert.deepEqual(precisionRecall[0], [0.5, 1]);
});

test("rows of one score cross the threshold together: no order to be lucky with", () => {
  const equal = thresholdCurves(new Float64Array(4), Uint8Array.of(1, 1, 0, 0));
  near(equal.auc, 0.5);
  near(equal.averagePrecision, 0.5);
  assert.deepEqual(equal.roc, [
    [0, 0],
    [1, 1],
  ]);
});

test("a curve of many thresholds keeps its ends and at most 201 points", () => {
  const n = 5000;
  const score = Float64Array.from({ length: n }, (_, i) => i / n);
  const { roc, auc } = thresholdCurves(
    score,
    Uint8Array.from(score, (s) => Number(s >= 0.5)),
  );
  assert.equal(roc.length, 201);
  assert.deepEqual(
    [roc[0], roc.at(-1)],
    [
      [0, 0],
      [1, 1],
    ],
  );
  near(auc, 1);
});
