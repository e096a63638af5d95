import assert from "node:assert/strict";
import { test } from "node:test";
import type { ColumnBatch } from "../../rows/batch.ts";
import { explainWords } from "./explain-words.ts";

/** Scores by hand: output 1 is 3 for each "good", -2 for each "bad", one more when the title says "buy". */
function scoreInto(batch: ColumnBatch, scores: Float64Array): void {
  for (let row = 0; row < batch.length; row++) {
    const [title, text] = ["title", "text"].map((name) => String(batch.columns[name]?.[row] ?? ""));
    const count = (word: string): number => text.split(/\W+/).filter((one) => one === word).length;
    scores[2 * row] = 100;
    scores[2 * row + 1] = 3 * count("good") - 2 * count("bad") + Number(title.includes("buy"));
  }
}

const question = { output: 1, outputs: 2, columns: ["title", "text"], mostWords: 50 };

test("each word counts for what the score loses without it, the largest first", async () => {
  const batch = { length: 1, columns: { title: ["😀 buy"], text: ["good, not bad"] } };
  const { tokens } = await explainWords(batch, question, scoreInto);
  assert.deepEqual(
    tokens.map(({ input, text, from, to, contribution }) => [input, text, from, to, contribution]),
    [
      ["text", "good", 0, 4, 3],
      ["text", "bad", 10, 13, -2],
      ["title", "buy", 3, 6, 1],
      ["title", "😀", 0, 2, 0],
      ["text", ",", 4, 5, 0],
      ["text", "not", 6, 9, 0],
    ],
  );
});

test("where words count one by one, their contributions add up to the score", async () => {
  const batch = { length: 1, columns: { title: [null], text: ["good good bad and so on"] } };
  const { tokens } = await explainWords(batch, question, scoreInto);
  assert.equal(
    tokens.reduce((sum, { contribution }) => sum + contribution, 0),
    4,
  );
});

test("words around one that is left out do not grow together", async () => {
  const seen: unknown[] = [];
  const batch = { length: 1, columns: { text: ["ok😀good"] } };
  await explainWords(batch, { ...question, columns: ["text"] }, (variants) => {
    seen.push(...Array.from(variants.columns["text"]));
  });
  assert.deepEqual(seen, [" 😀good", "ok good", "ok😀 ", "ok😀good"]);
});

test("words that a network would not read are not asked about, and no row is no question", async () => {
  const long = { length: 1, columns: { text: ["good ".repeat(5000)] } };
  const { tokens } = await explainWords(long, question, scoreInto);
  assert.equal(tokens.length, 50);
  const { tokens: none } = await explainWords({ length: 1, columns: {} }, question, scoreInto);
  assert.deepEqual(none, []);
});
