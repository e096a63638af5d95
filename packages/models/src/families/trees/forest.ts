import { setImmediate } from "node:timers/promises";
import { Bagger } from "../../trees/bagging.ts";
import type { Family, FamilyData } from "../family.ts";
import { createProgress } from "../progress.ts";
import type { SettingSpec } from "../settings.ts";
import { prepareTables } from "./fit-features.ts";
import type { Link } from "./links.ts";
import { restoreTreeModel } from "./saved-model.ts";
import { restoreTreeState, saveTreeState } from "./tree-checkpoint.ts";
import { createTreePredictor } from "./tree-predictor.ts";
import { treeSettings } from "./tree-settings.ts";

const settings = {
  trees: {
    kind: "number",
    default: 200,
    min: 1,
    max: 10_000,
    integer: true,
    description: "bootstrap samples; each grows a tree, or one per class beyond two",
  },
  maxLeaves: {
    kind: "number",
    default: 1024,
    min: 2,
    max: 65_536,
    integer: true,
    description: "most leaves of a tree",
  },
  ...treeSettings,
  minChildWeight: { ...treeSettings.minChildWeight, default: 2 },
  columnShare: {
    kind: "number",
    default: 0.2,
    min: 1e-4,
    max: 1,
    description: "share of the features each split may choose from",
  },
} as const satisfies Record<string, SettingSpec>;

const BAGS_PER_CHECKPOINT = 50;

/** A random forest: the mean of trees grown on bootstrap samples, with a draw of features at each split. */
export const forest: Family = {
  name: "forest",
  summary:
    "Random forest on numbers, dates, categories and the most informative words; one thread.",
  inputKinds: ["number", "category", "date", "text"],
  settings,
  async train(data, context) {
    const { settings: chosen, seed, signal, onEvent, checkpoints } = context;
    const { features, train } = await prepareTables(data, context);
    const trees = chosen.number("trees");
    const bagger = new Bagger(train, outputsOf(data), {
      trees,
      columnShare: chosen.number("columnShare"),
      minChildWeight: chosen.number("minChildWeight"),
      minGain: chosen.number("minGain"),
      maxLeaves: chosen.number("maxLeaves"),
      maxDepth: chosen.number("maxDepth"),
      seed,
    });
    const resumed = restoreTreeState(await checkpoints?.load(), {
      features: features.size,
      treesPerRound: bagger.base.length,
    });
    bagger.trees.push(...resumed.trees);
    const { rows } = train;
    const progress = createProgress(onEvent, { total: trees * rows, done: resumed.round * rows });
    for (let bag = resumed.round; bag < trees;) {
      await setImmediate();
      signal?.throwIfAborted();
      bagger.addBag(bag++);
      progress(bag * rows);
      if (bag % BAGS_PER_CHECKPOINT === 0)
        await checkpoints?.save(saveTreeState({ round: bag, trees: bagger.trees }));
    }
    const link: Link = data.labels === undefined ? "identity" : "shares";
    const outputs = data.labels?.length ?? 1;
    return createTreePredictor({ features, trees: bagger.trees, base: bagger.base, link, outputs });
  },
  restore: (saved, _task, labels) =>
    createTreePredictor(restoreTreeModel(saved, labels?.length ?? 1)),
};

/** The number; or for each class, of two the second alone, whether it is the row's. */
function outputsOf({ labels, train: { targets } }: FamilyData): Float64Array[] {
  if (labels === undefined) return [targets];
  const classes = labels.length === 2 ? [1] : labels.map((_, c) => c);
  return classes.map((c) => targets.map((target) => Number(target === c)));
}
