import assert from "node:assert/strict";
import { test } from "node:test";
import { gateOfJob } from "./gate-of-job.ts";

test("the gate a training asked is read from its job; one that asked none has none", () => {
  const rule = { name: "maximum lossRatio", passed: false, expected: "≤ 0.99", got: "0.9998" };
  const gate = { passed: false, rules: [rule] };
  assert.deepEqual(gateOfJob({ result: { model: "forecast", modelVersion: 1, gate, more: 1 } }), {
    model: "forecast",
    version: 1,
    gate,
  });
  assert.equal(gateOfJob({ result: { model: "forecast", modelVersion: 1 } }), undefined);
  assert.equal(gateOfJob({ result: { gate } }), undefined);
  assert.equal(gateOfJob({}), undefined);
});
