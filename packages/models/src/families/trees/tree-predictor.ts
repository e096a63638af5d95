import { leafOf } from "../../trees/tree.ts";
import type { Predictor } from "../family.ts";
import { explainRow } from "./explain.ts";
import { linkScore } from "./links.ts";
import { saveTreeModel } from "./saved-model.ts";
import { contributions, type TreeModel } from "./tree-model.ts";

/** Predicts with trees; `explain` gives each feature what it changed along the paths of its row. */
export function createTreePredictor(model: TreeModel): Predictor {
  const { features, trees, base, link, outputs } = model;
  const values = new Float64Array(features.size);
  const sums = new Float64Array(base.length);

  return {
    scoreInto(batch, scores) {
      for (let row = 0; row < batch.length; row++) {
        features.rowInto(batch, row, values);
        sums.set(base);
        for (let t = 0; t < trees.length; t++) {
          const tree = trees[t];
          sums[t % sums.length] += tree.value[leafOf(tree, values)];
        }
        for (let output = 0; output < outputs; output++) {
          const sum = sums[sums.length === 1 ? 0 : output];
          scores[row * outputs + output] = linkScore(sum, { link, output, outputs });
        }
      }
    },
    explain: (batch, output) =>
      Promise.resolve(explainRow(features, batch, contributions(model, batch, output).changes)),
    save: () => saveTreeModel(model),
  };
}
