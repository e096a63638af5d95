import assert from "node:assert/strict";
import { test } from "node:test";
import { evaluateGate } from "./gate.ts";

const candidate = {
  metrics: { accuracy: 0.75, mae: 0.4 },
  baseline: { metrics: { accuracy: 0.45, mae: 1.1 } },
  testRowsHash: "rows-1",
  latencyMs: 4,
  sizeBytes: 1000,
};
const incumbent = { metrics: { accuracy: 0.74, mae: 0.39 }, testRowsHash: "rows-1", version: 6 };
const failures = (result: ReturnType<typeof evaluateGate>): string[] =>
  result.rules.filter(({ passed }) => !passed).map(({ name }) => name);

test("better than baseline and incumbent on the same rows passes and remembers the incumbent", () => {
  const result = evaluateGate({ metric: "accuracy" }, candidate, incumbent);
  assert.equal(result.passed, true);
  assert.equal(result.incumbentVersion, 6);
  assert.deepEqual(result.rules.at(-1), {
    name: "beats the incumbent",
    passed: true,
    expected: "accuracy > 0.74",
    got: "0.75",
  });
});

test("of an error, less is better", () => {
  assert.deepEqual(failures(evaluateGate({ metric: "mae" }, candidate, incumbent)), [
    "beats the incumbent",
  ]);
  assert.equal(evaluateGate({ metric: "mae" }, candidate).passed, true);
});

test("an equal figure does not beat, nor does a gain below the margin", () => {
  const equal = { ...incumbent, metrics: { accuracy: 0.75 } };
  assert.deepEqual(failures(evaluateGate({ metric: "accuracy" }, candidate, equal)), [
    "beats the incumbent",
  ]);
  assert.deepEqual(
    failures(evaluateGate({ metric: "accuracy", margin: 0.02 }, candidate, incumbent)),
    ["beats the incumbent"],
  );
});

test("figures on other test rows, or on unknown ones, are not comparable", () => {
  for (const testRowsHash of ["rows-2", undefined]) {
    const other = { ...incumbent, testRowsHash };
    assert.deepEqual(failures(evaluateGate({ metric: "accuracy" }, candidate, other)), [
      "same test rows as the incumbent",
    ]);
  }
});

test("a missing or undefined figure fails its rule", () => {
  assert.deepEqual(failures(evaluateGate({ metric: "f1" }, candidate)), ["beats the baseline"]);
  const broken = { ...candidate, metrics: { accuracy: Number.NaN } };
  assert.deepEqual(failures(evaluateGate({ metric: "accuracy" }, broken)), ["beats the baseline"]);
  assert.deepEqual(
    failures(evaluateGate({ metric: "accuracy" }, { ...candidate, baseline: undefined })),
    ["beats the baseline"],
  );
});

test("bounds on metrics, latency and size each speak for themselves", () => {
  const rules = { metric: "accuracy", minimum: { accuracy: 0.8 }, maximum: { mae: 0.3 } };
  const result = evaluateGate({ ...rules, maximumLatencyMs: 3, maximumSizeBytes: 1000 }, candidate);
  assert.deepEqual(failures(result), ["minimum accuracy", "maximum mae", "maximum latency in ms"]);
});
