import assert from "node:assert/strict";
import { test } from "node:test";
import { parsePairs, parseVersion, settingOf } from "./pairs.ts";

test("a pair is split at its first equals sign", () => {
  assert.deepEqual({ ...parsePairs("map", ["a=b=c", "d="]) }, { a: "b=c", d: "" });
  for (const pair of ["abc", "=b", ""])
    assert.throws(() => parsePairs("map", [pair]), { code: "CLI_OPTION_VALUE" });
});

test("settings that read as numbers and booleans are numbers and booleans", () => {
  assert.deepEqual(["3", "0.5", "1e-3", "true", "false", "adam", ""].map(settingOf), [
    3,
    0.5,
    0.001,
    true,
    false,
    "adam",
    "",
  ]);
});

test("a version is a whole number from 1, with or without v", () => {
  assert.equal(parseVersion("3"), 3);
  assert.equal(parseVersion("v12"), 12);
  for (const text of ["0", "1.5", "x", "-1", ""])
    assert.throws(() => parseVersion(text), { code: "CLI_ARGUMENT" });
});
