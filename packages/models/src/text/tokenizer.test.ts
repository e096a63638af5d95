import assert from "node:assert/strict";
import { test } from "node:test";
import { MAX_TEXT_LENGTH, normaliseText } from "./normalise.ts";
import { createTokenizer, hashRange } from "./tokenizer.ts";

const cases: readonly [string, string, string[]][] = [
  ["words are lower-case, an inner apostrophe stays", "I DON'T know", ["i", "don't", "know"]],
  ["a quote is no apostrophe", "'great'", ["'", "great", "'"]],
  ["HTML tags part words", "good<br />bad", ["good", "bad"]],
  ["entities become their characters", "5&#34; &amp; caf&eacute;", ["5", '"', "&", "café"]],
  ["a less-than sign is kept", "3 < 4", ["3", "<", "4"]],
  [
    "a run of one mark is one token, of at most three",
    "wow!!!!! no?!",
    ["wow", "!!!", "no", "?", "!"],
  ],
  ["full-width letters are the plain ones", "ＡＢＣ１", ["abc1"]],
  ["a composed letter equals its parts", "cafe\u0301", ["café"]],
  ["ideographs and emoji stand alone", "很好😀😀ok", ["很", "好", "😀", "😀", "ok"]],
  ["marks of Indic scripts stay in their word", "हिन्दी अच्छा", ["हिन्दी", "अच्छा"]],
  ["control characters are spaces", "a\u0000b\tc", ["a", "b", "c"]],
  ["an empty text has no tokens", "", []],
];
for (const [name, text, tokens] of cases)
  test(name, () => assert.deepEqual(createTokenizer().tokens(text), tokens));

test("hashes are those of the tokens", () => {
  const tokenizer = createTokenizer();
  const text = "It's 100% GREAT!!! <b>很</b>";
  const target = new Uint32Array(50);
  const count = tokenizer.hashesInto(text, target);
  const expected = tokenizer.tokens(text).map((token) => hashRange(token, 0, token.length));
  assert.deepEqual([...target.subarray(0, count)], expected);
});

test("no more tokens are read than asked for", () => {
  assert.deepEqual(createTokenizer({ maxTokens: 2 }).tokens("a b c"), ["a", "b"]);
});

test("half a surrogate pair at the end is a token, not a crash", () => {
  assert.equal(createTokenizer().tokens("a\ud83d").length, 2);
});

test("a text is cut at the stated length", () => {
  assert.equal(normaliseText("a".repeat(MAX_TEXT_LENGTH + 5)).length, MAX_TEXT_LENGTH);
});
