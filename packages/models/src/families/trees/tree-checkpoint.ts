import { SoukError } from "@souk/core";
import { restoreTrees, saveTrees, type Tree } from "../../trees/tree.ts";
import type { SavedPredictor } from "../family.ts";

/** Where a training of trees stands. */
export interface TreeState {
  /** Rounds or bags completed. */
  readonly round: number;
  readonly trees: readonly Tree[];
  /** The best round so far and how good it was; `undefined` where none is sought. */
  readonly best?: { readonly epoch: number; readonly value: number };
}

/** The state as plain data. */
export function saveTreeState({ round, trees, best }: TreeState): SavedPredictor {
  return {
    parameters: { round, ...(best && { bestRound: best.epoch, bestValue: best.value }) },
    tensors: saveTrees(trees),
  };
}

/**
 * A checkpoint's state; the beginning where there is none.
 * @throws SoukError `CHECKPOINT_INVALID`, `MODEL_WEIGHTS` when it does not fit.
 */
export function restoreTreeState(
  saved: SavedPredictor | undefined,
  { features, treesPerRound }: { features: number; treesPerRound: number },
): TreeState {
  if (saved === undefined) return { round: 0, trees: [] };
  const { round, bestRound, bestValue } = saved.parameters;
  const trees = restoreTrees(saved, features);
  if (typeof round !== "number" || trees.length !== round * treesPerRound)
    throw new SoukError(
      "CHECKPOINT_INVALID",
      `expected ${treesPerRound} trees of each round in the checkpoint, got ${trees.length} of ${String(round)} rounds`,
    );
  const hasBest = typeof bestRound === "number" && typeof bestValue === "number";
  return { round, trees, ...(hasBest && { best: { epoch: bestRound, value: bestValue } }) };
}
