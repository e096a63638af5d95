import assert from "node:assert/strict";
import { test } from "node:test";
import { resolveSettings } from "../families/settings.ts";
import { familyOf } from "../families/registry.ts";
import type { Explanation, Predictor } from "../families/family.ts";
import type { ColumnBatch } from "../rows/batch.ts";
import { parseTask } from "../task/parse.ts";
import { placedTokens } from "./token-places.ts";

const inputs = [
  { column: "title", kind: "text" },
  { column: "body", kind: "text" },
  { column: "price", kind: "number" },
  { column: "colour", kind: "category" },
  { column: "day", kind: "date" },
];

function rows(count: number): ColumnBatch & { targets: number[] } {
  const cells = Array.from({ length: count }, (_, i) => i);
  const good = (i: number): boolean => i % 2 === 0;
  return {
    length: count,
    targets: cells.map((i) => Number(good(i))),
    columns: {
      title: cells.map((i) => (good(i) ? "great buy" : "poor buy")),
      body: cells.map((i) => `the ${good(i) ? "lovely" : "broken"} thing ${i % 7} &amp; more`),
      price: cells.map((i) => (i % 11) + (good(i) ? 5 : 0)),
      colour: cells.map((i) => ["red", "blue", "green"][i % 3]),
      day: cells.map((i) => `2024-0${1 + (i % 9)}-11`),
    },
  };
}

async function learn(family: string, kind: "class" | "number"): Promise<Predictor> {
  const task = parseTask({
    name: "made-up",
    dataset: "made-up",
    inputs,
    target: { column: "y", kind },
    split: { kind: "random", validation: 0.2, test: 0.2 },
    metric: kind === "class" ? "accuracy" : "mae",
    baseline: kind === "class" ? "majority" : "mean",
  });
  const { targets, ...train } = rows(300);
  const examples = { batch: train, targets: Float64Array.from(targets) };
  const labels = kind === "class" ? ["bad", "good"] : undefined;
  const found = familyOf(family);
  return found.train(
    { task, labels, train: examples, validation: examples },
    { settings: resolveSettings(found.settings), seed: 1, threads: 1, onEvent: () => undefined },
  );
}

function first(columns: Record<string, string | number | null>): ColumnBatch {
  const cells = Object.entries(columns).map(([name, cell]) => [name, [cell]]);
  return { length: 1, columns: Object.fromEntries(cells) };
}

async function scoreOf(predictor: Predictor, batch: ColumnBatch, outputs: number) {
  const scores = new Float64Array(outputs);
  await predictor.scoreInto(batch, scores);
  return scores[outputs - 1];
}

function total({ tokens, features }: Explanation): number {
  return [...tokens, ...features].reduce((sum, { contribution }) => sum + contribution, 0);
}

const asked = [
  first({ title: "great great buy", body: "lovely, LOVELY thing", price: 9, colour: "red" }),
  first({
    title: "poor",
    body: "a broken <b>thing</b> 3",
    price: 1,
    colour: "pink",
    day: "2024-03-02",
  }),
  first({ title: null, body: "nothing known", price: null, colour: null }),
];

for (const [family, kind] of [
  ["linear", "class"],
  ["linear", "number"],
  ["ngram", "class"],
  ["ngram", "number"],
] as const)
  test(`contributions of ${family} to a ${kind} sum to the score but for what all rows share`, async () => {
    const predictor = await learn(family, kind);
    const outputs = kind === "class" ? 2 : 1;
    const shared: number[] = [];
    for (const batch of asked) {
      const explanation = await predictor.explain!(batch, outputs - 1);
      shared.push((await scoreOf(predictor, batch, outputs)) - total(explanation));
    }
    for (const one of shared) assert.ok(Math.abs(one - shared[0]) < 1e-4, shared.join(" "));
  });

test("the word that tells the class stands first, where it stands in the text", async () => {
  const predictor = await learn("linear", "class");
  const body = "the Broken thing";
  const { tokens } = await predictor.explain!(first({ title: "", body }), 0);
  assert.deepEqual(
    [tokens[0].text, tokens[0].input, tokens[0].from, tokens[0].to, tokens[0].contribution > 0],
    ["Broken", "body", 4, 10, true],
  );
  const against = await predictor.explain!(first({ title: "", body }), 1);
  assert.ok(against.tokens[0].contribution < 0);
});

test("a number says its value, and the higher one more of what high numbers say", async () => {
  const predictor = await learn("linear", "class");
  const priceOf = async (price: number) => {
    const { features } = await predictor.explain!(first({ title: "x", price }), 1);
    return features.find(({ input }) => input === "price");
  };
  const [low, high] = [await priceOf(0), await priceOf(15)];
  assert.deepEqual([low?.value, high?.value], [0, 15]);
  assert.ok(high!.contribution > low!.contribution);
});

test("places of tokens are those of the text as it came; what normalising changed has none", () => {
  const text = "Don't! &amp; ﬁne ok";
  const places = placedTokens(text, { maxTokens: 10 });
  assert.deepEqual(
    places.map(({ place }) => place && text.slice(place.from, place.to)),
    ["Don't", "!", "&", undefined, "ok"],
  );
});
