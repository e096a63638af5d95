import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { promisify } from "node:util";
import { createRng, manualClock } from "@souk/core";
import { createGraph } from "../graph/create.ts";
import type { Weights } from "../graph/to-onnx.ts";
import { dense } from "../layers/dense.ts";
import { createScope, type Network } from "../layers/scope.ts";
import { networkModel } from "../nn/network-model.ts";
import { float32, numbersOf, type Tensor } from "../onnx/tensor.ts";
import { quantizeDynamic } from "../run/quantize.ts";
import { openSession } from "../run/session.ts";
import { loadModel, saveModel } from "./folder.ts";

/** Two layers over rows of 3: the smallest trained-like network with a named length. */
const network: Network = {
  inputs: { x: { type: "float32", shape: ["batch", 3] } },
  build(scope, { x }) {
    const hidden = dense(scope.within("hidden"), x, { features: 4, activation: "relu" });
    return { logits: dense(scope.within("head"), hidden, { features: 2 }) };
  },
};

function seededWeights(): Weights {
  const graph = createGraph();
  const weights = new Map<string, Tensor>();
  const scope = createScope(graph, { weights, rng: createRng(7) });
  network.build(scope, { x: graph.input("x", ["batch", 3]) });
  return weights;
}

const weights = seededWeights();
const model = networkModel(network, weights);
const x = float32([1, 2, 3, -1, 0.5, 0], [2, 3]);
const facts = {
  name: "fruit",
  clock: manualClock(Date.UTC(2026, 10, 22)),
  labels: ["apple", "pear"],
  metrics: { accuracy: 0.75 },
  preprocessing: { kind: "columns", order: ["red", "green", "blue"] },
  license: "Apache-2.0",
};

async function temporary(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "souk-artefact-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function saved(t: TestContext): Promise<string> {
  const folder = join(await temporary(t), "model");
  await saveModel(folder, model, facts);
  return folder;
}

async function logitsOf(bytes: Uint8Array): Promise<number[]> {
  const session = await openSession(bytes, { threads: 1 });
  const { logits } = await session.run({ x });
  await session.close();
  return numbersOf(logits);
}

/** x W + b by hand, then the larger of 0 and it, then the head. */
function logitsByHand(): number[] {
  const layer = (rows: number[][], name: string) => {
    const [w, b] = [weights.get(`${name}.weight`), weights.get(`${name}.bias`)];
    if (!w || !b) throw new Error(`no weight ${name}`);
    return rows.map((row) =>
      numbersOf(b).map((offset, column) =>
        row.reduce(
          (sum, value, at) => sum + value * Number(w.data[at * b.data.length + column]),
          offset,
        ),
      ),
    );
  };
  const all = numbersOf(x);
  const hidden = layer([all.slice(0, 3), all.slice(3)], "hidden");
  return layer(
    hidden.map((row) => row.map((value) => Math.max(value, 0))),
    "head",
  ).flat();
}

test("a saved network computes the same after it is loaded", async (t) => {
  const { card, bytes, model: loaded } = await loadModel(await saved(t));
  (await logitsOf(bytes)).forEach((value, at) => {
    assert.ok(Math.abs(value - logitsByHand()[at]) < 1e-5);
  });
  assert.equal(card.createdAt, "2026-11-22T00:00:00.000Z");
  assert.deepEqual(card.inputs, [{ name: "x", type: "float32", shape: ["batch", 3] }]);
  assert.deepEqual(card.outputs, [{ name: "logits", type: "float32", shape: ["batch", 2] }]);
  for (const name of ["name", "labels", "metrics", "preprocessing", "license"] as const) {
    assert.deepEqual(card[name], facts[name]);
  }
  for (const [name, weight] of weights) {
    assert.deepEqual(loaded.graph.initializers.get(name), weight);
  }
});

test("a quantised model is saved the same way", async (t) => {
  const folder = join(await temporary(t), "model");
  await saveModel(folder, quantizeDynamic(model, { minimumElements: 1 }).model, facts);
  const { card, bytes } = await loadModel(folder);
  assert.deepEqual(card.model.opsets, { "": 20, "com.microsoft": 1 });
  (await logitsOf(bytes)).forEach((value, at) => {
    assert.ok(Math.abs(value - logitsByHand()[at]) < 0.1);
  });
});

test("saving twice is ARTEFACT_EXISTS, and leaves the first and nothing else", async (t) => {
  const folder = await saved(t);
  await assert.rejects(saveModel(folder, model, facts), { code: "ARTEFACT_EXISTS" });
  assert.deepEqual(await readdir(join(folder, "..")), ["model"]);
  assert.deepEqual(await readdir(folder), ["card.json", "model.onnx"]);
});

test("a place that is no folder is ARTEFACT_WRITE", async (t) => {
  const folder = await temporary(t);
  await writeFile(join(folder, "file"), "");
  await assert.rejects(saveModel(join(folder, "file", "model"), model, facts), {
    code: "ARTEFACT_WRITE",
  });
});

test("one changed byte of the model is ARTEFACT_CHECKSUM", async (t) => {
  const folder = await saved(t);
  const bytes = await readFile(join(folder, "model.onnx"));
  bytes[bytes.length - 20] ^= 1;
  await writeFile(join(folder, "model.onnx"), bytes);
  await assert.rejects(loadModel(folder), { code: "ARTEFACT_CHECKSUM" });
});

test("a model over the limit is not read", async (t) => {
  const folder = await saved(t);
  await assert.rejects(loadModel(folder, { limits: { fileBytes: 100 } }), {
    code: "ARTEFACT_TOO_LARGE",
  });
  await assert.rejects(loadModel(folder, { limits: { nodes: 1 } }), { code: "ONNX_LIMIT" });
});

test("a folder without a card is ARTEFACT_NOT_FOUND", async (t) => {
  await assert.rejects(loadModel(await temporary(t)), { code: "ARTEFACT_NOT_FOUND" });
});

const wrong: readonly [string, (card: Record<string, unknown>) => unknown, string][] = [
  ["another format", (card) => ({ ...card, format: 2 }), "ARTEFACT_FORMAT"],
  ["a list", () => [], "ARTEFACT_CARD"],
  ["no name", (card) => ({ ...card, name: undefined }), "ARTEFACT_CARD"],
  ["a label twice", (card) => ({ ...card, labels: ["a", "a"] }), "ARTEFACT_CARD"],
  ["too many labels", (card) => ({ ...card, labels: ["a", "b", "c"] }), "ARTEFACT_CARD"],
  ["a metric of text", (card) => ({ ...card, metrics: { a: "1" } }), "ARTEFACT_CARD"],
  ["other inputs", (card) => ({ ...card, inputs: [] }), "ARTEFACT_CARD"],
  [
    "another file",
    (card) => ({ ...card, model: { ...(card["model"] as object), file: "../x" } }),
    "ARTEFACT_CARD",
  ],
];

for (const [what, change, code] of wrong) {
  test(`a card with ${what} is ${code}`, async (t) => {
    const folder = await saved(t);
    const path = join(folder, "card.json");
    const card: Record<string, unknown> = JSON.parse(await readFile(path, "utf8"));
    await writeFile(path, JSON.stringify(change(card)));
    await assert.rejects(loadModel(folder), { code });
  });
}

test("a card that is no JSON is ARTEFACT_CARD", async (t) => {
  const folder = await saved(t);
  await writeFile(join(folder, "card.json"), '{"format": 1, "na');
  await assert.rejects(loadModel(folder), { code: "ARTEFACT_CARD" });
});

test("facts that make no sense are refused before anything is written", async (t) => {
  const folder = join(await temporary(t), "model");
  for (const fact of [
    { name: "" },
    { labels: ["apple"] },
    { labels: ["apple", "apple"] },
    { metrics: { loss: Number.NaN } },
  ]) {
    await assert.rejects(saveModel(folder, model, { ...facts, ...fact }), {
      code: "ARTEFACT_CARD",
    });
  }
  assert.equal(existsSync(folder), false);
});

const root = join(import.meta.dirname, "../../../..");
const peer = join(root, ".souk-peers/torch/bin/python");
const python = process.env["SOUK_ONNX_PYTHON"] ?? (existsSync(peer) ? peer : "");
const skip =
  python === "" &&
  "no ONNX tools: run scripts/peers/torch.sh and pip install onnx onnxruntime, or name a Python in SOUK_ONNX_PYTHON";

const reader = `
import json, sys
try:
  import onnx, numpy, onnxruntime
except ImportError:
  print("null"); sys.exit()
model = onnx.load(sys.argv[1])
onnx.checker.check_model(model, full_check=True)
session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
x = numpy.array([[1, 2, 3], [-1, 0.5, 0]], dtype=numpy.float32)
logits = session.run(["logits"], {"x": x})[0]
head = next(w for w in model.graph.initializer if w.name == "head.weight")
print(json.dumps({
  "logits": logits.ravel().tolist(),
  "head": onnx.numpy_helper.to_array(head).ravel().tolist(),
  "batch": model.graph.input[0].type.tensor_type.shape.dim[0].dim_param,
}))
`;

test(
  "Python's ONNX checker passes the file, and ONNX Runtime in Python computes the same",
  { skip },
  async (t) => {
    const file = join(await saved(t), "model.onnx");
    const { stdout } = await promisify(execFile)(python, ["-W", "ignore", "-c", reader, file]);
    const seen: { logits: number[]; head: number[]; batch: string } | null = JSON.parse(stdout);
    if (!seen) return t.skip("this Python has no onnx and onnxruntime");
    assert.equal(seen.batch, "batch");
    const head = weights.get("head.weight");
    assert.deepEqual(seen.head, head && numbersOf(head));
    seen.logits.forEach((value, at) => assert.ok(Math.abs(value - logitsByHand()[at]) < 1e-5));
  },
);
