import type { ColumnBatch } from "../../rows/batch.ts";
import { addContributionsInto, featureImportance, type Tree } from "../../trees/tree.ts";
import { type Link, linkScore } from "./links.ts";
import type { TreeFeatures } from "./tree-features.ts";

/** What boosting and forests learn: tree `t` adds to sum `t % base.length`. */
export interface TreeModel {
  readonly features: TreeFeatures;
  readonly trees: readonly Tree[];
  /** The sums before the first tree. */
  readonly base: Float64Array;
  readonly link: Link;
  /** Number of labels, or 1. */
  readonly outputs: number;
}

/**
 * How each feature of the first row moves the score of `output` away from `base`, the score of the mean training row:
 * `base` and the changes, [features], sum to the score. A score that is not a sum (of a forest's share) gives each
 * feature its part of the change in proportion.
 */
export function contributions(
  { features, trees, base, link, outputs }: TreeModel,
  batch: ColumnBatch,
  output: number,
): { base: number; changes: Float64Array } {
  const values = new Float64Array(features.size);
  features.rowInto(batch, 0, values);
  const changes = new Float64Array(features.size);
  const at = base.length === 1 ? 0 : output;
  let mean = base[at];
  for (let t = at; t < trees.length; t += base.length) {
    mean += trees[t].value[0];
    addContributionsInto(trees[t], values, changes);
  }
  const score = (sum: number): number => linkScore(sum, { link, output, outputs });
  const moved = changes.reduce((sum, change) => sum + change, 0);
  // Where nothing moved in all, the slope at that point stands for the ratio of the changes.
  const step = Math.abs(moved) > 1e-9 ? moved : 1e-6;
  const factor = (score(mean + step) - score(mean)) / step;
  return { base: score(mean), changes: changes.map((change) => factor * change) };
}

/** Share of the gains of all splits that each input's features made, by input; they sum to 1, or 0 without a split. */
export function inputImportance({ features, trees }: TreeModel): Record<string, number> {
  const gains = featureImportance(trees, features.size);
  const shares: Record<string, number> = {};
  features.plans.forEach(({ column }, i) => {
    const own = gains.subarray(features.starts[i], features.starts[i + 1]);
    shares[column] = own.reduce((sum, gain) => sum + gain, shares[column] ?? 0);
  });
  return shares;
}
