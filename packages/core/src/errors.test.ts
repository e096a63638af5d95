import assert from "node:assert/strict";
import { test } from "node:test";
import { errorCode, errorMessage, SoukError } from "./errors.ts";

test("a SoukError keeps its code, message, cause and details", () => {
  const cause = new Error("disk");
  const error = new SoukError("BLOB_WRITE", "expected room, got none", {
    cause,
    details: { bytes: 3 },
  });
  assert.equal(errorCode(error), "BLOB_WRITE");
  assert.equal(error.cause, cause);
  assert.deepEqual(error.details, { bytes: 3 });
  assert.match(String(error), /^SoukError: expected room, got none$/);
});

test("anything that was thrown has a message, and a code only when it has one", () => {
  assert.equal(errorMessage("bare"), "bare");
  assert.equal(errorCode("bare"), undefined);
  assert.equal(errorCode({ code: 7 }), undefined);
});
