import assert from "node:assert/strict";
import { test } from "node:test";
import { decayOf } from "./weight-decay.ts";

test("a plain decay spares biases and vectors", () => {
  const decays = (name: string, shape: readonly number[]) => decayOf(0.1, { name, shape });
  assert.equal(decays("encoder.dense.weight", [4, 4]), 0.1);
  assert.equal(decays("bert.embeddings.weight", [100, 8]), 0.1);
  assert.equal(decays("encoder.dense.bias", [4]), 0);
  assert.equal(decays("norm.scale", [4]), 0);
  assert.equal(decays("lstm.B", [2, 32]), 0);
});

test("of groups the first that matches counts, and weights in none do not decay", () => {
  const groups = [
    { match: /^head\./, decay: 0.5 },
    { match: (_name: string, shape: readonly number[]) => shape.length === 2, decay: 0.1 },
  ];
  assert.equal(decayOf(groups, { name: "head.weight", shape: [2, 2] }), 0.5);
  assert.equal(decayOf(groups, { name: "body.weight", shape: [2, 2] }), 0.1);
  assert.equal(decayOf(groups, { name: "body.scale", shape: [2] }), 0);
});
