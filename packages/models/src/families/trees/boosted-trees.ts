import { setImmediate } from "node:timers/promises";
import { Booster } from "../../trees/booster.ts";
import {
  absoluteLoss,
  huberLoss,
  logisticLoss,
  type Loss,
  softmaxLoss,
  squaredLoss,
} from "../../trees/losses.ts";
import type { Tree } from "../../trees/tree.ts";
import { balanceOptions, classWeights } from "../balance.ts";
import { createEarlyStopping } from "../early-stopping.ts";
import type { Family, FamilyContext, FamilyData } from "../family.ts";
import { createProgress } from "../progress.ts";
import type { Settings, SettingSpec } from "../settings.ts";
import { prepareTables, type TreeTables } from "./fit-features.ts";
import { type Link, linkScore } from "./links.ts";
import { restoreTreeModel } from "./saved-model.ts";
import { restoreTreeState, saveTreeState } from "./tree-checkpoint.ts";
import { createTreePredictor } from "./tree-predictor.ts";
import { treeSettings } from "./tree-settings.ts";

const settings = {
  rounds: {
    kind: "number",
    default: 1000,
    min: 1,
    max: 100_000,
    integer: true,
    description: "most rounds; each adds a tree, or one per class",
  },
  patience: {
    kind: "number",
    default: 50,
    min: 1,
    max: 100_000,
    integer: true,
    description: "rounds without a better validation before it stops",
  },
  lr: {
    kind: "number",
    default: 0.05,
    min: 1e-4,
    max: 1,
    description: "share of its value that each tree adds",
  },
  loss: {
    kind: "choice",
    default: "auto",
    options: ["auto", "squared", "absolute", "huber"],
    description: "of number targets; auto: absolute where the task's metric is of absolute errors",
  },
  maxLeaves: {
    kind: "number",
    default: 31,
    min: 2,
    max: 4096,
    integer: true,
    description: "most leaves of a tree",
  },
  ...treeSettings,
  l2: {
    kind: "number",
    default: 1,
    min: 0,
    max: 1e6,
    description: "added to the hessians of each leaf: pulls its value to 0",
  },
  rowShare: {
    kind: "number",
    default: 0.8,
    min: 0.01,
    max: 1,
    description: "share of the rows each round sees",
  },
  columnShare: {
    kind: "number",
    default: 0.5,
    min: 0.01,
    max: 1,
    description: "share of the features each tree may use",
  },
  balance: {
    kind: "choice",
    default: "none",
    options: balanceOptions,
    description: "weight of rare classes",
  },
} as const satisfies Record<string, SettingSpec>;

/** Validation is looked at, and the signal heard, every so many rounds. */
const ROUNDS_PER_LOOK = 5;
/** A checkpoint holds all trees so far: not one at every look. */
const ROUNDS_PER_CHECKPOINT = 25;

/** Gradient-boosted trees on histograms of numbers, dates, categories and words. */
export const boostedTrees: Family = {
  name: "boosted-trees",
  summary:
    "Gradient-boosted trees on numbers, dates, categories and the most informative words; one thread.",
  inputKinds: ["number", "category", "date", "text"],
  settings,
  async train(data, context) {
    const tables = await prepareTables(data, context);
    const outputs = data.labels?.length ?? 1;
    const link: Link = outputs === 2 ? "halves" : "identity";
    const { trees, base } = await boost(tables, { data, context, link });
    return createTreePredictor({ features: tables.features, trees, base, link, outputs });
  },
  restore: (saved, _task, labels) =>
    createTreePredictor(restoreTreeModel(saved, labels?.length ?? 1)),
};

/** Rounds until the validation stops getting better; the trees up to the best. */
async function boost(
  { features, train, validation }: TreeTables,
  { data, context, link }: { data: FamilyData; context: FamilyContext; link: Link },
): Promise<{ trees: readonly Tree[]; base: Float64Array }> {
  const { settings: chosen, seed, signal, onEvent, checkpoints } = context;
  const booster = new Booster(
    { train, validation, loss: lossOf(data, chosen) },
    {
      ...numbersOf(chosen, ["lr", "l2", "minChildWeight", "minGain", "maxLeaves", "maxDepth"]),
      ...numbersOf(chosen, ["rowShare", "columnShare"]),
      seed,
    },
  );
  const treesPerRound = booster.base.length;
  const resumed = restoreTreeState(await checkpoints?.load(), {
    features: features.size,
    treesPerRound,
  });
  booster.addTrees(resumed.trees);
  const stopping = createEarlyStopping(data.task, {
    labels: data.labels,
    targets: data.validation.targets,
    patience: chosen.number("patience"),
    best: resumed.best,
  });
  const rounds = chosen.number("rounds");
  const rows = train.rows;
  const progress = createProgress(onEvent, { total: rounds * rows, done: resumed.round * rows });
  if (resumed.round === 0) stopping.judge(0, scoresOf(booster, link));
  const isLook = (round: number): boolean => round % ROUNDS_PER_LOOK === 0 || round === rounds;
  for (let round = resumed.round; round < rounds && !(isLook(round) && stopping.hasEnded(round));) {
    await setImmediate();
    signal?.throwIfAborted();
    booster.addRound(round++);
    if (!isLook(round)) continue;
    const { values } = stopping.judge(round, scoresOf(booster, link));
    onEvent({ kind: "metrics", step: round * rows, epoch: round, values });
    progress(round * rows);
    if (round % ROUNDS_PER_CHECKPOINT === 0)
      await checkpoints?.save(saveTreeState({ round, trees: booster.trees, best: stopping.best }));
  }
  // Where no round could be judged (validation without a known label), all of them stay.
  const { epoch } = stopping.best;
  const kept = epoch < 0 ? booster.trees.length : epoch * treesPerRound;
  return { trees: booster.trees.slice(0, kept), base: booster.base };
}

/** Validation scores of the task's outputs. */
function scoresOf({ validationScores: sums }: Booster, link: Link): Float64Array {
  if (link === "identity") return sums;
  return Float64Array.from({ length: 2 * sums.length }, (_, i) =>
    linkScore(sums[i >> 1], { link, output: i & 1, outputs: 2 }),
  );
}

function lossOf({ task, labels, train }: FamilyData, chosen: Settings): Loss {
  const { targets } = train;
  if (labels !== undefined) {
    const weights = classWeights(targets, {
      classes: labels.length,
      balance: chosen.choice("balance"),
    });
    return labels.length === 2 ? logisticLoss(targets, weights) : softmaxLoss(targets, weights);
  }
  const wanted = chosen.choice("loss");
  const isAbsolute = ["mae", "medianAE", "mape"].includes(task.metric);
  if (wanted === "huber") return huberLoss(targets);
  return wanted === "absolute" || (wanted === "auto" && isAbsolute)
    ? absoluteLoss(targets)
    : squaredLoss(targets);
}

function numbersOf<Name extends string>(
  chosen: Settings,
  names: readonly Name[],
): Record<Name, number> {
  const entries = names.map((name) => [name, chosen.number(name)] as const);
  // The entries are exactly the names asked for.
  return Object.fromEntries(entries) as Record<Name, number>;
}
