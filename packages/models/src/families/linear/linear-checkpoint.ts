import { SoukError } from "@souk/core";
import type { Tensor } from "../../artefact/tensors.ts";
import type { SavedPredictor } from "../family.ts";
import type { Adagrad, LinearModel } from "./adagrad.ts";

interface BestEpoch {
  readonly epoch: number;
  readonly value: number;
}

/** The learner, its best weights and where it stands, as plain data. */
export function saveLinear(
  learner: Adagrad,
  best: LinearModel,
  { epoch, at }: { epoch: number; at: BestEpoch },
): SavedPredictor {
  const parts = {
    table: learner.model.table,
    dense: learner.model.dense,
    tableSquares: learner.squares.table,
    denseSquares: learner.squares.dense,
    bestTable: best.table,
    bestDense: best.dense,
  };
  const tensors: Record<string, Tensor> = {};
  for (const [name, data] of Object.entries(parts)) tensors[name] = { shape: [data.length], data };
  return { parameters: { epoch, bestEpoch: at.epoch, bestValue: at.value }, tensors };
}

/** Puts a checkpoint back into the learner. @throws SoukError `CHECKPOINT_INVALID` when it does not fit. */
export function restoreLinear(
  saved: SavedPredictor | undefined,
  learner: Adagrad,
): { epoch: number; at?: BestEpoch; best?: LinearModel } {
  if (saved === undefined) return { epoch: 0 };
  const { model, squares } = learner;
  model.table.set(part(saved, "table", model.table.length));
  model.dense.set(part(saved, "dense", model.dense.length));
  squares.table.set(part(saved, "tableSquares", model.table.length));
  squares.dense.set(part(saved, "denseSquares", model.dense.length));
  const best = {
    table: part(saved, "bestTable", model.table.length),
    dense: part(saved, "bestDense", model.dense.length),
  };
  const { epoch, bestEpoch, bestValue } = saved.parameters;
  if (typeof epoch !== "number" || typeof bestEpoch !== "number" || typeof bestValue !== "number")
    throw new SoukError("CHECKPOINT_INVALID", "expected epoch numbers in the checkpoint, got none");
  return { epoch, at: { epoch: bestEpoch, value: bestValue }, best };
}

function part(saved: SavedPredictor, name: string, length: number): Float32Array {
  const data = saved.tensors[name]?.data;
  if (data instanceof Float32Array && data.length === length) return data;
  throw new SoukError(
    "CHECKPOINT_INVALID",
    `expected ${length} weights ${name}, got ${data?.length ?? 0}`,
  );
}
