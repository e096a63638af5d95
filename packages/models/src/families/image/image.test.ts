import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { sha256 } from "@souk/core";
import {
  dense,
  float32,
  globalMeanPool,
  type Network,
  networkModel,
  writeOnnx,
} from "@souk/tensor";
import { imageEngine } from "../../images/engine.ts";
import { readPhotos } from "../../images/sources.ts";
import type { Task } from "../../task/task.ts";
import { checkFamily } from "../check-family.ts";
import type { Family, FamilyContext, FamilyData, ImageSource } from "../family.ts";
import { drawPhotos } from "../made-up-photos.ts";
import { resolveSettings, type SettingValue } from "../settings.ts";
import { loadBackbone } from "./backbone.ts";
import { cutNetwork } from "./cut.ts";
import { createImagePredictor } from "./image-predictor.ts";
import { image } from "./image.ts";
import { TINY_WIDTH, tinyBackbone, tinyBackboneFolder } from "./tiny-backbone.fixture.ts";

const shared =
  process.env["SOUK_SHARED_DATA"] ??
  fileURLToPath(new URL("../../../../../../shared/data", import.meta.url));

let folder = "";
before(async () => (folder = await tinyBackboneFolder()));
after(() => rm(folder, { recursive: true }));

/** The family with a pretrained network at hand. */
const pretrained: Family = {
  ...image,
  train: (data, context) =>
    image.train(data, { ...context, pretrained: { "mobilenet-v2": folder } }),
};

describe("family image over a pretrained network", { concurrency: 4 }, () => {
  const quick = { epochs: 2, tuneEpochs: 2, blocks: 1, batchSize: 100 };
  for (const law of checkFamily(quick, { augment: 0, epochs: 12, lr: 0.01, tuneLr: 0.003 }))
    test(law.name, () => law.check(pretrained));
});

test("a network is cut where a block begins: at a sum, or before convolutions that follow each other", () => {
  const model = tinyBackbone();
  const options = { input: "input", featureOutput: featureOutputOf(model) };
  const makerOf = (cut: string | undefined): string | undefined =>
    model.graph.nodes.find(({ outputs }) => cut !== undefined && outputs.includes(cut))?.operator;
  assert.equal(makerOf(cutNetwork(model, { ...options, blocks: 1 })?.cut), "Add");
  const operators = cutNetwork(model, { ...options, blocks: 1 })?.upper.map((one) => one.operator);
  assert.equal(operators?.filter((operator) => operator === "Conv").length, 2);
  assert.equal(cutNetwork(model, { ...options, featureOutput: "input", blocks: 1 }), undefined);
});

function featureOutputOf({ graph }: ReturnType<typeof tinyBackbone>): string {
  const last = graph.nodes.findLast(({ operator }) => operator === "Gemm");
  return last?.inputs[0] ?? "";
}

test("a folder without just one network is refused by name", async () => {
  const empty = await mkdtemp(join(tmpdir(), "souk-empty-"));
  await assert.rejects(loadBackbone("mobilenet-v2", empty), { code: "PRETRAINED_FILE" });
  await assert.rejects(loadBackbone("mobilenet-v2", join(empty, "nothing")), {
    code: "PRETRAINED_FILE",
  });
  await writeFile(join(empty, "a.onnx"), "no network");
  await assert.rejects(loadBackbone("mobilenet-v2", empty), { code: "PRETRAINED_NETWORK" });
  await writeFile(join(empty, "b.onnx"), "no network");
  await assert.rejects(loadBackbone("mobilenet-v2", empty), { code: "PRETRAINED_FILE" });
  await rm(empty, { recursive: true });
  const asked = learn(await threeColours(), { settings: { backbone: "resnet50" } });
  await assert.rejects(asked, { code: "PRETRAINED_UNKNOWN" });
});

const task: Task = {
  name: "colour",
  dataset: "made-up",
  inputs: [{ column: "photo", kind: "image" }],
  target: { column: "label", kind: "class" },
  split: { kind: "random", validation: 0.2, test: 0.1 },
  metric: "accuracy",
  baseline: "majority",
};

/** Drawn photos of three colours: four of each to learn from, two to stop by. */
async function threeColours(): Promise<FamilyData & { images: ImageSource; read: () => number }> {
  const { hashes, images } = await drawPhotos();
  let count = 0;
  const counted: ImageSource = {
    read: (hash) => {
      count++;
      return images.read(hash);
    },
    has: async (hash) => (await images.read(hash)) !== undefined,
  };
  const part = (from: number, to: number): FamilyData["train"] => {
    const rows = hashes.flatMap((some, label) =>
      some.slice(from, to).map((photo) => ({ photo, label })),
    );
    return {
      batch: { length: rows.length, columns: { photo: rows.map(({ photo }) => photo) } },
      targets: Float64Array.from(rows, ({ label }) => label),
    };
  };
  const labels = ["red", "green", "blue"];
  return {
    task,
    labels,
    train: part(0, 4),
    validation: part(4, 6),
    images: counted,
    read: () => count,
  };
}

function learn(
  { images, ...data }: FamilyData & { images: ImageSource },
  {
    settings = {},
    ...more
  }: { settings?: Record<string, SettingValue> } & Partial<Omit<FamilyContext, "settings">> = {},
): ReturnType<Family["train"]> {
  const chosen = resolveSettings(image.settings, { epochs: 3, ...settings });
  const common = { seed: 3, threads: 1, onEvent: () => undefined };
  return image.train(data, { ...common, settings: chosen, images, ...more });
}

test("a second training with the same cache reads no photo, and gives the same model", async () => {
  const cacheDirectory = await mkdtemp(join(tmpdir(), "souk-cache-"));
  const settings = { augment: 2 };
  const options = { cacheDirectory, settings, pretrained: { "mobilenet-v2": folder } };
  const first = await threeColours();
  const one = await learn(first, options);
  assert.equal(first.read(), 3 * (3 * 4) + 3 * 2); // each training photo, its two copies, and the validation's
  const second = await threeColours();
  const other = await learn(second, options);
  assert.equal(second.read(), 0);
  assert.deepEqual(one.save(), other.save());
  await rm(cacheDirectory, { recursive: true });
});

test("by default a few photos are changed twelve times each", async () => {
  const data = await threeColours();
  const settings = { fineTune: "none", epochs: 1 };
  const predictor = await learn(data, { settings, pretrained: { "mobilenet-v2": folder } });
  assert.equal(data.read(), 13 * (3 * 4) + 3 * 2);
  await predictor.close?.();
});

test("rows whose photo is gone or broken are left out of a training and counted", async () => {
  const data = await threeColours();
  const broken = sha256("no photo");
  const photo = [...Array.from(data.train.batch.columns["photo"]), null, sha256("gone"), broken];
  const images: ImageSource = {
    read: (hash) =>
      hash === broken ? Promise.resolve(Buffer.from("no photo")) : data.images.read(hash),
  };
  const train = {
    batch: { length: photo.length, columns: { photo } },
    targets: Float64Array.from([...data.train.targets, 0, 0, 0]),
  };
  for (const backbone of ["cnn", "mobilenet-v2"]) {
    const settings = { backbone, size: 16, augment: 1 };
    const predictor = await learn(
      { ...data, train, images },
      { settings, pretrained: { "mobilenet-v2": folder } },
    );
    const { training } = predictor.save().parameters;
    assert.ok(typeof training === "object" && training !== null);
    assert.equal(Object.entries(training).find(([name]) => name === "rowsWithoutPhoto")?.[1], 3);
  }
  const none = { batch: { length: 1, columns: { photo: [null] } }, targets: Float64Array.of(0) };
  await assert.rejects(learn({ ...data, train: none }), { code: "TRAIN_PHOTOS" });
});

test("at prediction a photo that is gone or broken is an error, or a row without one when asked for", async () => {
  const data = await threeColours();
  const predictor = await learn(data, { pretrained: { "mobilenet-v2": folder } });
  const gone = { length: 1, columns: { photo: [sha256("gone")] } };
  const broken = { length: 1, columns: { photo: [Buffer.from("no photo")] } };
  const restored = image.restore(predictor.save(), task, data.labels, {});
  const scores = new Float64Array(3);
  await assert.rejects(async () => restored.scoreInto(gone, scores), { code: "IMAGE_MISSING" });
  await assert.rejects(async () => restored.scoreInto(broken, scores), { code: "IMAGE_FORMAT" });
  const lenient = image.restore(predictor.save(), task, data.labels, { brokenPhotos: "leave-out" });
  for (const batch of [gone, broken]) {
    await lenient.scoreInto(batch, scores);
    assert.deepEqual(
      scores.map(Math.exp),
      Float64Array.of(1 / 3, 1 / 3, 1 / 3)
        .map(Math.log)
        .map(Math.exp),
    );
  }
  const file = await data.images.read(String(data.train.batch.columns["photo"][0]));
  assert.ok(file);
  const embedded = await restored.embed?.({ length: 2, columns: { photo: [file, null] } });
  assert.equal(embedded?.dim, TINY_WIDTH);
  assert.ok(embedded.rows.subarray(0, TINY_WIDTH).some((value) => value !== 0));
  assert.ok(embedded.rows.subarray(TINY_WIDTH).every((value) => value === 0));
});

/** A network that answers with the mean brightness. */
function brightness(size: number, views: number): ReturnType<typeof createImagePredictor> {
  const network: Network = {
    inputs: { image: { type: "float32", shape: ["batch", 3, size, size] } },
    build(scope, { image: photo }) {
      const features = globalMeanPool(photo);
      return { features, logits: dense(scope, features, { features: 1 }) };
    },
  };
  const weights = new Map([
    ["weight", float32([1, 1, 1], [3, 1])],
    ["bias", float32([0], [1])],
  ]);
  return createImagePredictor(
    {
      column: "photo",
      network: writeOnnx(networkModel(network, weights)),
      size,
      normalisation: "unit",
      views,
      outputs: 1,
      prior: [0],
      offset: 0,
      scale: 1,
      training: {},
    },
    {},
  );
}

test("of ten views the answer is the mean, and the features are the whole photo's", async () => {
  const [size, views] = [20, 10];
  const data = Uint8Array.from({ length: size * size * 3 }, (_, at) =>
    Math.floor(at / 3) % size < 4 ? 255 : 0,
  );
  const sharp = await imageEngine();
  const raw = { width: size, height: size, channels: 3 } as const;
  const photo = await sharp(data, { raw }).png().toBuffer();
  const predictor = brightness(size, views);
  const { scores, features } = await predictor.answer({
    length: 3,
    columns: { photo: [photo, null, photo] },
  });
  // A fifth is bright on the left; of crops of 16 columns a quarter, an eighth or nothing, three each. Three channels.
  const mean = (0.2 + 3 * (4 / 16 + 2 / 16)) / 10;
  assert.ok(Math.abs(scores[0] - 3 * mean) < 0.01, `${scores[0]}`);
  assert.equal(scores[2], scores[0]);
  assert.equal(scores[1], 0);
  assert.ok(features.subarray(0, 3).every((value) => Math.abs(value - 0.2) < 1e-5));
  const saved = predictor.save();
  const restored = image.restore(saved, task, undefined, {});
  const again = new Float64Array(1);
  await restored.scoreInto({ length: 1, columns: { photo: [photo] } }, again);
  assert.equal(again[0], scores[0]);
  for (const wrong of [0, 11, 1.5, "2"]) {
    const parameters = { ...saved.parameters, views: wrong };
    assert.throws(() => image.restore({ ...saved, parameters }, task, undefined, {}), {
      code: "MODEL_WEIGHTS",
    });
  }
  await predictor.close?.();
  await restored.close?.();
});

test("covering the bright corner takes most away from a network that answers with brightness", async () => {
  const size = 28;
  const predictor = brightness(size, 1);
  const data = Uint8Array.from({ length: size * size * 3 }, (_, at) => {
    const place = Math.floor(at / 3);
    return place % size >= 20 && Math.floor(place / size) < 8 ? 255 : 0;
  });
  const sharp = await imageEngine();
  const raw = { width: size, height: size, channels: 3 } as const;
  const photo = await sharp(data, { raw }).png().toBuffer();
  const { images } = await predictor.explain({ length: 1, columns: { photo: [photo] } }, 0);
  const [{ width, height, heat }] = images;
  assert.deepEqual([width, height, heat.length], [14, 14, 196]);
  const most = heat.indexOf(Math.max(...heat));
  assert.ok(most % 14 >= 10 && Math.floor(most / 14) < 4, `hottest at ${most}`);
  // 36 bright pixels of a cover become the mean 64/784; three channels; the mean over 784 pixels.
  assert.ok(Math.abs(heat[most] - (3 * 36 * (1 - 64 / 784)) / 784) < 1e-5, `${heat[most]}`);
  await predictor.close?.();
});

const weights = `${shared}/image-weights-mobilenet`;
const clothes = `${shared}/clothing-small-cc0/images256.tar`;
const skip = existsSync(weights) && existsSync(clothes) ? false : `needs ${weights} and ${clothes}`;

test("a head on MobileNetV2 tells dresses from shoes after 60 photos", { skip }, async () => {
  const files = new Map<string, Uint8Array>();
  const rows: { photo: string; label: number }[] = [];
  for await (const { name, bytes } of readPhotos(clothes)) {
    const label = ["train/dress/", "train/shoes/"].findIndex((start) => name.startsWith(start));
    if (label < 0 || rows.filter((row) => row.label === label).length >= 50) continue;
    files.set(sha256(bytes), bytes);
    rows.push({ photo: sha256(bytes), label });
  }
  const part = (from: number, to: number): FamilyData["train"] => {
    const some = [0, 1].flatMap((label) =>
      rows.filter((row) => row.label === label).slice(from, to),
    );
    return {
      batch: { length: some.length, columns: { photo: some.map(({ photo }) => photo) } },
      targets: Float64Array.from(some, ({ label }) => label),
    };
  };
  const images: ImageSource = { read: (hash) => Promise.resolve(files.get(hash)) };
  const data = {
    task,
    labels: ["dress", "shoes"],
    train: part(0, 30),
    validation: part(30, 50),
    images,
  };
  const settings = { epochs: 10, augment: 0, fineTune: "none" };
  const predictor = await learn(data, {
    settings,
    pretrained: { "mobilenet-v2": weights },
    threads: 2,
  });
  const scores = new Float64Array(2 * data.validation.batch.length);
  await predictor.scoreInto(data.validation.batch, scores);
  const hits = data.validation.targets.filter(
    (label, row) => scores[2 * row + label] > scores[2 * row + 1 - label],
  );
  // Chance has 0.5; 36 of 40 by chance is below one in ten million.
  assert.ok(hits.length >= 36, `${hits.length} of 40`);
  const embedded = await predictor.embed?.({ length: 1, columns: { photo: [rows[0].photo] } });
  assert.equal(embedded?.dim, 1280);
  await predictor.close?.();
});
