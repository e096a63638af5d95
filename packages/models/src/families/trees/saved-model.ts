import { SoukError } from "@souk/core";
import type { Tensor } from "../../artefact/tensors.ts";
import { TOKENIZER_VERSION } from "../../text/tokenizer.ts";
import { restoreTrees, saveTrees } from "../../trees/tree.ts";
import type { SavedPredictor } from "../family.ts";
import { links, sumsOf } from "./links.ts";
import { createTreeFeatures, type InputPlan } from "./tree-features.ts";
import { inputImportance, type TreeModel } from "./tree-model.ts";

/** A model as plain data: its plans and the importance of its inputs as JSON; hashes, statistics and trees as arrays. */
export function saveTreeModel(model: TreeModel): SavedPredictor {
  const { features, trees, base, link } = model;
  const tensors: Record<string, Tensor> = { base: vector(base), ...saveTrees(trees) };
  features.plans.forEach((plan, i) => {
    if ("keys" in plan) tensors[`keys.${i}`] = vector(plan.keys);
    if (plan.kind === "statistics") tensors[`means.${i}`] = vector(plan.means);
  });
  const plans = features.plans.map(({ kind, column }) => ({ kind, column }));
  const importance = inputImportance(model);
  return { parameters: { plans, link, importance, tokenizer: TOKENIZER_VERSION }, tensors };
}

/** @throws SoukError `MODEL_WEIGHTS` when parts are missing or do not fit, `MODEL_TOKENIZER` for another tokenizer's words. */
export function restoreTreeModel(saved: SavedPredictor, outputs: number): TreeModel {
  const { plans: given, link: name, tokenizer } = saved.parameters;
  if (tokenizer !== TOKENIZER_VERSION)
    throw new SoukError(
      "MODEL_TOKENIZER",
      `expected tokenizer version ${TOKENIZER_VERSION}, got ${String(tokenizer)}: train again`,
    );
  const link = links.find((known) => known === name);
  if (link === undefined) throw misfit(`a link of ${links.join(", ")}`);
  if (!Array.isArray(given)) throw misfit("a list of plans");
  const features = createTreeFeatures(given.map((plan: unknown, i) => parsePlan(plan, i, saved)));
  const base = saved.tensors["base"]?.data;
  const sums = sumsOf(link, outputs);
  if (!(base instanceof Float64Array) || base.length !== sums) throw misfit(`${sums} base scores`);
  const trees = restoreTrees(saved, features.size);
  return { features, trees, base, link, outputs };
}

function parsePlan(given: unknown, index: number, { tensors }: SavedPredictor): InputPlan {
  const { kind, column } = Object.fromEntries(Object.entries(given ?? {}));
  if (typeof column !== "string") throw misfit("a column of each plan");
  if (kind === "number" || kind === "date" || kind === "length") return { kind, column };
  const keys = tensors[`keys.${index}`]?.data;
  if (!(keys instanceof Uint32Array)) throw misfit(`keys of ${column}`);
  if (kind === "one-hot" || kind === "words") return { kind, column, keys };
  const means = tensors[`means.${index}`]?.data;
  if (
    kind !== "statistics" ||
    !(means instanceof Float64Array) ||
    means.length === 0 ||
    means.length % (keys.length + 1) !== 0
  )
    throw misfit(`statistics of ${column}`);
  return { kind, column, keys, means };
}

function vector(data: Tensor["data"]): Tensor {
  return { shape: [data.length], data };
}

function misfit(expected: string): SoukError {
  return new SoukError("MODEL_WEIGHTS", `tree model: expected ${expected}, got something else`);
}
