import assert from "node:assert/strict";
import { test } from "node:test";
import { createRowEncoder, fitRowEncoder, paddedLength } from "./text-encoder.ts";
import { idsOf } from "./text-batches.ts";
import { decodeWords, encodeWords, UNKNOWN, WordCounter } from "./word-index.ts";

const limits = { maxTokens: 16, minCount: 1, maxWords: 100 };

test("frequent words have the low numbers, words of one count follow the alphabet", () => {
  const counter = new WordCounter();
  for (const word of ["pear", "fig", "apple", "fig", "apple", "kiwi"]) counter.add(word);
  assert.deepEqual(counter.keep({ minCount: 2, maxWords: 9 }).words, ["apple", "fig"]);
  const all = counter.keep({ minCount: 1, maxWords: 3 });
  assert.deepEqual(all.words, ["apple", "fig", "kiwi"]);
  assert.deepEqual(
    ["apple", "fig", "kiwi", "pear"].map((word) => all.idOf(word)),
    [3, 4, 5, UNKNOWN],
  );
  assert.equal(all.size, 6);
});

test("very long words and halves of characters are unknown", () => {
  const counter = new WordCounter();
  for (const word of ["x".repeat(65), "\ud800", "\ud800\n", "x".repeat(64)]) counter.add(word);
  assert.deepEqual(counter.keep({ minCount: 1, maxWords: 9 }).words, ["x".repeat(64)]);
});

test("words come back from their bytes, and other bytes are refused", () => {
  const counter = new WordCounter();
  for (const word of ["naïve", "好", "\ufeff", "don't"]) counter.add(word);
  const index = counter.keep({ minCount: 1, maxWords: 9 });
  assert.deepEqual(decodeWords(encodeWords(index.words)).words, index.words);
  const none = new WordCounter().keep({ minCount: 1, maxWords: 9 });
  assert.equal(decodeWords(encodeWords(none.words)).size, 3);
  const bytes = new TextEncoder();
  for (const wrong of [bytes.encode("a\nb\na"), Uint8Array.of(0xff), undefined])
    assert.throws(() => decodeWords(wrong), { code: "MODEL_WEIGHTS" });
});

test("a row is a mark before each text and the words' numbers, cut to its limit", async () => {
  const columns = { head: ["Good", "", null], body: ["bad bad new", "good, bad", null] };
  const encoder = await fitRowEncoder(["head", "body"], { length: 3, columns }, limits);
  assert.deepEqual(encoder.index.words, ["bad", "good", ",", "new"]);
  const { ids, starts } = await encoder.encode({ length: 3, columns });
  assert.deepEqual([...ids], [2, 4, 2, 3, 3, 6, /**/ 2, 2, 4, 5, 3, /**/ 2, 2]);
  assert.deepEqual([...starts], [0, 6, 11, 13]);
  const short = createRowEncoder({ ...encoder.parameters, maxTokens: 4 }, encoder.index);
  const cut = await short.encode({ length: 1, columns: { body: ["new old good bad"] } });
  assert.deepEqual([...cut.ids], [2, 2, 6, UNKNOWN]);
});

test("ids are filled up with zeros to a length of 16, 32, 64 and so on", () => {
  const rows = { ids: Int32Array.of(2, 7, 2, 8, 9), starts: Uint32Array.of(0, 2, 5) };
  const { shape, data } = idsOf(rows, [1, 0], 4);
  assert.deepEqual(shape, [2, 4]);
  assert.deepEqual([...data].map(Number), [2, 8, 9, 0, 2, 7, 0, 0]);
  assert.deepEqual(
    [1, 16, 17, 100, 5000].map((tokens) => paddedLength(tokens, 100)),
    [16, 16, 32, 100, 100],
  );
});

test("an encoder of another tokenizer is refused", () => {
  const index = new WordCounter().keep({ minCount: 1, maxWords: 9 });
  assert.throws(() => createRowEncoder({ tokenizer: 1, columns: ["a"], maxTokens: 9 }, index), {
    code: "MODEL_TOKENIZER",
  });
});
