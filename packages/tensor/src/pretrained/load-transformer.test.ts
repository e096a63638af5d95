import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { float32, int64, numbersOf, type Tensor } from "../onnx/tensor.ts";
import { writeOnnx } from "../onnx/write.ts";
import { parametersOf } from "../layers/parameters.ts";
import { networkModel } from "../nn/network-model.ts";
import { transformerEncoder } from "../nn/transformer-encoder.ts";
import { openSession } from "../run/session.ts";
import { writeSafetensors } from "../safetensors/write.ts";
import { loadTransformer } from "./load-transformer.ts";
import { toTorch } from "./torch-layout.ts";
import { transformerSettings } from "./transformer-config.ts";

const bert = {
  model_type: "bert",
  vocab_size: 12,
  hidden_size: 4,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  intermediate_size: 6,
  max_position_embeddings: 8,
  type_vocab_size: 2,
  hidden_act: "gelu_new",
};
const distilBert = {
  model_type: "distilbert",
  vocab_size: 12,
  dim: 4,
  n_layers: 2,
  n_heads: 2,
  hidden_dim: 6,
  max_position_embeddings: 8,
  activation: "relu",
};
const vocabulary = "[PAD] [UNK] [CLS] [SEP] a b c d e f g h".split(" ");
const head = { kind: "classification", classes: 3 } as const;

/**
 * The weights of a model with a head as HuggingFace names and lays them out. Weight number n in order of names holds
 * 0.8 sin(1.3 i + n) at place i, scales of normalisation 1 more.
 */
function formulaWeights(config: Readonly<Record<string, unknown>>): Map<string, Tensor> {
  const shapes = parametersOf(transformerEncoder({ ...transformerSettings(config), head }));
  const zeros = new Map(
    Array.from(shapes, ([name, shape]) => [
      /^(pre_)?classifier\./.test(name) ? name : `${String(config["model_type"])}.${name}`,
      float32(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape),
    ]),
  );
  const sorted = [...toTorch(zeros)].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return new Map(
    sorted.map(([name, weight], n) => {
      const base = /layer_?norm\.weight$/i.test(name) ? 1 : 0;
      const values = numbersOf(weight).map((_, i) => base + 0.8 * Math.sin(1.3 * i + n));
      return [name, float32(values, weight.shape)];
    }),
  );
}

async function folder(
  t: TestContext,
  config: Readonly<Record<string, unknown>>,
  weights: ReadonlyMap<string, Tensor> = formulaWeights(config),
): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "souk-transformer-"));
  t.after(() => rm(path, { recursive: true }));
  await writeFile(join(path, "config.json"), JSON.stringify(config));
  await writeFile(join(path, "vocab.txt"), `${vocabulary.join("\n")}\n`);
  await writeFile(join(path, "model.safetensors"), writeSafetensors(weights));
  return path;
}

const ids = int64([2, 5, 9, 3, 0, 2, 7, 3, 8, 3], [2, 5]);
const mask = int64([1, 1, 1, 1, 0, 1, 1, 1, 1, 1], [2, 5]);
const types = int64([0, 0, 0, 0, 0, 0, 0, 0, 1, 1], [2, 5]);

async function logitsOf(path: string): Promise<readonly number[]> {
  const { network, weights } = await loadTransformer(path, { head });
  const session = await openSession(writeOnnx(networkModel(network, weights)), { threads: 1 });
  const inputs = { input_ids: ids, attention_mask: mask, token_type_ids: types };
  const wanted = Object.entries(inputs).filter(([name]) => name in network.inputs);
  const { logits } = await session.run(Object.fromEntries(wanted));
  await session.close();
  return numbersOf(logits);
}

function near(actual: readonly number[], expected: readonly number[]): void {
  assert.equal(actual.length, expected.length);
  actual.forEach((value, at) => {
    assert.ok(Math.abs(value - expected[at]) < 1e-5, `${at}: ${value} is not ${expected[at]}`);
  });
}

/** Logits of transformers 5.23.0 with PyTorch 2.15.0 for the same weights and inputs. */
const expected = {
  bert: [1.591655, 0.247195, -1.525581, 1.507574, 0.080389, -1.597802],
  distilbert: [-1.070681, 0.128773, 0.881438, -1.109926, 0.133469, 0.925084],
};

test("BERT with the weights of a formula gives the logits of HuggingFace transformers", async (t) => {
  near(await logitsOf(await folder(t, bert)), expected.bert);
});

test("DistilBERT with the weights of a formula gives the logits of HuggingFace transformers", async (t) => {
  near(await logitsOf(await folder(t, distilBert)), expected.distilbert);
});

test("files of 2018, which say gamma and beta, and files without a prefix are the same", async (t) => {
  const old = new Map(
    Array.from(formulaWeights(bert), ([name, weight]) => [
      name
        .replace(/^bert\./, "")
        .replace("LayerNorm.weight", "LayerNorm.gamma")
        .replace("LayerNorm.bias", "LayerNorm.beta"),
      weight,
    ]),
  );
  near(await logitsOf(await folder(t, bert, old)), expected.bert);
});

test("a head that the file lacks is missing, an encoder weight that it lacks is an error", async (t) => {
  const weights = formulaWeights(bert);
  weights.delete("classifier.weight");
  const found = await loadTransformer(await folder(t, bert, weights), { head });
  assert.deepEqual(found.missing, ["classifier.weight"]);
  const bare = await loadTransformer(await folder(t, bert, weights));
  assert.deepEqual(bare.missing, []);
  assert.equal(bare.weights.has("pooler.dense.weight"), false);
  weights.delete("bert.encoder.layer.1.output.dense.bias");
  await assert.rejects(loadTransformer(await folder(t, bert, weights)), {
    code: "TRANSFORMER_WEIGHTS",
    message: /encoder\.layer\.1\.output\.dense\.bias/,
  });
});

test("a weight of another shape is named with both shapes", async (t) => {
  const weights = formulaWeights(bert).set(
    "bert.embeddings.word_embeddings.weight",
    float32(new Float32Array(44), [11, 4]),
  );
  await assert.rejects(loadTransformer(await folder(t, bert, weights)), {
    code: "TRANSFORMER_WEIGHTS",
    message: /word_embeddings\.weight must be \[12, 4\].*got \[11, 4\]/,
  });
});

test("each field that asks for another network is named with its value", () => {
  const wrong: readonly (readonly [Record<string, unknown>, RegExp])[] = [
    [{ model_type: "roberta" }, /model_type must be one of bert, distilbert, got "roberta"/],
    [{ hidden_act: "silu" }, /hidden_act must be one of gelu, gelu_new, relu, got "silu"/],
    [{ position_embedding_type: "relative_key" }, /position_embedding_type.*"relative_key"/],
    [{ is_decoder: true }, /is_decoder must be false, got true/],
    [{ hidden_size: 5 }, /width 5 does not divide into 2 heads/],
    [{ num_hidden_layers: 1e9 }, /num_hidden_layers must be a whole number in \[1, 256\]/],
    [{ vocab_size: "12" }, /vocab_size must be a whole number.*got "12"/],
    [{ layer_norm_eps: -1 }, /layer_norm_eps must be a number in \[0, 1\)/],
    [{ type_vocab_size: undefined }, /type_vocab_size must be.*got nothing/],
  ];
  for (const [change, message] of wrong) {
    assert.throws(() => transformerSettings({ ...bert, ...change }), {
      code: "TRANSFORMER_CONFIG",
      message,
    });
  }
  assert.throws(() => transformerSettings([]), { code: "TRANSFORMER_CONFIG" });
});

test("the files beside the weights set the tokenizer, or are refused", async (t) => {
  const path = await folder(t, bert);
  await writeFile(join(path, "tokenizer_config.json"), '{"do_lower_case":false}');
  await writeFile(join(path, "sentence_bert_config.json"), '{"max_seq_length":6}');
  const { tokenizer } = await loadTransformer(path);
  assert.equal(tokenizer.maxLength, 6);
  assert.deepEqual(tokenizer.tokenize("a A"), ["a", "[UNK]"]);
  await writeFile(join(path, "tokenizer_config.json"), '{"cls_token":"<s>"}');
  await assert.rejects(loadTransformer(path), {
    code: "TRANSFORMER_CONFIG",
    message: /cls_token must be "\[CLS\]", got "<s>"/,
  });
});

test("a folder whose sentences are pooled in another way is refused as a sentence encoder", async (t) => {
  const path = await folder(t, bert);
  const pooling = join(path, "1_Pooling");
  await mkdir(pooling);
  await writeFile(
    join(pooling, "config.json"),
    '{"pooling_mode_cls_token":true,"pooling_mode_mean_tokens":false}',
  );
  await assert.rejects(loadTransformer(path, { head: { kind: "sentence" } }), {
    code: "TRANSFORMER_CONFIG",
    message: /pooling_mode_cls_token must be false, got true/,
  });
});

test("missing files, broken JSON and a vocabulary beyond the table are errors", async (t) => {
  await assert.rejects(loadTransformer(join(tmpdir(), "souk-nothing-here")), {
    code: "TRANSFORMER_FILE",
  });
  const path = await folder(t, { ...bert, vocab_size: 11 });
  await assert.rejects(loadTransformer(path), { message: /at least the 12 lines of vocab.txt/ });
  await writeFile(join(path, "config.json"), "{");
  await assert.rejects(loadTransformer(path), { code: "TRANSFORMER_FILE", message: /JSON/ });
});
