import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "@souk/core";
import { createVocabulary } from "../../features/vocabulary.ts";
import type { Task } from "../../task/task.ts";
import { hashRange } from "../../text/tokenizer.ts";
import type { Examples, Family, FamilyData } from "../family.ts";
import { resolveSettings } from "../settings.ts";
import { boostedTrees } from "./boosted-trees.ts";
import { forest } from "./forest.ts";
import { informativeWords } from "./informative-words.ts";
import { restoreTreeModel } from "./saved-model.ts";
import { targetStatistics } from "./target-statistics.ts";
import { contributions } from "./tree-model.ts";

const COLOURS = ["red", "green", "blue"];

/** Rows whose target follows a number, one of thirty shops and one word. */
function madeUp(labels: FamilyData["labels"]): FamilyData {
  const rng = createRng("trees");
  const part = (length: number): Examples => {
    const columns: Record<string, (string | number)[]> = { size: [], shop: [], text: [] };
    const targets = new Float64Array(length);
    for (let row = 0; row < length; row++) {
      const size = rng.integer(50);
      const shop = rng.integer(30);
      const isBig = rng.next() < 0.5;
      columns["size"].push(size);
      columns["shop"].push(`shop ${shop}`);
      columns["text"].push(`a ${isBig ? "Large" : "tiny"} ${rng.pick(COLOURS)} thing`);
      const value = size / 10 + shop / 5 + (isBig ? 4 : 0);
      targets[row] =
        labels === undefined
          ? value
          : Math.min(labels.length - 1, Math.floor((value / 15) * labels.length));
    }
    return { batch: { length, columns }, targets };
  };
  const task: Task = {
    name: "made-up",
    dataset: "made-up",
    inputs: [
      { column: "size", kind: "number" },
      { column: "shop", kind: "category" },
      { column: "text", kind: "text" },
    ],
    target: { column: "y", kind: labels === undefined ? "number" : "class" },
    split: { kind: "random", validation: 0.2, test: 0.2 },
    metric: labels === undefined ? "mae" : "accuracy",
    baseline: labels === undefined ? "mean" : "majority",
  };
  return { task, labels, train: part(500), validation: part(150) };
}

function train(family: Family, data: FamilyData, more: Record<string, number> = {}) {
  const settings = resolveSettings(family.settings, more);
  return family.train(data, { settings, seed: 3, threads: 1, onEvent: () => undefined });
}

for (const [family, more] of [
  [boostedTrees, { rounds: 40 }],
  [forest, { trees: 20 }],
] as const)
  for (const labels of [undefined, ["no", "yes"], ["low", "middle", "high"]])
    test(`${family.name}: contributions to one of ${labels?.length ?? 1} outputs sum to score minus base`, async () => {
      const data = madeUp(labels);
      const predictor = await train(family, data, more);
      const outputs = labels?.length ?? 1;
      const model = restoreTreeModel(predictor.save(), outputs);
      const row = {
        length: 1,
        columns: { size: [7], shop: ["shop 29"], text: ["a large red thing"] },
      };
      const scores = new Float64Array(outputs);
      await predictor.scoreInto(row, scores);
      for (let output = 0; output < outputs; output++) {
        const { base } = contributions(model, row, output);
        const explained = await predictor.explain?.(row, output);
        const parts = [...(explained?.features ?? []), ...(explained?.tokens ?? [])];
        const sum = parts.reduce((total, { contribution }) => total + contribution, base);
        assert.ok(Math.abs(sum - scores[output]) < 1e-9, `${sum} is not ${scores[output]}`);
        const large = explained?.tokens.find(({ text }) => text === "large");
        assert.deepEqual([large?.from, large?.to], [2, 7]);
      }
    });

test("boosted trees learn a number from numbers, categories and words, and say which matter", async () => {
  const data = madeUp(undefined);
  const predictor = await train(boostedTrees, data);
  const scores = new Float64Array(150);
  await predictor.scoreInto(data.validation.batch, scores);
  const mae = scores.reduce((sum, s, i) => sum + Math.abs(s - data.validation.targets[i]) / 150, 0);
  assert.ok(mae < 0.6, `mean absolute error ${mae} of numbers from 0 to 15`);
  const shares = Object.values(Object(predictor.save().parameters["importance"])).map(Number);
  assert.ok(Math.abs(shares.reduce((a, b) => a + b, 0) - 1) < 1e-9);
  assert.ok(shares.every((share) => share > 0.1));
});

test("a category's statistic never uses the row's own target", () => {
  const hashes = Uint32Array.of(1, 1, 1, 2, 2, 9);
  const targets = Float64Array.of(1, 0, 1, 1, 0, 1);
  const vocabulary = createVocabulary(Uint32Array.of(1, 2, 9));
  const ordered = (y: Float64Array) =>
    targetStatistics(hashes, [y], { vocabulary, rng: createRng(1) }).ordered[0];
  for (let row = 0; row < targets.length; row++) {
    // Another row takes the change back, so that the prior stays what it was.
    const other = (row + 3) % targets.length;
    if (hashes[other] === hashes[row]) continue;
    const changed = targets.slice();
    changed[row] += 100;
    changed[other] -= 100;
    assert.ok(Math.abs(ordered(targets)[row] - ordered(changed)[row]) < 1e-9);
  }
});

test("a category's mean is drawn to that of all rows by five rows; an unknown one is that mean", () => {
  const vocabulary = createVocabulary(Uint32Array.of(1, 2));
  const { means } = targetStatistics(Uint32Array.of(1, 1, 1, 2), [Float64Array.of(1, 1, 1, 0)], {
    vocabulary,
    rng: createRng(1),
  });
  const wanted = [(3 + 5 * 0.75) / 8, (5 * 0.75) / 6, 0.75];
  wanted.forEach((want, i) => assert.ok(Math.abs(means[i] - want) < 1e-12));
});

test("the words kept are those that tell targets apart", async () => {
  const text = Array.from(
    { length: 60 },
    (_, i) => `the ${i % 2 === 0 ? "cheap" : "dear"} ${COLOURS[i % 3]} one`,
  );
  const targets = Float64Array.from(text, (_, i) => (i % 2 === 0 ? 0 : 1));
  const source = { batch: { length: 60, columns: { text } }, column: "text" };
  const hashes = ["cheap", "dear"].map((word) => hashRange(word, 0, word.length));
  const wanted = Uint32Array.from(hashes).sort();
  for (const judged of [
    { kind: "number", targets } as const,
    { kind: "class", targets, classes: 2 } as const,
  ])
    assert.deepEqual(await informativeWords(source, judged, { maxWords: 2 }), wanted);
});

test("a tree whose child stands before its parent is refused", async () => {
  const saved = (await train(boostedTrees, madeUp(undefined), { rounds: 5 })).save();
  const left = Int32Array.from(saved.tensors["left"].data, Number);
  left[left.findIndex((child, node) => child !== 0 && node > 0)] = 1;
  const tensors = { ...saved.tensors, left: { shape: [left.length], data: left } };
  assert.throws(() => restoreTreeModel({ ...saved, tensors }, 1), { code: "MODEL_WEIGHTS" });
});
