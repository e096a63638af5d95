import { setImmediate } from "node:timers/promises";
import type { ColumnBatch } from "../../rows/batch.ts";
import { distinctRows } from "../../similar/distinct-rows.ts";
import { ridge } from "../../similar/ridge.ts";
import { createPostings } from "../../similar/similar-rows.ts";
import { fitTextSpace, type SparseRow } from "../../similar/text-space.ts";
import { createEarlyStopping } from "../early-stopping.ts";
import type { Family, FamilyContext, FamilyData } from "../family.ts";
import type { SettingSpec } from "../settings.ts";
import { standardiser } from "../standardise.ts";
import { fitNumbers } from "./numbers.ts";
import { createNeighbours, type NeighboursModel, restoreNeighbours } from "./neighbours-model.ts";

const settings = {
  neighbours: {
    kind: "number",
    default: 0,
    min: 0,
    max: 1000,
    integer: true,
    description: "training rows a row is compared with; 0: by the validation rows, 10, 20 or 40",
  },
  penalty: {
    kind: "number",
    default: 0,
    min: 0,
    max: 1e6,
    description: "pull of the linear part's weights to 0; 0: by the validation rows, 0.1 to 10",
  },
  maxRows: {
    kind: "number",
    default: 20_000,
    min: 100,
    max: 200_000,
    integer: true,
    description:
      "most different training rows it keeps: each costs memory and time of a prediction",
  },
} as const satisfies Record<string, SettingSpec>;

const COUNTS = [10, 20, 40];
const PENALTIES = [0.1, 0.3, 1, 3, 10];
const SHARE_STEPS = 20;
const ROWS_PER_TURN = 256;

/**
 * What like rows have: the mean of the training rows with the most similar texts and categories; for numbers mixed
 * with a ridge regression on the same features. Best where there are few rows with short texts, as of product names.
 */
export const neighbours: Family = {
  name: "neighbours",
  summary:
    "The most similar training rows (words, letters, categories), for numbers mixed with ridge regression; for small tables.",
  inputKinds: ["text", "category", "number", "date"],
  settings,
  async train(data, context) {
    const base = await fitSpace(data, context);
    return createNeighbours(
      data.labels === undefined
        ? await fitMixture(base, data, context)
        : await fitCount(base, data, context),
    );
  },
  restore: (saved, task, labels) =>
    createNeighbours(restoreNeighbours(saved, task, labels?.length ?? 1)),
};

/** The training rows in their space, nothing weighed yet. */
async function fitSpace(
  { task, train, labels }: FamilyData,
  { settings: chosen, signal }: FamilyContext,
): Promise<NeighboursModel> {
  await setImmediate();
  signal?.throwIfAborted();
  const columns = task.inputs
    .filter(({ kind }) => kind === "text" || kind === "category")
    .map(({ column }) => column);
  const { rows, counts } = distinctRows(train.batch, {
    columns,
    value: train.targets,
    most: chosen.number("maxRows"),
  });
  const space = fitTextSpace(train.batch, { inputs: task.inputs, rows });
  const points = await rowsOf(rows, (row) => space.rowOf(train.batch, row), signal);
  return {
    outputs: labels?.length ?? 1,
    space,
    numbers: fitNumbers(task.inputs, train.batch),
    postings: createPostings(points, space.size),
    targets: Float64Array.from(rows, (row) => train.targets[row]),
    counts,
    weights: new Float64Array(0),
    prior: priorOf(train.targets, labels?.length),
    neighbours: chosen.number("neighbours") || COUNTS[1],
    share: 1,
  };
}

/** The mean, or the share of each class. */
function priorOf(targets: Float64Array, classes: number | undefined): Float64Array {
  if (classes === undefined) return Float64Array.of(standardiser(targets).offset);
  const shares = new Float64Array(classes).fill(1e-6);
  for (const target of targets) shares[target] += 1 / targets.length;
  return shares;
}

/** How many neighbours, by the validation rows. */
async function fitCount(
  base: NeighboursModel,
  { task, labels, validation }: FamilyData,
  { settings: chosen, signal, onEvent }: FamilyContext,
): Promise<NeighboursModel> {
  const stopping = createEarlyStopping(task, { labels, targets: validation.targets, patience: 1 });
  let best = base;
  for (const [step, count] of countsOf(chosen.number("neighbours")).entries()) {
    const candidate = { ...base, neighbours: count };
    const scores = await scoresOf(candidate, validation.batch, signal);
    const { improved, values } = stopping.judge(step, scores);
    onEvent({ kind: "metrics", step, epoch: step, values });
    if (improved) best = candidate;
  }
  return best;
}

/** The penalty of the linear part, the number of neighbours, and the share of both, by the validation rows. */
async function fitMixture(
  base: NeighboursModel,
  { task, train, validation }: FamilyData,
  { settings: chosen, signal, onEvent }: FamilyContext,
): Promise<NeighboursModel> {
  const stopping = createEarlyStopping(task, {
    labels: undefined,
    targets: validation.targets,
    patience: 1,
  });
  const near = new Map<number, Float64Array>();
  for (const count of countsOf(chosen.number("neighbours")))
    near.set(count, await scoresOf({ ...base, neighbours: count }, validation.batch, signal));
  const rows = Int32Array.from({ length: train.batch.length }, (_, row) => row);
  const points = await rowsOf(
    rows,
    (row) => base.numbers.extend(base.space, train.batch, row),
    signal,
  );
  const centred = train.targets.map((y) => y - base.prior[0]);
  const size = base.space.size + base.numbers.size;
  let best = base;
  const penalties = chosen.number("penalty") > 0 ? [chosen.number("penalty")] : PENALTIES;
  for (const [step, penalty] of penalties.entries()) {
    await setImmediate();
    const weights = ridge(points, centred, { size, penalty, signal });
    const line = await scoresOf({ ...base, weights, share: 0 }, validation.batch, signal);
    for (const [count, mean] of near)
      for (let i = 0; i <= SHARE_STEPS; i++) {
        const share = i / SHARE_STEPS;
        const scores = line.map((score, row) => share * mean[row] + (1 - share) * score);
        const { improved, values } = stopping.judge(step, scores);
        if (!improved) continue;
        best = { ...base, weights, share, neighbours: count };
        onEvent({ kind: "metrics", step, epoch: step, values });
      }
  }
  return best;
}

function countsOf(asked: number): readonly number[] {
  return asked > 0 ? [asked] : COUNTS;
}

async function rowsOf(
  rows: Int32Array,
  rowOf: (row: number) => SparseRow,
  signal: AbortSignal | undefined,
): Promise<SparseRow[]> {
  const points: SparseRow[] = [];
  for (const [i, row] of rows.entries()) {
    if (i % ROWS_PER_TURN === 0) {
      await setImmediate();
      signal?.throwIfAborted();
    }
    points.push(rowOf(row));
  }
  return points;
}

async function scoresOf(
  model: NeighboursModel,
  batch: ColumnBatch,
  signal: AbortSignal | undefined,
): Promise<Float64Array> {
  const predictor = createNeighbours(model);
  const scores = new Float64Array(batch.length * model.outputs);
  for (let row = 0; row < batch.length; row++) {
    if (row % ROWS_PER_TURN === 0) {
      await setImmediate();
      signal?.throwIfAborted();
    }
    predictor.scoreRowInto(batch, row, scores);
  }
  return scores;
}
