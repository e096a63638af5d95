/** BERT with 4 layers of 256, 4 heads, 1,024 inside, 30,522 words; 16 texts of 32 to 128 tokens, padded; 5 classes. */
import { transformerEncoder } from "../../src/nn/transformer-encoder.ts";
import { int64, type Tensor } from "../../src/onnx/tensor.ts";
import { type Contest, drawBatches, drawLabels, drawWords } from "../compare/contest.ts";
import type { Rng } from "@souk/core";

const [rows, length, vocabulary, classes] = [16, 128, 30_522, 5];

/** The contest. */
export const bertMiniContest = (): Contest => ({
  model: "bert-mini",
  goal: 1,
  network: transformerEncoder({
    vocabulary,
    width: 256,
    layers: 4,
    heads: 4,
    hidden: 1024,
    dropout: 0,
    attentionDropout: 0,
    head: { kind: "classification", classes },
  }),
  batches: drawBatches(30, (rng) => ({
    input_ids: drawWords(rng, vocabulary, [rows, length]),
    attention_mask: drawMask(rng),
    token_type_ids: int64(new BigInt64Array(rows * length), [rows, length]),
    labels: drawLabels(rng, classes, rows),
  })),
  variants: ["eager", "fused", "fused compiled"],
  steps: 10,
});

function drawMask(rng: Rng): Tensor {
  const mask = new BigInt64Array(rows * length);
  for (let row = 0; row < rows; row++) {
    mask.fill(1n, row * length, row * length + 32 + rng.integer(length - 31));
  }
  return int64(mask, [rows, length]);
}
