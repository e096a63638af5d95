import assert from "node:assert/strict";
import { test } from "node:test";
import { pointsIn, RunCurves } from "./run-curves.ts";

function curvesOf(keys: readonly string[], steps: readonly number[]): RunCurves {
  const curves = new RunCurves();
  for (const step of steps) curves.add(keys.map((key) => ({ key, step, value: step })));
  return curves;
}

test("losses and accuracies are drawn apart, and figures of the test rows not at all", () => {
  const keys = ["train.loss", "validation.loss", "validation.accuracy", "test_accuracy"];
  const groups = curvesOf(keys, [1, 2]).groups();
  assert.deepEqual(
    groups.map(({ figure, buffer }) => [figure, buffer.names]),
    [
      ["loss", ["train.loss", "validation.loss"]],
      ["right answers", ["validation.accuracy"]],
    ],
  );
});

test("a figure with a single point is no curve yet, however often it comes", () => {
  assert.deepEqual(curvesOf(["loss"], [3, 3]).groups(), []);
  assert.equal(curvesOf(["loss"], [3, 4]).groups().length, 1);
});

test("many kinds of figures share one chart", () => {
  const keys = Array.from({ length: 50 }, (_, i) => `sensor-${i}`);
  const [all, ...others] = curvesOf(keys, [1, 2]).groups();
  assert.equal(all?.buffer.names.length, 50);
  assert.deepEqual(others, []);
});

test("points are read from logged batches and from the steps of a training", () => {
  const point = { key: "loss", step: 3, value: 0.5, timestamp: 1 };
  assert.deepEqual(pointsIn({ run: "r", points: [point, { key: 3 }] }), [point]);
  const step = { kind: "metrics", data: { step: 7, epoch: 1, values: { loss: 0.25 } } };
  assert.deepEqual(pointsIn({ run: "r", step }), [{ key: "loss", step: 7, value: 0.25 }]);
  assert.deepEqual(pointsIn({ run: "r", step: { kind: "phase", data: {} } }), []);
});
