import { SoukError } from "@souk/core";
import type { Tensor } from "../../artefact/tensors.ts";
import type { ColumnBatch } from "../../rows/batch.ts";
import { product } from "../../similar/ridge.ts";
import { type Postings, similarRows } from "../../similar/similar-rows.ts";
import { createTextSpace, type TextSpace } from "../../similar/text-space.ts";
import type { Task } from "../../task/task.ts";
import { TOKENIZER_VERSION } from "../../text/tokenizer.ts";
import type { Predictor, SavedPredictor } from "../family.ts";
import { createNumbers, type NumberFeatures, type NumberScale } from "./numbers.ts";

/** What the family learns. */
export interface NeighboursModel {
  /** Number of labels, or 1. */
  readonly outputs: number;
  readonly space: TextSpace;
  readonly numbers: NumberFeatures;
  readonly postings: Postings;
  /** Of the different training rows: label, or number. */
  readonly targets: Float64Array;
  /** How often each came. */
  readonly counts: Float64Array;
  /** Of the linear part, [features of the space + numbers]; empty for labels. */
  readonly weights: Float64Array;
  /** Mean number, or share of each label. */
  readonly prior: Float64Array;
  readonly neighbours: number;
  /** Of the neighbours, beside the linear part. */
  readonly share: number;
}

/** A neighbour with half the similarity counts a sixteenth. */
const POWER = 4;
/** What the shares of all labels count as, beside the votes of neighbours; one equal row has 1. */
const PRIOR_VOTES = 0.05;

/** Predicts with a model. */
export function createNeighbours(model: NeighboursModel): Predictor & {
  scoreRowInto(batch: ColumnBatch, row: number, scores: Float64Array): void;
} {
  const { outputs, space, numbers, weights, prior, share } = model;
  const votes = new Float64Array(outputs);

  function scoreRowInto(batch: ColumnBatch, row: number, scores: Float64Array): void {
    if (outputs > 1) {
      labelVotesInto(model, batch, { row, votes });
      for (let c = 0; c < outputs; c++) scores[row * outputs + c] = Math.log(votes[c]);
      return;
    }
    const near = share === 0 ? 0 : meanOfNear(model, batch, row);
    if (share === 1) scores[row] = near;
    else {
      const line = prior[0] + product(numbers.extend(space, batch, row), weights);
      scores[row] = share * near + (1 - share) * line;
    }
  }

  return {
    scoreRowInto,
    scoreInto(batch, scores) {
      for (let row = 0; row < batch.length; row++) scoreRowInto(batch, row, scores);
    },
    save: () => saveNeighbours(model),
  };
}

/** Mean of the most similar rows, weighted; the mean of all where none is similar. */
function meanOfNear(model: NeighboursModel, batch: ColumnBatch, row: number): number {
  let sum = 0;
  let total = 0;
  for (const { weight, target } of nearTo(model, batch, row)) {
    sum += weight * target;
    total += weight;
  }
  return total > 0 ? sum / total : model.prior[0];
}

function labelVotesInto(
  model: NeighboursModel,
  batch: ColumnBatch,
  { row, votes }: { row: number; votes: Float64Array },
): void {
  const { prior } = model;
  votes.forEach((_, c) => (votes[c] = PRIOR_VOTES * prior[c]));
  for (const { weight, target } of nearTo(model, batch, row)) votes[target] += weight;
}

function nearTo(
  { space, postings, targets, counts, neighbours }: NeighboursModel,
  batch: ColumnBatch,
  row: number,
): { weight: number; target: number }[] {
  const found = similarRows(postings, space.rowOf(batch, row), {
    count: targets.length,
    most: neighbours,
  });
  return found.map(({ row: at, product: near }) => ({
    weight: (near / space.most) ** POWER * counts[at],
    target: targets[at],
  }));
}

function saveNeighbours(model: NeighboursModel): SavedPredictor {
  const { space, numbers, postings, targets, counts, weights, prior, neighbours, share } = model;
  const { keys, rarity } = space.parameters;
  const { starts, rows } = postings;
  const tensors = {
    keys,
    rarity,
    starts,
    rows,
    postings: postings.weights,
    targets,
    counts,
    weights,
    prior,
  };
  return {
    parameters: {
      numbers: numbers.scales,
      neighbours,
      share,
      tokenizer: TOKENIZER_VERSION,
    },
    tensors: Object.fromEntries(
      Object.entries(tensors).map(([name, data]): [string, Tensor] => [
        name,
        { shape: [data.length], data },
      ]),
    ),
  };
}

/** @throws SoukError `MODEL_WEIGHTS` when parts are missing or do not fit, `MODEL_TOKENIZER` for another tokenizer's words. */
export function restoreNeighbours(
  saved: SavedPredictor,
  { inputs }: Task,
  outputs: number,
): NeighboursModel {
  const { tokenizer, neighbours, share } = saved.parameters;
  if (tokenizer !== TOKENIZER_VERSION)
    throw new SoukError(
      "MODEL_TOKENIZER",
      `expected tokenizer version ${TOKENIZER_VERSION}, got ${String(tokenizer)}: train again`,
    );
  const postings = {
    starts: part(saved, "starts", Uint32Array),
    rows: part(saved, "rows", Uint32Array),
    weights: part(saved, "postings", Float32Array),
  };
  const model = {
    outputs,
    space: createTextSpace({
      inputs: inputs.filter(({ kind }) => kind === "text" || kind === "category"),
      keys: part(saved, "keys", Uint32Array),
      rarity: part(saved, "rarity", Float32Array),
    }),
    numbers: createNumbers(parseScales(saved.parameters["numbers"])),
    postings,
    targets: part(saved, "targets", Float64Array),
    counts: part(saved, "counts", Float64Array),
    weights: part(saved, "weights", Float64Array),
    prior: part(saved, "prior", Float64Array),
    neighbours: numberIn(neighbours, 1, 1000),
    share: numberIn(share, 0, 1),
  };
  checkFit(model);
  return model;
}

/** What a hostile file could make read beside the arrays. */
function checkFit({
  outputs,
  space,
  numbers,
  postings,
  targets,
  counts,
  weights,
  prior,
  share,
}: NeighboursModel): void {
  const { starts, rows } = postings;
  const isRising = starts.every((start, i) => i === 0 || start >= starts[i - 1]);
  const fits =
    space.parameters.rarity.length === space.size &&
    starts.length === space.size + 1 &&
    isRising &&
    starts[space.size] === rows.length &&
    postings.weights.length === rows.length &&
    rows.every((row) => row < targets.length) &&
    counts.length === targets.length &&
    prior.length === outputs &&
    (outputs === 1 ||
      targets.every((target) => Number.isInteger(target) && target >= 0 && target < outputs)) &&
    (share === 1 || weights.length === space.size + numbers.size);
  if (!fits) throw misfit("arrays that fit together");
}

function part<T extends Tensor["data"]>(
  { tensors }: SavedPredictor,
  name: string,
  kind: new (length: number) => T,
): T {
  const data = tensors[name]?.data;
  if (data instanceof kind) return data;
  throw misfit(`${name} as ${kind.name}`);
}

function parseScales(given: unknown): NumberScale[] {
  if (!Array.isArray(given)) throw misfit("a list of numbers");
  return given.map((scale: unknown) => {
    const { column, kind, offset, scale: by } = Object.fromEntries(Object.entries(scale ?? {}));
    if (typeof column !== "string" || (kind !== "number" && kind !== "date"))
      throw misfit("a column of each number");
    return { column, kind, offset: numberIn(offset), scale: numberIn(by) };
  });
}

function numberIn(value: unknown, least = -Infinity, most = Infinity): number {
  if (typeof value === "number" && value >= least && value <= most) return value;
  throw misfit("a number in its range");
}

function misfit(expected: string): SoukError {
  return new SoukError("MODEL_WEIGHTS", `neighbours: expected ${expected}, got something else`);
}
