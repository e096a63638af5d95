import assert from "node:assert/strict";
import { test } from "node:test";
import { leaveInputsOut } from "./contributions.ts";

test("each input counts for what the score loses without it, the largest first", async () => {
  const batch = { length: 2, columns: { a: [2, 9], b: ["x", "y"], c: [null, 1] } };
  const question = { inputs: ["a", "b", "c"], output: 1, outputs: 2 };
  const { features } = await leaveInputsOut(batch, question, ({ length, columns }, scores) => {
    for (let row = 0; row < length; row++)
      scores[2 * row + 1] = 3 * Number(columns.a[row]) - (columns.b[row] === "x" ? 10 : 0);
  });
  assert.deepEqual(features, [
    { input: "b", value: "x", contribution: -10 },
    { input: "a", value: 2, contribution: 6 },
    { input: "c", value: null, contribution: 0 },
  ]);
});
