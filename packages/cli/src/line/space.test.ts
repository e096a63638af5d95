import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSpace } from "./space.ts";

test("ranges, options and whole settings are told apart", () => {
  assert.deepEqual(
    parseSpace(["lr=1e-3..0.1:log", "smoothing=0..0.3", "dim=8,16", "balance=none,full", "decay"]),
    {
      lr: { min: 0.001, max: 0.1, scale: "log" },
      smoothing: { min: 0, max: 0.3 },
      dim: { options: [8, 16] },
      balance: { options: ["none", "full"] },
      decay: {},
    },
  );
  assert.deepEqual(parseSpace(["shift=-2..-1:linear"]), {
    shift: { min: -2, max: -1, scale: "linear" },
  });
});

test("what is no range, option or name is refused", () => {
  for (const text of ["=1..2", "lr=", "lr=a..b", "lr=1..b:log"])
    assert.throws(() => parseSpace([text]), { code: "CLI_OPTION_VALUE" }, text);
});
