import { setImmediate } from "node:timers/promises";
import { Bagger } from "../trees/bagging.ts";
import { type BinnedTable, binOf, fitEdges } from "../trees/binning.ts";
import { Booster } from "../trees/booster.ts";
import { absoluteLoss, logisticLoss, type Loss } from "../trees/losses.ts";
import { leafOf, type Tree } from "../trees/tree.ts";
import { nextDays } from "./calendar.ts";
import { withIntervals } from "./conformal.ts";
import type { ForecastContext, Forecaster, PointModel } from "./forecaster.ts";
import { type OriginFeatures, originFeatures } from "./origin-features.ts";
import { type Series, seriesWindow } from "./series.ts";

/** How trees are boosted for a forecast. */
export interface BoostedTreesOptions {
  /** Most rounds; those that help on the last fifth of the history are used. */
  readonly rounds?: number;
  readonly lr?: number;
  readonly maxLeaves?: number;
}

/** How a forest is grown for a forecast. */
export interface ForestOptions {
  readonly trees?: number;
  /** Least days of a leaf. */
  readonly leafDays?: number;
}

/** What one step ahead is learnt from: a row for each origin. */
interface Rows {
  readonly count: number;
  /** Row-major, [count, features]. */
  readonly features: Float64Array;
  readonly targets: Float64Array;
}

/** Trees whose values add up to the answer, or to its logit. */
interface Ensemble {
  readonly base: number;
  readonly trees: readonly Tree[];
  readonly link: "identity" | "logistic";
}

type Learn = (
  rows: Rows,
  options: { columns: number; isClass: boolean; context: ForecastContext },
) => Promise<Ensemble>;

const LEAST_ROWS = 60;
/** Reach of the features: 20 changes, or the 20 days of a volume. */
const REACH = 22;
const MAX_BINS = 63;
const VALIDATION_SHARE = 0.2;
const PATIENCE = 15;

/**
 * Gradient-boosted trees on the movements of the last days and the date: each step ahead is learnt directly (steps 1,
 * 2, 3, 5, 8, … and the last; those between lie on the line between them). A direction is a class, learnt by log-loss;
 * numbers by absolute error, a value as its log change (a difference where values are 0 or less). How many rounds help
 * is told by the last fifth of the history; then trees grow on all of it.
 */
export function boostedTreesForecaster({
  rounds = 200,
  lr = 0.1,
  maxLeaves = 8,
}: BoostedTreesOptions = {}): Forecaster {
  return treeForecaster({
    name: "boosted-trees",
    summary: "Gradient-boosted trees on the movements of the last days and the date.",
    learn: (rows, options) => boost(rows, { ...options, rounds, lr, maxLeaves }),
  });
}

/** A random forest on the same features; the mean of its trees. Steps ahead as for `boostedTreesForecaster`. */
export function forestForecaster({ trees = 60, leafDays = 20 }: ForestOptions = {}): Forecaster {
  return treeForecaster({
    name: "forest",
    summary: "A random forest on the movements of the last days and the date.",
    learn: (rows, options) => bag(rows, { ...options, trees, leafDays }),
  });
}

function treeForecaster({
  name,
  summary,
  learn,
}: {
  name: string;
  summary: string;
  learn: Learn;
}): Forecaster {
  return withIntervals({
    name,
    summary,
    shortest: REACH + LEAST_ROWS,
    async fit(history, context) {
      const features = originFeatures(history);
      const form = formOf(history, context);
      const most = history.length - features.reach - LEAST_ROWS;
      const steps = learntSteps(Math.min(context.horizon, Math.max(1, most)));
      const ensembles: Ensemble[] = [];
      for (const step of steps) {
        const rows = rowsOf(history, features, { step, form });
        const columns = features.names.length;
        ensembles.push(await learn(rows, { columns, isClass: form === "class", context }));
      }
      return directModel({ features, form, steps, ensembles });
    },
  });
}

/** What trees answer: a change from the last value, or the target itself. */
type Form = "log" | "difference" | "number" | "class";

function formOf({ value, base }: Series, { target = "value" }: ForecastContext): Form {
  const isClass =
    target === "direction" && value.some((one) => one === 1) && value.some((one) => one === 0);
  if (isClass) return "class";
  if (target !== "value" || base !== undefined) return "number";
  return value.every((one) => one > 0) ? "log" : "difference";
}

/** 1, 2, 3, 5, 8, … below `horizon`, and `horizon`: later steps differ less from their neighbours. */
function learntSteps(horizon: number): number[] {
  const steps: number[] = [];
  for (let [a, b] = [1, 2]; a < horizon; [a, b] = [b, a + b]) steps.push(a);
  return [...steps, horizon];
}

function rowsOf(
  history: Series,
  features: OriginFeatures,
  { step, form }: { step: number; form: Form },
): Rows {
  const columns = features.names.length;
  const count = history.length - features.reach - step + 1;
  const rows = new Float64Array(count * columns);
  const targets = new Float64Array(count);
  for (let r = 0; r < count; r++) {
    const origin = features.reach + r;
    const day = origin + step - 1;
    features.writeInto(history, { origin, day }, rows.subarray(r * columns, (r + 1) * columns));
    targets[r] = targetOf(form, history.value[day], history.value[origin - 1]);
  }
  return { count, features: rows, targets };
}

function targetOf(form: Form, value: number, last: number): number {
  if (form === "log") return Math.log(value / last);
  return form === "difference" ? value - last : value;
}

function valueOf(form: Form, told: number, last: number): number {
  if (form === "log") return last * Math.exp(told);
  return form === "difference" ? last + told : told;
}

function directModel({
  features,
  form,
  steps,
  ensembles,
}: {
  features: OriginFeatures;
  form: Form;
  steps: readonly number[];
  ensembles: readonly Ensemble[];
}): PointModel {
  const row = new Float64Array(features.names.length);
  return {
    points(history, horizon) {
      const origin = features.reach;
      const recent = seriesWindow(history, history.length - origin, history.length);
      const furthest = steps[steps.length - 1];
      const days = Int32Array.of(...recent.days, ...nextDays(history.days, furthest));
      const told = steps.map((step, i) => {
        features.writeInto({ ...recent, days }, { origin, day: origin + step - 1 }, row);
        return answerOf(ensembles[i], row);
      });
      const last = history.value[history.length - 1];
      return Float64Array.from({ length: horizon }, (_, i) =>
        valueOf(form, between(steps, told, i + 1), last),
      );
    },
  };
}

/** On the line between the learnt steps around `step`; past the last of them, as at the last. */
function between(steps: readonly number[], told: readonly number[], step: number): number {
  const above = steps.findIndex((one) => one >= step);
  if (above < 0) return told[told.length - 1];
  if (steps[above] === step) return told[above];
  const share = (step - steps[above - 1]) / (steps[above] - steps[above - 1]);
  return told[above - 1] + share * (told[above] - told[above - 1]);
}

function answerOf({ base, trees, link }: Ensemble, row: Float64Array): number {
  let sum = base;
  for (const tree of trees) sum += tree.value[leafOf(tree, row)];
  return link === "identity" ? sum : 1 / (1 + Math.exp(-sum));
}

async function boost(
  rows: Rows,
  {
    columns,
    isClass,
    context,
    rounds,
    lr,
    maxLeaves,
  }: Parameters<Learn>[1] & Required<BoostedTreesOptions>,
): Promise<Ensemble> {
  const options = {
    lr,
    maxLeaves,
    l2: 1,
    minChildWeight: isClass ? 3 : 12,
    minGain: 0,
    maxDepth: 0,
    rowShare: 0.7,
    columnShare: 0.5,
    seed: context.seed,
  };
  const kept = rows.count - Math.floor(rows.count * VALIDATION_SHARE);
  const [earlier, later] = [part(rows, 0, kept, columns), part(rows, kept, rows.count, columns)];
  const trial = new Booster(tablesOf(earlier, later, { columns, isClass }), options);
  const loss = (): number => lossOf(trial.validationScores, later.targets, isClass);
  let best = { round: 0, loss: loss() };
  for (let round = 1; round <= rounds && round - best.round <= PATIENCE; round++) {
    trial.addRound(round - 1);
    const now = loss();
    if (now < best.loss) best = { round, loss: now };
  }
  await setImmediate();
  context.signal?.throwIfAborted();
  const whole = new Booster(tablesOf(rows, later, { columns, isClass }), options);
  for (let round = 0; round < best.round; round++) whole.addRound(round);
  return { base: whole.base[0], trees: whole.trees, link: isClass ? "logistic" : "identity" };
}

async function bag(
  rows: Rows,
  { columns, context, trees, leafDays }: Parameters<Learn>[1] & Required<ForestOptions>,
): Promise<Ensemble> {
  const bagger = new Bagger(binned(rows, columns), [rows.targets], {
    trees,
    minChildWeight: leafDays,
    minGain: 0,
    maxLeaves: 32,
    maxDepth: 0,
    columnShare: 1 / 3,
    seed: context.seed,
  });
  for (let tree = 0; tree < trees; tree++) bagger.addBag(tree);
  await setImmediate();
  context.signal?.throwIfAborted();
  return { base: bagger.base[0], trees: bagger.trees, link: "identity" };
}

function part({ features, targets }: Rows, from: number, to: number, columns: number): Rows {
  return {
    count: to - from,
    features: features.subarray(from * columns, to * columns),
    targets: targets.subarray(from, to),
  };
}

function tablesOf(
  train: Rows,
  later: Rows,
  { columns, isClass }: { columns: number; isClass: boolean },
): { train: BinnedTable; validation: BinnedTable; loss: Loss } {
  const table = binned(train, columns);
  const loss = isClass
    ? logisticLoss(train.targets, Float32Array.of(1, 1))
    : absoluteLoss(train.targets);
  return { train: table, validation: binned(later, columns, table.edges), loss };
}

function binned(
  { count, features }: Rows,
  columns: number,
  given?: readonly Float64Array[],
): BinnedTable {
  const codes = new Uint8Array(count * columns);
  const edges: Float64Array[] = [];
  for (let c = 0; c < columns; c++) {
    const values = Float64Array.from({ length: count }, (_, r) => features[r * columns + c]);
    const own = given?.[c] ?? fitEdges(values, MAX_BINS);
    edges.push(own);
    for (let r = 0; r < count; r++) codes[c * count + r] = binOf(values[r], own);
  }
  return { rows: count, edges, codes };
}

function lossOf(scores: Float64Array, targets: Float64Array, isClass: boolean): number {
  let sum = 0;
  for (let i = 0; i < targets.length; i++) {
    const sign = targets[i] === 1 ? 1 : -1;
    sum += isClass ? Math.log1p(Math.exp(-sign * scores[i])) : Math.abs(targets[i] - scores[i]);
  }
  return sum / targets.length;
}
