import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { createRng } from "@souk/core";
import type { Task } from "../../task/task.ts";
import { checkFamily } from "../check-family.ts";
import type { FamilyData, ImageSource, Predictor } from "../family.ts";
import { drawPhotos } from "../made-up-photos.ts";
import { resolveSettings, type SettingValue } from "../settings.ts";
import { rankWays } from "./choose.ts";
import { accuracyOf, combine, lossOf, searchStacking, searchWeight } from "./combine.ts";
import { fused } from "./fused.ts";
import type { PartAnswers } from "./part-answers.ts";

/** Answers of parts that both see every row, from logits. */
function answersOf(
  text: readonly number[],
  image: readonly number[],
  outputs: number,
): PartAnswers {
  const rows = text.length / outputs;
  const all = Array.from({ length: rows }, () => true);
  const given = { hasText: all, hasPhoto: all, photoFeatures: new Float32Array(0) };
  return {
    rows,
    outputs,
    text: Float64Array.from(text),
    image: Float64Array.from(image),
    ...given,
  };
}

test("equal shares of two opinions are the mean of their probabilities", () => {
  const log = (...values: number[]): number[] => values.map(Math.log);
  const answers = answersOf(log(0.8, 0.2), log(0.4, 0.6), 2);
  const scores = combine(answers, { kind: "weights", weight: 0.5 }, true);
  assert.deepEqual(
    Array.from(scores.map(Math.exp), (one) => Number(one.toFixed(9))),
    [0.6, 0.4],
  );
  const mostlyText = combine(answers, { kind: "weights", weight: 0.25 }, true);
  assert.ok(Math.abs(Math.exp(mostlyText[0]) - 0.7) < 1e-9);
});

test("the weight goes to the part that is right, and to neither when both are the same", () => {
  const right = [2, 0, 0, 2, 2, 0, 0, 2];
  const wrong = right.map((logit) => -logit);
  const targets = Float64Array.of(0, 1, 0, 1);
  const weights = [
    answersOf(right, wrong, 2),
    answersOf(wrong, right, 2),
    answersOf(right, right, 2),
  ];
  assert.deepEqual(
    weights.map((answers) => searchWeight(answers, targets, true)),
    [0, 1, 0.5].map((weight) => ({ kind: "weights", weight })),
  );
});

test("the weight of numbers is that of least squares, to a hundredth", () => {
  // y = 0.3 t + 0.7 i
  const text = [1, 5, 2, 8, 3];
  const image = [4, 1, 7, 2, 9];
  const targets = Float64Array.from(text, (t, row) => 0.3 * t + 0.7 * image[row]);
  const found = searchWeight(answersOf(text, image, 1), targets, false);
  assert.deepEqual(found, { kind: "weights", weight: 0.7 });
});

test("stacked numbers come near weights that do not sum to one", () => {
  const rng = createRng("stack");
  const text = Array.from({ length: 2000 }, () => rng.normal(5, 2));
  const image = Array.from({ length: 2000 }, () => rng.normal(-3, 2));
  const targets = Float64Array.from(text, (t, row) => 2 * t - image[row] + 4);
  const stacked = searchStacking(answersOf(text, image, 1), targets, false);
  assert.equal(stacked.kind, "stacking");
  const values = [stacked.text[0], stacked.image[0], stacked.bias[0]];
  [2, -1, 4].forEach((value, i) => assert.ok(Math.abs(values[i] - value) < 0.1, values.join()));
});

/** Labels of two bits; each part knows one of them and says so with some doubt. */
function halves(rows: number): { answers: PartAnswers; targets: Float64Array } {
  const rng = createRng("halves");
  const text: number[] = [];
  const image: number[] = [];
  const targets = Float64Array.from({ length: rows }, () => {
    const label = rng.integer(4);
    for (let c = 0; c < 4; c++) {
      text.push((c >> 1 === label >> 1 ? 2 : 0) + rng.normal(0, 0.5));
      image.push((c % 2 === label % 2 ? 2 : 0) + rng.normal(0, 0.5));
    }
    return label;
  });
  return { answers: answersOf(text, image, 4), targets };
}

test("of parts that know half each, stacking multiplies what weights can only mix", () => {
  const { answers, targets } = halves(400);
  const [first, second] = rankWays({ answers, targets, isClass: true });
  assert.equal(first.kind, "stacking");
  assert.ok(first.loss < second.loss);
  const scores = combine(answers, searchStacking(answers, targets, true), true);
  assert.ok(lossOf(scores, targets, true) < lossOf(answers.text, targets, true));
  assert.ok(accuracyOf(scores, targets) > accuracyOf(answers.text, targets) + 0.2);
});

test("labels at random: stacking is not judged on the rows it was fitted to", () => {
  const rng = createRng("noise");
  const noise = (count: number): number[] => Array.from({ length: count }, () => rng.normal(0, 2));
  const answers = answersOf(noise(300), noise(300), 3);
  const targets = Float64Array.from({ length: 100 }, () => rng.integer(3));
  const fitted = lossOf(
    combine(answers, searchStacking(answers, targets, true), true),
    targets,
    true,
  );
  const judged = rankWays({ answers, targets, isClass: true }).find(
    ({ kind }) => kind === "stacking",
  );
  assert.ok(judged && judged.loss > fitted);
});

const task: Task = {
  name: "two halves",
  dataset: "made-up",
  inputs: [
    { column: "title", kind: "text" },
    { column: "photo", kind: "image" },
  ],
  target: { column: "label", kind: "class" },
  split: { kind: "random", validation: 0.2, test: 0.1 },
  metric: "accuracy",
  baseline: "majority",
};
const labels = ["red new", "red used", "green new", "green used", "blue new", "blue used"];
const settings = { size: 16, augment: 0, lr: 0.01, epochs: 12, dropout: 0, batchSize: 64 };

/** The photo shows the colour, the title the state: neither knows the label alone. */
async function madeUp(rows: number): Promise<FamilyData & { images: ImageSource }> {
  const { hashes, images } = await drawPhotos();
  const rng = createRng("titles");
  const part = (count: number): FamilyData["train"] => {
    const targets = Float64Array.from({ length: count }, () => rng.integer(6));
    const title = Array.from(targets, (label) => {
      return `${label % 2 === 0 ? "unopened box" : "worn copy"} ${rng.pick(["a", "b", "c"])}`;
    });
    const photo = Array.from(targets, (label) => rng.pick(hashes[label >> 1]));
    return { batch: { length: count, columns: { title, photo } }, targets };
  };
  return { task, labels, train: part(rows), validation: part(rows / 2), images };
}

function learn(
  { images, ...data }: FamilyData & { images: ImageSource },
  changes: Readonly<Record<string, SettingValue>> = {},
): Promise<Predictor> {
  const chosen = resolveSettings(fused.settings, { ...settings, ...changes });
  const common = { seed: 3, threads: 2, onEvent: () => undefined };
  return fused.train(data, { ...common, settings: chosen, images });
}

describe("a fused model of halves", () => {
  let data: FamilyData & { images: ImageSource };
  let predictor: Predictor;
  before(async () => {
    data = await madeUp(240);
    predictor = await learn(data);
  });

  test("is right where neither part can be", async () => {
    const { batch, targets } = data.validation;
    const scores = new Float64Array(batch.length * 6);
    await predictor.scoreInto(batch, scores);
    const parts = await predictor.parts?.(batch);
    assert.ok(parts);
    // The state alone is right once in three, the colour alone once in two.
    assert.ok(accuracyOf(parts.text, targets) < 0.55);
    assert.ok(accuracyOf(parts.image, targets) < 0.75);
    assert.ok(accuracyOf(scores, targets) > 0.9, `${accuracyOf(scores, targets)}`);
  });

  test("a row with one of both is answered by that part, a row with neither by the shares of labels", async () => {
    const [title] = Array.from(data.validation.batch.columns["title"]);
    const [photo] = Array.from(data.validation.batch.columns["photo"]);
    const batch = {
      length: 4,
      columns: { title: [title, null, " ", title], photo: [null, photo, null, photo] },
    };
    const scores = new Float64Array(24);
    await predictor.scoreInto(batch, scores);
    const parts = await predictor.parts?.(batch);
    assert.ok(parts);
    assert.deepEqual(scores.slice(0, 6), parts.text.slice(0, 6));
    assert.deepEqual(scores.slice(6, 12), parts.image.slice(6, 12));
    const counts = labels.map(
      (_, label) => data.train.targets.filter((one) => one === label).length,
    );
    counts.forEach((count, label) => {
      assert.ok(Math.abs(Math.exp(scores[12 + label]) - (count + 1) / 246) < 1e-9);
    });
    assert.notDeepEqual(scores.slice(18), parts.text.slice(18));
    const onlyTitle = new Float64Array(6);
    await predictor.scoreInto({ length: 1, columns: { title: [title] } }, onlyTitle);
    assert.deepEqual(onlyTitle, scores.slice(0, 6));
  });

  test("embeddings have length 1, and the half of what is missing is 0", async () => {
    const { title, photo } = data.validation.batch.columns;
    const batch = {
      length: 3,
      columns: { title: [title[0], title[0], null], photo: [photo[0], null, photo[0]] },
    };
    const embedded = await predictor.embed?.(batch);
    assert.ok(embedded);
    const { rows, dim } = embedded;
    const row = (at: number): Float32Array => rows.subarray(at * dim, (at + 1) * dim);
    for (let at = 0; at < 3; at++) assert.ok(Math.abs(Math.hypot(...row(at)) - 1) < 1e-5);
    const both = row(0).map((value) => value * Math.SQRT2);
    const sum = row(1).map((value, i) => value + row(2)[i]);
    both.forEach((value, i) => assert.ok(Math.abs(value - sum[i]) < 1e-5));
  });

  test("an explanation shows the photo and the words, and its parameters say what was compared", async () => {
    const { title, photo } = data.validation.batch.columns;
    const batch = { length: 1, columns: { title: [title[0]], photo: [photo[0]] } };
    const explanation = await predictor.explain?.(batch, 0);
    assert.equal(explanation?.images[0]?.heat.length, 196);
    const words = explanation.tokens.map(({ text }) => text.toLowerCase());
    assert.ok(words.includes(String(title[0]).split(" ")[0]), words.join());
    const { validation } = predictor.save().parameters;
    assert.ok(typeof validation === "object" && validation !== null);
    const names = ["weightsLoss", "stackingLoss", "jointLoss", "textLoss", "imageLoss", "accuracy"];
    for (const name of names) assert.ok(name in validation, name);
  });
});

test("each way can be asked for, and a joint model is restored as it was", async () => {
  const data = await madeUp(120);
  const { batch } = data.validation;
  for (const fusion of ["weights", "stacking", "joint"]) {
    const predictor = await learn(data, { fusion, epochs: 2, textEpochs: 2 });
    const saved = predictor.save();
    const { combination } = saved.parameters;
    assert.ok(typeof combination === "object" && combination !== null && "kind" in combination);
    assert.equal(combination.kind, fusion);
    assert.equal("joint" in saved.tensors, fusion === "joint");
    const restored = fused.restore(saved, task, labels, { images: data.images });
    const [before, after] = [
      new Float64Array(6 * batch.length),
      new Float64Array(6 * batch.length),
    ];
    await predictor.scoreInto(batch, before);
    await restored.scoreInto(batch, after);
    assert.deepEqual(after, before);
    await predictor.close?.();
    await restored.close?.();
  }
});

test("joint models of one seed are the same bytes, and answer a row as in a batch", async () => {
  const wanted = [
    "one thread and the same seed give the same bytes",
    "scores one row as it scores it in a batch",
    "restoring without its tensors is refused",
    "is not worse than the mean",
  ];
  const brief = { textEpochs: 2, batchSize: 100 };
  const laws = checkFamily({ epochs: 1 }, { ...settings, ...brief, epochs: 4, fusion: "joint" });
  for (const law of laws.filter(({ name }) => wanted.includes(name))) await law.check(fused);
});

test("a task of photos alone, or without a photo, is refused", async () => {
  const data = await madeUp(20);
  for (const kind of ["image", "text"] as const) {
    const inputs = task.inputs.filter((input) => input.kind === kind);
    await assert.rejects(learn({ ...data, task: { ...task, inputs } }), { code: "FAMILY_INPUTS" });
  }
});
