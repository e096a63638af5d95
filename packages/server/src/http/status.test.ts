import assert from "node:assert/strict";
import test from "node:test";
import { SoukError } from "@souk/core";
import { statusOf, statusOfCode } from "./status.ts";

test("the status of a code is what the sender can do about it", () => {
  const expected = {
    AUTH_TOKEN: 401,
    AUTH_DENIED: 403,
    LAKE_NO_TABLE: 404,
    TRACKING_RUN_UNKNOWN: 404,
    USER_EXISTS: 409,
    TRACKING_GATE_FAILED: 409,
    HTTP_TOO_LARGE: 413,
    SQL_TIMEOUT: 422,
    AUTH_THROTTLED: 429,
    SERVING_OVERLOADED: 503,
    JOBS_FULL: 503,
    SQL_SYNTAX: 400,
    LAKE_MAPPING: 400,
    STORE_SQL: 500,
    SQL_CRASHED: 500,
  };
  const got = Object.keys(expected).map((code) => [code, statusOfCode(code)]);
  assert.deepEqual(Object.fromEntries(got), expected);
});

test("an unexpected error is 500, a client error of the framework keeps its status", () => {
  assert.equal(statusOf(new TypeError("x")), 500);
  assert.equal(statusOf(Object.assign(new Error("x"), { statusCode: 413 })), 413);
  assert.equal(statusOf(Object.assign(new Error("x"), { statusCode: 200 })), 500);
  assert.equal(statusOf(new SoukError("constructor", "x")), 400);
});
