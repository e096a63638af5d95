import { setImmediate } from "node:timers/promises";
import { createRng, SoukError } from "@souk/core";
import { FeatureCounter } from "../../features/vocabulary.ts";
import type { ColumnBatch } from "../../rows/batch.ts";
import { type BinnedTable, binOf, fitEdges } from "../../trees/binning.ts";
import type { FamilyContext, FamilyData } from "../family.ts";
import { informativeWords, type WordTargets } from "./informative-words.ts";
import { targetStatistics } from "./target-statistics.ts";
import {
  categoryHash,
  createTreeFeatures,
  type InputPlan,
  type TreeFeatures,
} from "./tree-features.ts";

/** Everything trees learn from: features fitted on the training rows, and both parts cut into bins. */
export interface TreeTables {
  readonly features: TreeFeatures;
  readonly train: BinnedTable;
  readonly validation: BinnedTable;
}

/** Categories of a column up to which each is a feature of its own. */
const ONE_HOT = 16;
/** Classes up to which a category has a statistic of each; beyond, the commonest categories are features. */
const MAX_STATISTICS = 32;
const MAX_CATEGORIES = 100_000;
/** A word's counts are told apart up to here. */
const WORD_EDGES = Float64Array.of(0.5, 1.5, 2.5, 4.5, 8.5);
/** Bytes of one table of bins, one per row and feature. */
const MAX_BYTES = 2 ** 32;
const ROWS_PER_TURN = 4096;

/** @throws SoukError `TREES_TOO_LARGE`; the signal's reason when aborted. */
export async function prepareTables(data: FamilyData, context: FamilyContext): Promise<TreeTables> {
  const { settings, signal, onEvent, seed } = context;
  signal?.throwIfAborted();
  onEvent({ kind: "phase", phase: "prepare" });
  const { plans, ordered } = await fitPlans(data, {
    maxWords: settings.number("maxWords"),
    seed,
    signal,
  });
  const features = createTreeFeatures(plans);
  const columns = new Map(
    [...ordered].flatMap(([plan, values]) =>
      values.map((column, c) => [features.starts[plans.indexOf(plan)] + c, column] as const),
    ),
  );
  const maxBins = settings.number("bins");
  const train = await binRows(features, data.train.batch, { maxBins, columns, signal });
  const { edges } = train;
  const validation = await binRows(features, data.validation.batch, { edges, maxBins, signal });
  onEvent({ kind: "phase", phase: "train" });
  return { features, train, validation };
}

/** The plans of each input, words last; and of categories with statistics the values of the training rows. */
async function fitPlans(
  { task, labels, train }: FamilyData,
  { maxWords, seed, signal }: { maxWords: number; seed: number; signal?: AbortSignal },
): Promise<{ plans: InputPlan[]; ordered: Map<InputPlan, readonly Float64Array[]> }> {
  const judged: WordTargets =
    labels === undefined
      ? { kind: "number", targets: ranksOf(train.targets) }
      : { kind: "class", targets: train.targets, classes: labels.length };
  const plans: InputPlan[] = [];
  const texts: InputPlan[] = [];
  const ordered = new Map<InputPlan, readonly Float64Array[]>();
  for (const { column, kind } of task.inputs) {
    if (kind === "number" || kind === "date") plans.push({ kind, column });
    if (kind === "category") {
      const fitted = planCategory(train.batch, column, { judged, seed });
      plans.push(fitted.plan);
      if (fitted.ordered !== undefined) ordered.set(fitted.plan, fitted.ordered);
    }
    if (kind !== "text") continue;
    const keys = await informativeWords({ batch: train.batch, column }, judged, {
      maxWords,
      signal,
    });
    plans.push({ kind: "length", column });
    texts.push({ kind: "words", column, keys });
  }
  return { plans: [...plans, ...texts], ordered };
}

function planCategory(
  batch: ColumnBatch,
  column: string,
  { judged, seed }: { judged: WordTargets; seed: number },
): { plan: InputPlan; ordered?: readonly Float64Array[] } {
  const hashes = new Uint32Array(batch.length);
  for (let row = 0; row < batch.length; row++) hashes[row] = categoryHash(batch, column, row);
  const counter = new FeatureCounter();
  counter.addAll(hashes, 0, hashes.length);
  const outputs = outputsOf(judged);
  if (counter.size <= ONE_HOT || outputs.length > MAX_STATISTICS) {
    const { keys } = counter.keep({ maxFeatures: 4 * ONE_HOT });
    return { plan: { kind: "one-hot", column, keys } };
  }
  const vocabulary = counter.keep({ maxFeatures: MAX_CATEGORIES });
  const rng = createRng(`${seed}:order of ${column}`);
  const { means, ordered } = targetStatistics(hashes, outputs, { vocabulary, rng });
  return { plan: { kind: "statistics", column, keys: vocabulary.keys, means }, ordered };
}

/** What is averaged over a category: the rank, whether it is the second of two classes, or each class. */
function outputsOf(judged: WordTargets): Float64Array[] {
  if (judged.kind === "number") return [judged.targets];
  const classes = judged.classes === 2 ? [1] : Array.from({ length: judged.classes }, (_, c) => c);
  return classes.map((c) => judged.targets.map((target) => Number(target === c)));
}

/** Ranks in [0, 1]: one absurd number must not decide what a word or category is worth. Equal numbers share a rank. */
function ranksOf(targets: Float64Array): Float64Array {
  const sorted = targets.slice().sort();
  const ranks = new Map<number, number>();
  for (let from = 0, to = 0; from < sorted.length; from = to) {
    while (to < sorted.length && sorted[to] === sorted[from]) to++;
    ranks.set(sorted[from], (from + to) / 2 / sorted.length);
  }
  return targets.map((target) => ranks.get(target) ?? 0);
}

interface BinOptions {
  /** Those of the training rows; learnt where absent. */
  readonly edges?: readonly Float64Array[];
  readonly maxBins: number;
  /** Features whose values are given instead of computed. */
  readonly columns?: ReadonlyMap<number, Float64Array>;
  readonly signal?: AbortSignal;
}

async function binRows(
  features: TreeFeatures,
  batch: ColumnBatch,
  { edges: given, maxBins, columns = new Map(), signal }: BinOptions,
): Promise<BinnedTable> {
  const { size } = features;
  const rows = batch.length;
  if (size * rows > MAX_BYTES)
    throw new SoukError(
      "TREES_TOO_LARGE",
      `expected at most ${MAX_BYTES} cells, got ${rows} rows of ${size} features: lower maxWords`,
    );
  const words = firstWord(features);
  const codes = new Uint8Array(size * rows);
  const values = Array.from({ length: words }, () => new Float64Array(rows));
  const buffer = new Float64Array(size);
  for (let row = 0; row < rows; row++) {
    if (row % ROWS_PER_TURN === 0) {
      await setImmediate();
      signal?.throwIfAborted();
    }
    features.rowInto(batch, row, buffer);
    for (let f = 0; f < words; f++) values[f][row] = buffer[f];
    for (let f = words; f < size; f++)
      codes[f * rows + row] = buffer[f] === 0 ? 0 : binOf(buffer[f], WORD_EDGES);
  }
  const edges =
    given ??
    edgesOf(
      values.map((column, f) => columns.get(f) ?? column),
      { size, maxBins },
    );
  for (let f = 0; f < words; f++) {
    const column = columns.get(f) ?? values[f];
    for (let row = 0; row < rows; row++) codes[f * rows + row] = binOf(column[row], edges[f]);
  }
  return { rows, edges, codes };
}

function edgesOf(
  values: readonly Float64Array[],
  { size, maxBins }: { size: number; maxBins: number },
): Float64Array[] {
  return Array.from({ length: size }, (_, f) =>
    f < values.length ? fitEdges(values[f], maxBins) : WORD_EDGES,
  );
}

/** Words come last: their features are counts, cut at fixed edges, so that no table of floats is needed for them. */
function firstWord({ plans, starts }: TreeFeatures): number {
  const first = plans.findIndex(({ kind }) => kind === "words");
  return starts[first < 0 ? plans.length : first];
}
