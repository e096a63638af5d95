import assert from "node:assert/strict";
import { test } from "node:test";
import { closest, editDistance } from "./suggestion.ts";

test("distances worked by hand: a swap, a loss, a gain and a change cost one each", () => {
  assert.equal(editDistance("train", "trian"), 1);
  assert.equal(editDistance("train", "tran"), 1);
  assert.equal(editDistance("train", "traain"), 1);
  assert.equal(editDistance("train", "brain"), 1);
  assert.equal(editDistance("", "abc"), 3);
  assert.equal(editDistance("kitten", "sitting"), 3);
});

test("distance is symmetric and zero only for equal words", () => {
  const words = ["", "a", "ab", "ba", "reviews", "review", "products"];
  for (const a of words)
    for (const b of words) {
      assert.equal(editDistance(a, b), editDistance(b, a));
      assert.equal(editDistance(a, b) === 0, a === b);
    }
});

test("a slip finds its word, a beginning finds the whole, a stranger finds nothing", () => {
  const commands = ["start", "ingest", "datasets", "train", "runs"];
  assert.equal(closest("trian", commands), "train");
  assert.equal(closest("data", commands), "datasets");
  assert.equal(closest("INGEST", commands), "ingest");
  assert.equal(closest("frobnicate", commands), undefined);
});
