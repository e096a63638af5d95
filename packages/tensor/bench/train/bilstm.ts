/** BiLSTM: 28,000 words of 128 numbers, given or trained too, 128 states each way, the last ones joined; 32 texts of 64 words. */
import { biLstm } from "../../src/nn/bi-lstm.ts";
import { type Contest, drawBatches, drawLabels, drawWords } from "../compare/contest.ts";

const [rows, length, vocabulary, classes] = [32, 64, 28_000, 13];

/** The contest; word vectors learnt elsewhere stay as they are unless they are `trained`. */
export const biLstmContest = ({ trained = false } = {}): Contest => ({
  model: trained ? "bilstm-words" : "bilstm",
  freeze: (name) => !trained && name.startsWith("embedding."),
  goal: 1,
  network: biLstm({ vocabulary, classes, padding: null }),
  batches: drawBatches(30, (rng) => ({
    ids: drawWords(rng, vocabulary, [rows, length]),
    labels: drawLabels(rng, classes, rows),
  })),
  variants: ["eager", "fused", "fused compiled"],
  steps: 40,
});
