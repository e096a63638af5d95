import assert from "node:assert/strict";
import { test } from "node:test";
import { wordSpans } from "./word-spans.ts";

const cases: readonly [string, string, string[]][] = [
  ["words and runs of one mark", "Not good!!! No.", ["Not", "good", "!!!", "No", "."]],
  ["an apostrophe inside a word is of it, a quote is not", "'don't'", ["'", "don't", "'"]],
  ["tags are no words", "good<br />bad", ["good", "bad"]],
  [
    "entities are of the word they are in",
    "caf&eacute; don&#39;t &#34;so&#34;",
    ["caf&eacute;", "don&#39;t", "&#34;", "so", "&#34;"],
  ],
  ["a composed accent is of its letter", "cafe\u0301 ok", ["cafe\u0301", "ok"]],
  [
    "ideographs and emoji stand alone, a family is one",
    "很好👩‍👩‍👧😀ok",
    ["很", "好", "👩‍👩‍👧", "😀", "ok"],
  ],
  ["half a surrogate pair is a mark", "a\ud83d b", ["a", "\ud83d", "b"]],
  ["an empty text has none", " \n", []],
];
for (const [name, text, words] of cases)
  test(name, () => {
    const spans = wordSpans(text);
    assert.deepEqual(
      spans.map((span) => span.text),
      words,
    );
    for (const { text: said, from, to } of spans) assert.equal(text.slice(from, to), said);
  });
