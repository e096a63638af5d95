import assert from "node:assert/strict";
import { test } from "node:test";
import { gateOf } from "./registration.ts";

const report = {
  metrics: { rmsle: 0.9, spearman: 0.6 },
  baseline: { name: "median", metrics: { rmsle: 1.2, spearman: 0 } },
  testRowsHash: "a",
};
const incumbent = { version: 1, metrics: { rmsle: 1, spearman: 0.7 }, testRowsHash: "a" };

test("a smaller RMSLE passes the gate, a smaller Spearman does not", () => {
  assert.equal(gateOf("rmsle", report, { settings: {}, incumbent }).passed, true);
  assert.equal(gateOf("spearman", report, { settings: {}, incumbent }).passed, false);
  const worse = { ...incumbent, metrics: { rmsle: 0.8, spearman: 0.5 } };
  assert.equal(gateOf("rmsle", report, { settings: {}, incumbent: worse }).passed, false);
  assert.equal(gateOf("spearman", report, { settings: {}, incumbent: worse }).passed, true);
});

test("the limit of the config file is a maximum where less is better", () => {
  const one = { incumbent: undefined };
  assert.equal(gateOf("rmsle", report, { settings: { minimum: 1 }, ...one }).passed, true);
  assert.equal(gateOf("rmsle", report, { settings: { minimum: 0.8 }, ...one }).passed, false);
  assert.equal(gateOf("spearman", report, { settings: { minimum: 0.8 }, ...one }).passed, false);
});
