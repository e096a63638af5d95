import assert from "node:assert/strict";
import { test } from "node:test";
import type { Family } from "../learning/settings.ts";
import { spaceOf, spaceWords, troubleOf } from "./search-space.ts";

const specs: Family["settings"] = {
  lr: { kind: "number", default: 0.1, min: 0, max: 1, description: "" },
  balance: { kind: "choice", default: "none", options: ["none", "sqrt"], description: "" },
  bias: { kind: "boolean", default: true, description: "" },
};

test("settings that are added are searched over all they may be, others stay as narrow as they were", () => {
  const space = spaceOf(
    ["lr", "balance", "bias", "unknown"],
    { lr: { min: 0.1, max: 0.2 } },
    specs,
  );
  assert.deepEqual(space, {
    lr: { min: 0.1, max: 0.2 },
    balance: { options: ["none", "sqrt"] },
    bias: { options: [false, true] },
  });
});

test("the line of the command says ranges, scales and options", () => {
  assert.equal(
    spaceWords({ lr: { min: 0.01, max: 1, scale: "log" }, dim: { options: [8, 16] } }),
    " --space lr=0.01..1:log --space dim=8,16",
  );
});

test("nothing to search and ends that are turned round are told before anything is asked", () => {
  assert.match(troubleOf({}) ?? "", /at least one/);
  assert.match(troubleOf({ lr: { min: 2, max: 1 } }) ?? "", /least lr/);
  assert.equal(troubleOf({ lr: { min: 1, max: 2 } }), undefined);
});
