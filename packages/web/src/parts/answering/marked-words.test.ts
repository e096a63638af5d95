import assert from "node:assert/strict";
import test from "node:test";
import { markedPieces } from "./marked-words.ts";

test("pieces in their order are the whole text, marked where a token stands", () => {
  const pieces = markedPieces("not good", [
    { from: 0, to: 3, contribution: -2 },
    { from: 4, to: 8, contribution: 1 },
  ]);
  assert.deepEqual(
    pieces.map(({ text, contribution, strength }) => [text, contribution, strength]),
    [
      ["not", -2, 1],
      [" ", 0, 0],
      ["good", 1, 0.5],
    ],
  );
});

test("a pair of words over two words adds to both, by its characters", () => {
  // The pair "ab cd" of 5 characters gives 0.5 to each word of 2 characters of its 1.25.
  const pieces = markedPieces("ab cd", [
    { from: 0, to: 2, contribution: 1 },
    { from: 0, to: 5, contribution: 1.25 },
    { from: 3, to: 5, contribution: 0 },
  ]);
  assert.deepEqual(
    pieces.map(({ text, contribution }) => [text, contribution]),
    [
      ["ab", 1.5],
      [" ", 0.25],
      ["cd", 0.5],
    ],
  );
});

test("tokens outside of the text and weak ones leave no mark", () => {
  const pieces = markedPieces("ab", [
    { from: 1, to: 9, contribution: 5 },
    { from: 0, to: 1, contribution: 1 },
    { from: 1, to: 2, contribution: 0.01 },
  ]);
  assert.deepEqual(
    pieces.map(({ text, strength }) => [text, strength]),
    [
      ["a", 1],
      ["b", 0],
    ],
  );
});

test("an empty text has no piece", () => {
  assert.deepEqual(markedPieces("", []), []);
});
