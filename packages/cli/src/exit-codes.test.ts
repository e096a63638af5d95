import assert from "node:assert/strict";
import { test } from "node:test";
import { SoukError } from "@souk/core";
import { exitCodeOf } from "./exit-codes.ts";

test("each kind of failure has its exit code", () => {
  const expected = {
    CLI_OPTION: 2,
    CLI_COMMAND: 2,
    LAKE_DATASET_UNKNOWN: 3,
    CLI_FILE_MISSING: 3,
    CLI_USER_UNKNOWN: 3,
    TRACKING_GATE_FAILED: 4,
    DEMO_NOT_EMPTY: 4,
    JOB_CANCELLED: 130,
    CONFIG_INVALID: 1,
  };
  for (const [code, exit] of Object.entries(expected))
    assert.equal(exitCodeOf(new SoukError(code, "")), exit, code);
});

test("an aborted signal is an interruption, a plain error a failure", () => {
  const signal = AbortSignal.abort();
  assert.equal(exitCodeOf(signal.reason), 130);
  assert.equal(exitCodeOf(new Error("x")), 1);
  assert.equal(exitCodeOf("thrown text"), 1);
});
