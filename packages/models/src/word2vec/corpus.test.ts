import assert from "node:assert/strict";
import { test } from "node:test";
import { readSentences } from "./corpus.ts";

async function read(texts: readonly string[], options = {}): Promise<string[][]> {
  const { words, ids, starts } = await readSentences(texts, options);
  return Array.from({ length: starts.length - 1 }, (_, s) =>
    Array.from(ids.subarray(starts[s], starts[s + 1]), (id) => words[id]),
  );
}

test("marks end sentences, texts end sentences, marks are no words", async () => {
  const sentences = await read(["Good game, buy it! It runs", "No refund... 5 stars"]);
  assert.deepEqual(sentences, [
    ["good", "game", "buy", "it"],
    ["it", "runs"],
    ["no", "refund"],
    ["5", "stars"],
  ]);
});

test("words are commonest first, equally common ones in order of their characters", async () => {
  const { words, counts } = await readSentences(["b a c c", "a b c d"], {});
  assert.deepEqual(words, ["c", "a", "b", "d"]);
  assert.deepEqual([...counts], [3, 2, 2, 1]);
});

test("rarer words are left out and their neighbours move together", async () => {
  assert.deepEqual(await read(["a rare b", "a b"], { minCount: 2 }), [
    ["a", "b"],
    ["a", "b"],
  ]);
  assert.deepEqual(await read(["a b c", "a b a"], { maxWords: 2 }), [
    ["a", "b"],
    ["a", "b", "a"],
  ]);
});

test("texts may arrive one by one", async () => {
  async function* texts(): AsyncGenerator<string> {
    yield "a b";
    yield "b c";
  }
  assert.equal((await readSentences(texts(), {})).words.length, 3);
});

test("a long sentence is cut at 1000 words and none of them is lost", async () => {
  const sentences = await read([Array.from({ length: 2500 }, (_, i) => `w${i}`).join(" ")]);
  assert.deepEqual(
    sentences.map(({ length }) => length),
    [1000, 1000, 500],
  );
});

for (const [name, texts] of [
  ["no text", []],
  ["empty texts", ["", " "]],
  ["one word", ["hello"]],
  ["control characters", ["\u0000\u0001\u001b\u007f"]],
  ["marks alone", ["!!! ... ---"]],
  ["a word of 10 MB", ["x".repeat(10_000_000)]],
] as const)
  test(`${name} cannot be learnt from`, async () => {
    await assert.rejects(readSentences(texts, {}), { code: "WORD2VEC_EMPTY" });
  });

test("a word of 10 MB does not harm the others", async () => {
  assert.deepEqual(await read([`a b ${"x".repeat(10_000_000)}`, "c\u0000d"]), [
    ["a", "b"],
    ["c", "d"],
  ]);
});

test("a text that is no string is refused with its place", async () => {
  const texts: string[] = JSON.parse(`["a b", null]`);
  await assert.rejects(readSentences(texts, {}), { code: "WORD2VEC_TEXT", message: /text 2/ });
});

test("a signal ends the reading", async () => {
  const signal = AbortSignal.abort(new Error("enough"));
  await assert.rejects(readSentences(["a b"], { signal }), { message: "enough" });
});
