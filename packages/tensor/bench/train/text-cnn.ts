/** Text CNN: 28,000 words of 300 numbers, trained too, 48 and 24 filters, mean pooling, 256 hidden; 32 texts of 128 words. */
import { textCnn } from "../../src/nn/text-cnn.ts";
import { type Contest, drawBatches, drawLabels, drawWords } from "../compare/contest.ts";

const [rows, length, vocabulary, classes] = [32, 128, 28_000, 13];

/** The contest. */
export const textCnnContest = (): Contest => ({
  model: "text-cnn",
  goal: 1,
  network: textCnn({ vocabulary, classes, pooling: "mean", summary: "flatten", length }),
  batches: drawBatches(30, (rng) => ({
    ids: drawWords(rng, vocabulary, [rows, length]),
    labels: drawLabels(rng, classes, rows),
  })),
  variants: ["eager", "fused", "fused compiled"],
  steps: 40,
});
