import { SoukError } from "@souk/core";
import { typicalNumber } from "../../evaluation/baseline-scores.ts";
import { inputKinds } from "../../task/task.ts";
import type { Family, Predictor } from "../family.ts";

/** What any model must beat: always the most frequent class (with the class shares as probabilities), or the mean (median). */
export const baseline: Family = {
  name: "baseline",
  summary: "The most frequent class, or the mean: what every other model must beat.",
  inputKinds,
  settings: {},
  async train(data, { signal }) {
    signal?.throwIfAborted();
    const { labels, train } = data;
    if (labels === undefined)
      return constant(Float64Array.of(typicalNumber(data.task, train.targets)));
    const counts = new Float64Array(labels.length).fill(1e-9);
    for (const target of train.targets) counts[target]++;
    return constant(counts.map((n) => Math.log(n / train.targets.length)));
  },
  restore(saved, _task, labels) {
    const scores = saved.tensors["scores"]?.data;
    const wanted = labels?.length ?? 1;
    if (!(scores instanceof Float64Array) || scores.length !== wanted)
      throw new SoukError("MODEL_WEIGHTS", `expected ${wanted} scores of type F64, got others`);
    return constant(scores);
  },
};

function constant(outputs: Float64Array): Predictor {
  return {
    scoreInto(batch, scores) {
      for (let row = 0; row < batch.length; row++) scores.set(outputs, row * outputs.length);
    },
    save: () => ({
      parameters: {},
      tensors: { scores: { shape: [outputs.length], data: outputs } },
    }),
  };
}
