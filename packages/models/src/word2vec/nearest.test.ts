import assert from "node:assert/strict";
import { test } from "node:test";
import { analogy, nearestWords } from "./nearest.ts";
import type { WordVectors } from "./word-vectors.ts";

function vectorsOf(rows: Readonly<Record<string, readonly number[]>>): WordVectors {
  const words = Object.keys(rows);
  return {
    words,
    counts: new Float64Array(words.length),
    dim: 2,
    vectors: Float32Array.from(Object.values(rows).flat()),
  };
}

const compass = vectorsOf({
  east: [1, 0],
  south: [0, -3],
  northeast: [2, 2],
  north: [0, 5],
  west: [-1, 0],
  nowhere: [0, 0],
});

test("nearest words come by angle, not by length, and the word itself is left out", () => {
  const found = nearestWords(compass, "east", 3);
  assert.deepEqual(
    found.map(({ word }) => word),
    ["northeast", "south", "north"],
  );
  assert.ok(Math.abs(found[0].similarity - Math.SQRT1_2) < 1e-7);
  assert.equal(found[1].similarity, 0);
});

test("equally near words keep the order of the vocabulary, a row of zeros has similarity 0", () => {
  const words = nearestWords(compass, "east", 10).map(({ word }) => word);
  assert.deepEqual(words, ["northeast", "south", "north", "nowhere", "west"]);
});

test("a vector finds the word it belongs to", () => {
  assert.equal(nearestWords(compass, Float32Array.of(0.1, 3), 1)[0].word, "north");
});

test("none or more words than there are can be asked for", () => {
  assert.deepEqual(nearestWords(compass, "east", 0), []);
  assert.equal(nearestWords(compass, Float32Array.of(1, 1), 99).length, 6);
});

test("an analogy adds the difference of directions", () => {
  const exact = vectorsOf({ a: [1, 0], b: [0, 1], c: [0, 1], d: [-1, 2], e: [0.5, 1] });
  // b - a + c = (-1, 2).
  assert.equal(analogy(exact, { a: "a", b: "b", c: "c" }, 1)[0].word, "d");
});

test("a word without a vector and a vector of another length are refused by code", () => {
  assert.throws(() => nearestWords(compass, "\u0000up"), { code: "WORD2VEC_WORD" });
  assert.throws(
    () => nearestWords(compass, "x".repeat(10_000_000)),
    ({ message }: Error) => message.length < 300,
  );
  assert.throws(() => nearestWords(compass, Float32Array.of(1)), { code: "WORD2VEC_VECTOR" });
  assert.throws(() => analogy(compass, { a: "east", b: "up", c: "west" }), {
    code: "WORD2VEC_WORD",
  });
});
