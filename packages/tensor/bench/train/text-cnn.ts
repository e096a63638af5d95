/** Text CNN: 28,000 words of 300 numbers, given or trained too, 48 and 24 filters, mean pooling, 256 hidden; 32 texts of 128 words. */
import { textCnn } from "../../src/nn/text-cnn.ts";
import { type Contest, drawBatches, drawLabels, drawWords } from "../compare/contest.ts";

const [rows, length, vocabulary, classes] = [32, 128, 28_000, 13];

/** The contest; word vectors learnt elsewhere stay as they are unless they are `trained`. */
export const textCnnContest = ({ trained = false } = {}): Contest => ({
  model: trained ? "text-cnn-words" : "text-cnn",
  freeze: (name) => !trained && name.startsWith("embedding."),
  goal: 1,
  network: textCnn({ vocabulary, classes, pooling: "mean", summary: "flatten", length }),
  batches: drawBatches(30, (rng) => ({
    ids: drawWords(rng, vocabulary, [rows, length]),
    labels: drawLabels(rng, classes, rows),
  })),
  variants: ["eager", "fused", "fused compiled"],
  steps: trained ? 40 : 200,
});
