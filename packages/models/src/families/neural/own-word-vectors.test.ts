import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createRng } from "@souk/core";
import { numbersOf, readOnnx } from "@souk/tensor";
import type { Task } from "../../task/task.ts";
import { biLstm } from "../bi-lstm/bi-lstm.ts";
import { checkFamily } from "../check-family.ts";
import type { Examples, Family, FamilyContext, FamilyData, Predictor } from "../family.ts";
import { resolveSettings, type SettingValue } from "../settings.ts";
import { textCnn } from "../text-cnn/text-cnn.ts";
import { fitRowEncoder } from "./text-encoder.ts";
import { ownWordVectors } from "./own-word-vectors.ts";

const begun = { wordVectors: "skip-gram", width: 16, minCount: 1 };

for (const family of [textCnn, biLstm])
  describe(`${family.name} begun with its own word vectors`, { concurrency: 4 }, () => {
    const settings = Object.entries(begun).map(([name, value]) => [
      name,
      { ...family.settings[name], default: value },
    ]);
    const changed = {
      ...family,
      settings: { ...family.settings, ...Object.fromEntries(settings) },
    };
    for (const law of checkFamily({ epochs: 2 })) test(law.name, () => law.check(changed));
  });

const task: Task = {
  name: "pets",
  dataset: "made-up",
  inputs: [{ column: "text", kind: "text" }],
  target: { column: "label", kind: "class" },
  split: { kind: "random", validation: 0.2, test: 0.1 },
  metric: "accuracy",
  baseline: "majority",
};
const animals = ["hamster", "goldfish", "parrots", "kitten"];
const colours = ["green", "yellow", "orange", "purple"];

/** Texts of six words of one group, which is the label. */
function madeUp(rows = 200): FamilyData {
  const rng = createRng("pets");
  const draw = (count: number): Examples => {
    const text = Array.from({ length: count }, (_, row) =>
      Array.from({ length: 6 }, () => rng.pick(row % 2 === 0 ? animals : colours)).join(" "),
    );
    const targets = Float64Array.from(text, (_, row) => row % 2);
    return { batch: { length: count, columns: { text } }, targets };
  };
  return { task, labels: ["animal", "colour"], train: draw(rows), validation: draw(rows / 4) };
}

function contextOf(
  family: Family,
  settings: Readonly<Record<string, SettingValue>>,
): FamilyContext {
  return {
    settings: resolveSettings(family.settings, { ...begun, ...settings }),
    seed: 3,
    threads: 1,
    onEvent: () => undefined,
  };
}

async function vectorsOf(data: FamilyData, context: FamilyContext): Promise<readonly number[]> {
  const limits = { minCount: 1, maxWords: 1000, maxTokens: 128 };
  const encoder = await fitRowEncoder(["text"], data.train.batch, limits);
  const table = (await ownWordVectors(encoder, data, context)).weights?.get("embedding.weight");
  assert.ok(table !== undefined);
  return numbersOf(table);
}

function tableOf(predictor: Predictor): readonly number[] {
  const data = predictor.save().tensors["network"]?.data;
  assert.ok(data instanceof Uint8Array);
  const table = readOnnx(data).graph.initializers.get("embedding.weight");
  assert.ok(table !== undefined);
  return numbersOf(table);
}

for (const family of [textCnn, biLstm])
  test(`${family.name}: vectors frozen in every epoch stay, vectors frozen in the first are trained then`, async () => {
    const data = madeUp();
    const frozen = contextOf(family, { epochs: 2, freezeEpochs: 2 });
    const vectors = await vectorsOf(data, frozen);
    assert.deepEqual(tableOf(await family.train(data, frozen)), vectors);
    const tuned = contextOf(family, { epochs: 2, freezeEpochs: 1 });
    assert.notDeepEqual(tableOf(await family.train(data, tuned)), vectors);
  });

test("vectors are learnt from the training rows alone", async () => {
  const data = madeUp();
  const context = contextOf(textCnn, {});
  const others = {
    ...data,
    validation: { ...data.validation, batch: { length: 1, columns: { text: ["snow"] } } },
  };
  assert.deepEqual(await vectorsOf(others, context), await vectorsOf(data, context));
});

test("the saved model says which words lie near frequent ones", async () => {
  const context = contextOf(textCnn, { epochs: 1, wordVectors: "cbow" });
  const predictor = await textCnn.train(madeUp(2000), context);
  const { neighbours } = predictor.save().parameters;
  assert.ok(Array.isArray(neighbours));
  assert.equal(neighbours.length, 8);
  for (const { word, nearest } of neighbours) {
    const group = animals.includes(word) ? animals : colours;
    assert.ok(group.includes(nearest[0]), `${word}: ${nearest.join(" ")}`);
  }
});

test("epochs are counted through both parts of the training", async () => {
  const epochs: number[] = [];
  await textCnn.train(madeUp(), {
    ...contextOf(textCnn, { epochs: 4, freezeEpochs: 2 }),
    onEvent: (event) => event.kind === "metrics" && epochs.push(event.epoch),
  });
  assert.deepEqual(epochs, [1, 2, 3, 4]);
});
