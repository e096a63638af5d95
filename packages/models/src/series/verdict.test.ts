import assert from "node:assert/strict";
import { test } from "node:test";
import { walkForwardVerdict } from "./verdict.ts";
import type { ForecasterReport } from "./walk-forward-report.ts";

/** A forecaster with this MAE and adjusted p-value one day ahead; the benchmark has no p-value. */
function reportOf(name: string, mae: number, adjustedPValue?: number): ForecasterReport {
  const at = {
    horizon: 1,
    forecasts: 100,
    mae,
    rmse: mae,
    mase: 1,
    smape: 1,
    directionAccuracy: null,
    directionCalls: 0,
    intervalCoverage: 0.9,
    intervalWidth: 1,
  };
  if (adjustedPValue === undefined) return { name, summary: "", horizons: [at] };
  const versusBenchmark = { lossRatio: mae / 10, statistic: 0, pValue: 0, adjustedPValue };
  return { name, summary: "", horizons: [{ ...at, versusBenchmark }] };
}

function verdictOf(...rivals: readonly ForecasterReport[]): string {
  const forecasters = [reportOf("naive", 10), ...rivals];
  return walkForwardVerdict({ forecasters, benchmark: "naive", loss: "absolute" });
}

test("a sure gain of a fifth is a win, in numbers", () => {
  assert.equal(
    verdictOf(reportOf("drift", 8, 0.01), reportOf("other", 9, 0.01)),
    "drift beats repeating the last value 1 day ahead: MAE 8 against 10, 20 % less (p = 0.01).",
  );
});

test("an unsure gain is none, nor is a sure one below 1 %", () => {
  for (const rival of [reportOf("drift", 8, 0.06), reportOf("drift", 9.95, 0.0001)])
    assert.match(
      verdictOf(rival),
      /^Nothing here beats repeating the last value: 1 day ahead drift/,
    );
});

test("what is surely worse by 1 % or more is named", () => {
  assert.match(
    verdictOf(reportOf("a", 12, 0.01)),
    /Worse than repeating the last value: a 1 day ahead\.$/,
  );
  assert.doesNotMatch(verdictOf(reportOf("a", 10.05, 0.01)), /Worse/);
});

test("without rivals it says so", () => {
  assert.equal(verdictOf(), "Only repeating the last value was tried.");
});
