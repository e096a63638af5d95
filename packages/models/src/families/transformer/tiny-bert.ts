/** For tests: a BERT of two layers with random weights, in the folder layout of published ones. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRng } from "@souk/core";
import {
  float32,
  parametersOf,
  toTorch,
  transformerEncoder,
  transformerSettings,
  writeSafetensors,
} from "@souk/tensor";

const words =
  "the item was awful broken refund okay average fine great love perfect not good a b c d ! ##s cafe";
const vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", ...words.split(" ")];

const config = {
  model_type: "bert",
  vocab_size: vocabulary.length,
  hidden_size: 16,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  intermediate_size: 32,
  max_position_embeddings: 64,
  type_vocab_size: 2,
  hidden_act: "gelu",
};

/** Writes the folder and removes it when the test is done. */
export async function tinyBert(t: { after(done: () => Promise<void>): void }): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "souk-tiny-bert-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const rng = createRng("tiny bert");
  const shapes = parametersOf(transformerEncoder(transformerSettings(config)));
  const weights = Array.from(shapes, ([name, shape]) => {
    const base = name.endsWith("LayerNorm.weight") ? 1 : 0;
    const size = shape.reduce((a, b) => a * b, 1);
    const values = Float32Array.from({ length: size }, () => base + rng.normal(0, 0.3));
    return [name, float32(values, shape)] as const;
  });
  await writeFile(join(folder, "config.json"), JSON.stringify(config));
  await writeFile(join(folder, "vocab.txt"), `${vocabulary.join("\n")}\n`);
  await writeFile(join(folder, "model.safetensors"), writeSafetensors(toTorch(new Map(weights))));
  return folder;
}
