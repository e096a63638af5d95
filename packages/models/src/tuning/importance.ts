import { mean, SoukError } from "@souk/core";
import type { SettingValue } from "../families/settings.ts";
import { coordinateOf } from "./coordinate.ts";
import { fitForest, type Leaf } from "./forest.ts";
import type { Dimension, SearchSpace } from "./space.ts";
import type { Trial } from "./trial.ts";

/** How much a setting by itself matters. */
export interface SettingImportance {
  readonly setting: string;
  /** Share of the value's variance over the whole space that the setting explains alone, in [0, 1]. */
  readonly share: number;
}

const LEAST_TRIALS = 10;

/**
 * Importance of each setting, the greatest first: a forest is fitted to the done trials of the budget most of them had,
 * and its variance over the space is taken apart exactly, tree by tree. What the shares leave to 1 is how settings act
 * together. A setting that was not active counts as the middle of its range.
 * @throws SoukError `TUNE_IMPORTANCE` for fewer than 10 such trials.
 * Source: Hutter, Hoos, Leyton-Brown, "An Efficient Approach for Assessing Hyperparameter Importance", ICML 2014
 * (functional ANOVA, main effects).
 */
export function settingImportance(
  { dimensions }: SearchSpace,
  trials: readonly Trial[],
  { seed = 1 } = {},
): SettingImportance[] {
  const used = mostOfOneBudget(trials);
  if (used.length < LEAST_TRIALS)
    throw new SoukError(
      "TUNE_IMPORTANCE",
      `expected at least ${LEAST_TRIALS} done trials with one budget, got ${used.length}`,
    );
  const columns = dimensions.map((dimension) => columnOf(dimension, used));
  const x = used.map((_, row) => columns.map((column) => column[row]));
  const forest = fitForest({ x, y: used.map((trial) => trial.value) }, { seed });
  return dimensions
    .map(({ name }, d) => ({
      setting: name,
      share: mean(forest.map((tree) => shareOf(tree, d))),
    }))
    .sort((a, b) => b.share - a.share);
}

type Valued = Trial & { readonly value: number };

function mostOfOneBudget(trials: readonly Trial[]): Valued[] {
  const done = trials.filter(
    (trial): trial is Valued => trial.state === "done" && trial.value !== undefined,
  );
  const byBudget = Map.groupBy(done, (trial) => trial.budget);
  return [...byBudget.values()].sort((a, b) => b.length - a.length)[0] ?? [];
}

/** Coordinates in [0, 1]; options in the order of their mean value, so that one cut can part good from bad. */
function columnOf(dimension: Dimension, trials: readonly Valued[]): number[] {
  const { name } = dimension;
  const valueOf = (trial: Valued): SettingValue | undefined =>
    Object.hasOwn(trial.settings, name) ? trial.settings[name] : undefined;
  if (dimension.kind === "number")
    return trials.map((trial) => coordinateOf(dimension, valueOf(trial) ?? middle(dimension)));
  const groups = Map.groupBy(trials, valueOf);
  const order = [...groups]
    .map(([value, group]) => ({ value, mean: mean(group.map((trial) => trial.value)) }))
    .sort((a, b) => a.mean - b.mean)
    .map(({ value }) => value);
  return trials.map((trial) => (order.indexOf(valueOf(trial)) + 0.5) / order.length);
}

function middle({ min, max, scale }: Extract<Dimension, { kind: "number" }>): number {
  return scale === "log" ? Math.sqrt(min * max) : (min + max) / 2;
}

/** Variance of the tree's mean given dimension `d`, over the variance of the tree. */
function shareOf(tree: readonly Leaf[], d: number): number {
  const areas = tree.map(({ low, high }) =>
    low.reduce((area, from, i) => area * (high[i] - from), 1),
  );
  const average = tree.reduce((sum, { value }, i) => sum + areas[i] * value, 0);
  const variance = tree.reduce((sum, { value }, i) => sum + areas[i] * (value - average) ** 2, 0);
  if (!(variance > 0)) return 0;
  const ends = [...new Set(tree.flatMap(({ low, high }) => [low[d], high[d]]))].sort(
    (a, b) => a - b,
  );
  const at = new Map(ends.map((end, i) => [end, i]));
  // Each leaf adds its mean times its area across the other dimensions, from its low end to its high end.
  const change = new Float64Array(ends.length);
  for (const [i, { low, high, value }] of tree.entries()) {
    const part = (areas[i] / (high[d] - low[d])) * value;
    change[at.get(low[d]) ?? 0] += part;
    change[at.get(high[d]) ?? 0] -= part;
  }
  let explained = 0;
  let marginal = 0;
  for (let i = 0; i + 1 < ends.length; i++) {
    marginal += change[i];
    explained += (ends[i + 1] - ends[i]) * (marginal - average) ** 2;
  }
  return explained / variance;
}
