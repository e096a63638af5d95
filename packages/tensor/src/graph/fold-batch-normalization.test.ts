import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "@souk/core";
import { type Attribute, float, int, ints, type OnnxModel } from "../onnx/model.ts";
import { onnxModel, onnxNode } from "../onnx/samples.ts";
import { float32, numbersOf, sizeOf } from "../onnx/tensor.ts";
import { writeOnnx } from "../onnx/write.ts";
import { openSession } from "../run/session.ts";
import { foldBatchNormalization } from "./fold-batch-normalization.ts";

const rng = createRng(3);
const drawn = (shape: readonly number[], low = -1) =>
  float32(
    Float32Array.from({ length: sizeOf(shape) }, () => low + 2 * rng.next()),
    shape,
  );

const initializers = {
  w: drawn([4, 1, 3, 3]),
  b: drawn([4]),
  scale: drawn([4]),
  shift: drawn([4]),
  mean: drawn([4]),
  variance: drawn([4], 0.1),
};
const conv = onnxNode("Conv", ["x", "w", "b"], ["c"], { group: int(2), pads: ints([1, 1, 1, 1]) });
const statistics = ["scale", "shift", "mean", "variance"];
const norm = (attributes: Record<string, Attribute> = {}) =>
  onnxNode("BatchNormalization", ["c", ...statistics], ["n"], attributes);
const relu = onnxNode("Relu", ["n"], ["y"]);

async function compute(model: OnnxModel): Promise<readonly number[]> {
  const session = await openSession(writeOnnx(model), { threads: 1, optimization: "disabled" });
  const x = float32(
    Float32Array.from({ length: 100 }, (_, at) => Math.sin(at)),
    [2, 2, 5, 5],
  );
  const { y } = await session.run({ x });
  await session.close();
  return numbersOf(y);
}

for (const bias of [true, false]) {
  test(`a Conv ${bias ? "with" : "without"} bias takes the normalisation in, the result is the same`, async () => {
    const first = bias ? conv : { ...conv, inputs: ["x", "w"] };
    const model = onnxModel([first, norm({ epsilon: float(0.01) }), relu], {
      initializers,
      shape: [2, 2, 5, 5],
    });
    const merged = foldBatchNormalization(model);
    assert.deepEqual(
      merged.graph.nodes.map(({ operator }) => operator),
      ["Conv", "Relu"],
    );
    assert.equal(merged.graph.initializers.size, 2);
    const [want, got] = [await compute(model), await compute(merged)];
    want.forEach((one, at) =>
      assert.ok(Math.abs(one - got[at]) < 1e-5, `${got[at]} is not ${one}`),
    );
  });
}

const stay: readonly (readonly [string, OnnxModel])[] = [
  [
    "somebody else reads the Conv",
    onnxModel([conv, norm(), onnxNode("Add", ["n", "c"], ["y"])], { initializers }),
  ],
  [
    "it is in training mode",
    onnxModel([conv, norm({ training_mode: int(1) }), relu], { initializers }),
  ],
  [
    "a weight is computed",
    onnxModel([onnxNode("Relu", ["w"], ["v"]), { ...conv, inputs: ["x", "v"] }, norm(), relu], {
      initializers,
    }),
  ],
  [
    "it does not follow a Conv",
    onnxModel([onnxNode("Relu", ["x"], ["c"]), norm(), relu], { initializers }),
  ],
];

for (const [why, model] of stay) {
  test(`a normalisation stays when ${why}`, () => {
    assert.deepEqual(foldBatchNormalization(model).graph.nodes, model.graph.nodes);
  });
}
