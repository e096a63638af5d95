import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { createRng } from "@souk/core";
import { softmaxCrossEntropy } from "../losses/cross-entropy.ts";
import { networkModel } from "../nn/network-model.ts";
import { float32, int64, numbersOf, type Tensor } from "../onnx/tensor.ts";
import { readOnnx } from "../onnx/read.ts";
import { writeOnnx } from "../onnx/write.ts";
import { adam } from "../optimizers/adam.ts";
import { openSession } from "../run/session.ts";
import { tableDataset } from "../train/dataset.ts";
import { train } from "../train/train.ts";
import { imageBackbone } from "./image-backbone.ts";

const shared =
  process.env["SOUK_SHARED_DATA"] ??
  fileURLToPath(new URL("../../../../../shared/data", import.meta.url));
const file = `${shared}/image-weights-mobilenet/mobilenet_v2_tf2_ptq.fp32.onnx.gz`;
const skip = existsSync(file) ? false : `needs ${file}`;
const read = () => gunzipSync(readFileSync(file));

/** Images in [-1, 1]: each a smooth pattern of its own, as photos have few high frequencies. */
function images(count: number): Tensor {
  const rng = createRng(3);
  const data = new Float32Array(count * 3 * 224 * 224);
  for (let plane = 0; plane < count * 3; plane++) {
    const [across, down, phase] = [rng.next() / 9, rng.next() / 9, 6 * rng.next()];
    for (let at = 0; at < 224 * 224; at++) {
      const [row, column] = [Math.floor(at / 224), at % 224];
      data[plane * 224 * 224 + at] = Math.sin(across * column + down * row + phase);
    }
  }
  return float32(data, [count, 3, 224, 224]);
}

function largestDifference(a: Tensor, b: Tensor): number {
  const other = numbersOf(b);
  return numbersOf(a).reduce((most, value, at) => Math.max(most, Math.abs(value - other[at])), 0);
}

test(
  "MobileNetV2 from its file gives the logits and features of the file itself",
  { skip },
  async () => {
    const bytes = read();
    const original = await openSession(bytes, { threads: 2 });
    const image = images(3);
    const expected = await original.run({ input: image });
    for (const [featureOutput, width] of [
      ["logits", 1001],
      ["embedding", 1280],
    ] as const) {
      const { network, weights } = imageBackbone(readOnnx(bytes), {
        featureOutput,
        trainableFrom: "n90",
      });
      const session = await openSession(writeOnnx(networkModel(network, weights)), { threads: 2 });
      const { features } = await session.run({ image });
      assert.deepEqual(features.shape, [3, width]);
      assert.ok(largestDifference(features, expected[featureOutput]) < 1e-4);
      await session.close();
    }
    await original.close();
  },
);

test("trainableFrom names the weights of the last block, or all by the input", { skip }, () => {
  const model = readOnnx(read());
  const options = { featureOutput: "embedding" };
  assert.equal(imageBackbone(model, options).weights.size, 0);
  const { weights } = imageBackbone(model, { ...options, trainableFrom: "n90" });
  assert.deepEqual([...weights.keys()].toSorted(), [
    "n90b",
    "n90w",
    "n92b",
    "n92w",
    "n94b",
    "n94w",
    "n95b",
    "n95w",
  ]);
  const all = imageBackbone(model, { ...options, trainableFrom: "input" }).weights;
  assert.equal(all.size, 104); // 52 convolutions before the classifier, each a weight and a bias
  const error = { code: "NETWORK_BACKBONE" };
  assert.throws(() => imageBackbone(model, { ...options, trainableFrom: "n900" }), error);
  assert.throws(() => imageBackbone(model, { featureOutput: "nothing" }), error);
});

test(
  "the last block of MobileNetV2 and a new head learn a handful of images",
  { skip },
  async () => {
    const { network, weights } = imageBackbone(readOnnx(read()), {
      featureOutput: "embedding",
      trainableFrom: "n90",
      classes: 2,
    });
    const data = tableDataset(
      { image: images(4), label: int64([0, 1, 0, 1]) },
      { batchSize: 4, shuffle: false },
    );
    const losses: number[] = [];
    const result = await train(
      {
        network,
        targets: { label: { type: "int64", shape: ["batch"] } },
        loss: (outputs, { label }) => softmaxCrossEntropy(outputs.logits, label),
        data,
        optimizer: adam(),
        learningRate: 1e-3,
        steps: 8,
        weights,
        seed: 1,
        threads: 2,
      },
      {
        onEvent: (event) => {
          if (event.kind === "step") losses.push(event.loss);
        },
      },
    );
    assert.equal(losses.length, 8);
    assert.ok(losses[7] < losses[0] / 4, losses.join(" "));
    const before = weights.get("n94w");
    const after = result.weights.get("n94w");
    assert.ok(before && after && largestDifference(before, after) > 1e-4);
  },
);
