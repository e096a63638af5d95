import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "@souk/core";
import { createGraph } from "../graph/create.ts";
import type { Weights } from "../graph/to-onnx.ts";
import { addInputs, parametersOf } from "../layers/parameters.ts";
import { createScope, type InputSpec, type Network } from "../layers/scope.ts";
import { softmaxCrossEntropy } from "../losses/cross-entropy.ts";
import { float32, int64, numbersOf, type Tensor } from "../onnx/tensor.ts";
import { writeOnnx } from "../onnx/write.ts";
import { adam } from "../optimizers/adam.ts";
import { openSession } from "../run/session.ts";
import { tableDataset } from "../train/dataset.ts";
import type { TrainingJob } from "../train/job.ts";
import { train } from "../train/train.ts";
import { createNetwork, type NetworkSettings } from "./create-network.ts";
import { networkModel } from "./network-model.ts";
import { inBatchSoftmax } from "./two-tower.ts";

const text = { vocabulary: 20, classes: 2 } as const;
const encoder = { vocabulary: 20, width: 8, layers: 1, heads: 2, hidden: 16, positions: 12 };
const towers = {
  kind: "two-tower",
  left: { kind: "text-cnn", ...text, classes: 0, width: 6, filters: [5], hidden: 7 },
  right: { kind: "bi-lstm", ...text, classes: 0, width: 4, features: 3 },
  width: 4,
} as const;

/** One of each that is small enough to train here. */
const architectures: Readonly<Record<string, NetworkSettings>> = {
  "text-cnn": { kind: "text-cnn", ...text, width: 6, filters: [5, 4], hidden: 8, dropout: 0.1 },
  "text-cnn of fixed length": {
    kind: "text-cnn",
    ...text,
    width: 6,
    filters: [5],
    pooling: "mean",
    summary: "flatten",
    length: 12,
  },
  "bi-lstm": { kind: "bi-lstm", ...text, width: 6, features: 5 },
  "bi-lstm of two layers": {
    kind: "bi-lstm",
    ...text,
    width: 6,
    features: 5,
    layers: 2,
    summary: "mean",
  },
  "transformer-encoder": {
    kind: "transformer-encoder",
    ...encoder,
    head: { kind: "classification", classes: 2 },
  },
  distilbert: {
    kind: "transformer-encoder",
    ...encoder,
    family: "distilbert",
    head: { kind: "classification", classes: 2, pooling: "mean" },
  },
  "image-cnn": { kind: "image-cnn", classes: 2, size: 8, filters: [4, 4], hidden: 8 },
  "fused-head": {
    kind: "fused-head",
    classes: 2,
    hidden: [8],
    parts: [
      { name: "photo", width: 5 },
      { name: "title", network: { kind: "bi-lstm", ...text, classes: 0, width: 4, features: 3 } },
    ],
  },
};

const [rows, length] = [6, 12];

/** Rows of two classes that differ in every input: ids are low or high, numbers are below or above 0. */
function draw(inputs: Readonly<Record<string, InputSpec>>): Record<string, Tensor> {
  const rng = createRng(9);
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { type, shape }]) => {
      const sizes = shape.map((dim) => (dim === "batch" ? rows : dim === "length" ? length : dim));
      const known = sizes.map(Number);
      const perRow = known.slice(1).reduce((a, b) => a * b, 1);
      const values = Array.from({ length: rows * perRow }, (_, at) => {
        const label = Math.floor(at / perRow) % 2;
        if (type === "float32") return label - 0.5 + 0.1 * rng.normal();
        if (name.endsWith("mask")) return 1;
        return name.endsWith("type_ids") ? 0 : 1 + 9 * label + rng.integer(9);
      });
      return [name, type === "float32" ? float32(values, known) : int64(values, known)];
    }),
  );
}

function firstWeights(network: Network): Weights {
  const weights = new Map<string, Tensor>();
  const graph = createGraph();
  const scope = createScope(graph, { weights, rng: createRng(1) });
  network.build(scope, addInputs(graph, network));
  return weights;
}

async function run(network: Network, weights: Weights, inputs: Readonly<Record<string, Tensor>>) {
  const session = await openSession(writeOnnx(networkModel(network, weights)), { threads: 1 });
  const outputs = await session.run(inputs);
  await session.close();
  return outputs;
}

/** The settings with the lengths of `draw` in place of names. */
function fixed(settings: NetworkSettings): NetworkSettings {
  const lengths = { batch: rows, length };
  if (settings.kind !== "fused-head") return { ...settings, ...lengths };
  const parts = settings.parts.map((part) =>
    "network" in part ? { ...part, network: fixed(part.network) } : part,
  );
  return { ...settings, batch: rows, parts };
}

test("every architecture gives the same numbers with named and with fixed lengths", async () => {
  for (const [name, settings] of Object.entries(architectures)) {
    const network = createNetwork(settings);
    const weights = firstWeights(network);
    const inputs = draw(network.inputs);
    const open = await run(network, weights, inputs);
    const closed = await run(createNetwork(fixed(settings)), weights, inputs);
    assert.deepEqual(open.logits.shape, [rows, 2], name);
    const expected = numbersOf(closed.logits);
    // ONNX Runtime fuses more where it knows the lengths, so the last bits may differ.
    numbersOf(open.logits).forEach((value, at) => {
      assert.ok(Math.abs(value - expected[at]) < 1e-6, `${name}: ${value} ${expected[at]}`);
    });
  }
});

test("settings survive JSON", () => {
  for (const settings of [...Object.values(architectures), towers]) {
    const copy: NetworkSettings = JSON.parse(JSON.stringify(settings));
    assert.deepEqual(parametersOf(createNetwork(copy)), parametersOf(createNetwork(settings)));
  }
});

async function learn(job: Pick<TrainingJob, "network" | "loss" | "data" | "targets">) {
  const losses: number[] = [];
  const settings = { optimizer: adam(), learningRate: 0.01, steps: 25, seed: 1, threads: 1 };
  await train(
    { ...job, ...settings },
    {
      onEvent: (event) => {
        if (event.kind === "step") losses.push(event.loss);
      },
    },
  );
  return losses;
}

test("every architecture learns two classes that are easy to tell apart", async () => {
  const label = int64(Array.from({ length: rows }, (_, row) => row % 2));
  for (const [name, settings] of Object.entries(architectures)) {
    const network = createNetwork(settings);
    const losses = await learn({
      network,
      targets: { label: { type: "int64", shape: ["batch"] } },
      loss: (outputs, targets) => softmaxCrossEntropy(outputs.logits, targets.label),
      data: tableDataset({ ...draw(network.inputs), label }, { batchSize: rows, shuffle: false }),
    });
    const end = losses.at(-1) ?? NaN;
    assert.ok(end < losses[0] / 2, `${name}: ${losses[0]} to ${end}`);
  }
});

test("two towers learn to find each row's partner in the batch", async () => {
  const network = createNetwork(towers);
  const losses = await learn({
    network,
    targets: {},
    loss: ({ left, right }) => inBatchSoftmax({ left, right }),
    data: tableDataset(draw(network.inputs), { batchSize: rows, shuffle: false }),
  });
  const end = losses.at(-1) ?? NaN;
  assert.ok(end < losses[0] / 2, `${losses[0]} to ${end}`);
});

test("a tower's vectors have length 1 and the score is their product; shared towers are one", async () => {
  const network = createNetwork(towers);
  const { left, right, score } = await run(network, firstWeights(network), draw(network.inputs));
  const [a, b, products] = [left, right, score].map(numbersOf);
  assert.deepEqual(left.shape, [rows, 4]);
  products.forEach((product, row) => {
    let [sum, norm] = [0, 0];
    for (let at = row * 4; at < row * 4 + 4; at++) {
      sum += a[at] * b[at];
      norm += a[at] * a[at];
    }
    assert.ok(Math.abs(norm - 1) < 1e-5);
    assert.ok(Math.abs(sum - product) < 1e-5);
  });
  const shared = createNetwork({ ...towers, right: towers.left, shared: true });
  const names = [...parametersOf(shared).keys()];
  assert.ok(names.length > 0 && !names.some((name) => name.includes("classifier")));
  assert.ok(names.every((name) => name.startsWith("tower.")));
});

test("the in-batch loss is the mean of -log softmax of each row's own partner", async () => {
  const network: Network = {
    inputs: {
      left: { type: "float32", shape: [2, 2] },
      right: { type: "float32", shape: [2, 2] },
    },
    build: (_, { left, right }) => ({ loss: inBatchSoftmax({ left, right }, { scale: 2 }) }),
  };
  const { loss } = await run(network, new Map(), {
    left: float32([1, 0, 0, 1], [2, 2]),
    right: float32([1, 0, 1, 0], [2, 2]),
  });
  // Scores 2 [[1, 1], [0, 0]]: each row is undecided between two.
  assert.ok(Math.abs(numbersOf(loss)[0] - Math.log(2)) < 1e-6);
});

/** Counts by their papers, model cards and torchvision's documentation; BERT's with its pooler. */
test("published architectures have the published number of weights", () => {
  const pooled = { kind: "classification", classes: 1 } as const;
  const published: readonly (readonly [NetworkSettings, number])[] = [
    [{ kind: "mobilenet-v2" }, 3_504_872],
    [{ kind: "resnet50" }, 25_557_032],
    [{ kind: "vgg16" }, 138_357_544],
    [bertOf(768, 12, 12, 30_522, pooled), 109_482_240 + 769],
    [bertOf(384, 6, 12, 30_522, pooled), 22_713_216 + 385],
    [{ ...bertOf(768, 6, 12, 30_522), family: "distilbert" }, 66_362_880],
  ];
  for (const [settings, count] of published) {
    let sum = 0;
    for (const [name, shape] of parametersOf(createNetwork(settings))) {
      if (!/running_(mean|var)$/.test(name)) sum += shape.reduce((a, b) => a * b, 1);
    }
    assert.equal(sum, count, settings.kind);
  }
});

function bertOf(
  width: number,
  layers: number,
  heads: number,
  vocabulary: number,
  head: { kind: "classification"; classes: number } | { kind: "features" } = { kind: "features" },
) {
  const kind = "transformer-encoder" as const;
  return { kind, width, layers, heads, vocabulary, hidden: 4 * width, head };
}

test("settings that cannot be are refused by name", () => {
  const unknown = { kind: "perceptron" } as unknown as NetworkSettings;
  assert.throws(() => createNetwork(unknown), { code: "NETWORK_SETTINGS", message: /perceptron/ });
  assert.throws(() => createNetwork({ kind: "vgg16", size: 64 }), { code: "NETWORK_SETTINGS" });
  const network = createNetwork(architectures["image-cnn"]);
  assert.throws(() => networkModel(network, new Map()), {
    code: "NETWORK_WEIGHTS",
    message: /conv\.0\.weight/,
  });
  assert.throws(() => networkModel(network, firstWeights(network), { outputs: ["depth"] }), {
    code: "NETWORK_OUTPUT",
    message: /one of features, logits, got "depth"/,
  });
  assert.throws(() => firstWeights(createNetwork({ ...towers, leftOutput: "vector" })), {
    code: "NETWORK_OUTPUT",
  });
});
