import assert from "node:assert/strict";
import { test } from "node:test";
import { parametersOf } from "../layers/parameters.ts";
import type { Network } from "../layers/scope.ts";
import { float32, numbersOf, sizeOf, type Tensor } from "../onnx/tensor.ts";
import { writeOnnx } from "../onnx/write.ts";
import { fromTorch, toTorch } from "../pretrained/torch-layout.ts";
import { openSession } from "../run/session.ts";
import { mobileNetV2 } from "./mobile-net-v2.ts";
import { networkModel } from "./network-model.ts";
import { resNet50 } from "./res-net-50.ts";

/**
 * Weights in torchvision's layout: number n in order of names holds v = sin(1.3 i + n) at place i; a weight of several
 * axes v √(3 / fan-in), the scale and variance of a normalisation 1 + v / 10, everything else v / 10.
 */
function formulaWeights(network: Network): Map<string, Tensor> {
  const empty = Array.from(parametersOf(network), ([name, shape]): [string, Tensor] => [
    name,
    float32(new Float32Array(sizeOf(shape)), shape),
  ]);
  const sorted = [...toTorch(new Map(empty))].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return new Map(
    sorted.map(([name, { shape }], n) => {
      const around = /(running_var|weight)$/.test(name) && shape.length === 1 ? 1 : 0;
      const factor = shape.length > 1 ? Math.sqrt(3 / sizeOf(shape.slice(1))) : 0.1;
      const values = new Float32Array(sizeOf(shape));
      for (let i = 0; i < values.length; i++) values[i] = around + factor * Math.sin(1.3 * i + n);
      return [name, float32(values, shape)];
    }),
  );
}

async function logitsOf(network: Network): Promise<readonly number[]> {
  const weights = fromTorch(formulaWeights(network));
  const model = networkModel(network, weights, { outputs: ["logits"] });
  const session = await openSession(writeOnnx(model), { threads: 2 });
  const pixels = new Float32Array(2 * 3 * 64 * 64).map((_, i) => Math.sin(0.371 * i));
  const { logits } = await session.run({ image: float32(pixels, [2, 3, 64, 64]) });
  await session.close();
  return numbersOf(logits);
}

/** Logits of torchvision 0.29.2 with PyTorch 2.15.0 for the same weights and images. */
const published = [
  [
    "MobileNetV2",
    mobileNetV2,
    [
      -1.86739, -0.71317, 1.10509, 1.79992, 0.736812, -1.86683, -0.712368, 1.10533, 1.79936,
      0.736008,
    ],
  ],
  [
    "ResNet50",
    resNet50,
    [1.49674, 1.61861, -1.81796, -1.18538, 2.09089, 1.49841, 1.61563, -1.81903, -1.18218, 2.09133],
  ],
] as const;

for (const [name, build, expected] of published) {
  test(`${name} with the weights of a formula gives torchvision's logits`, async () => {
    const logits = await logitsOf(build({ classes: 5, size: 64 }));
    assert.equal(logits.length, expected.length);
    logits.forEach((value, at) => {
      assert.ok(Math.abs(value - expected[at]) < 1e-4, `${at}: ${value} is not ${expected[at]}`);
    });
  });
}
