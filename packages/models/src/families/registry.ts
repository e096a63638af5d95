import { SoukError } from "@souk/core";
import { baseline } from "./baseline/baseline.ts";
import { biLstm } from "./bi-lstm/bi-lstm.ts";
import type { Family } from "./family.ts";
import { fused } from "./fused/fused.ts";
import { image } from "./image/image.ts";
import { linear } from "./linear/linear.ts";
import { neighbours } from "./neighbours/neighbours.ts";
import { ngram } from "./ngram/ngram.ts";
import type { InputKind, Task } from "../task/task.ts";
import type { SettingSpec, SettingValue } from "./settings.ts";
import { textCnn } from "./text-cnn/text-cnn.ts";
import { transformer } from "./transformer/transformer.ts";
import { boostedTrees } from "./trees/boosted-trees.ts";
import { forest } from "./trees/forest.ts";

/** Names of the families, simplest first. */
export const familyNames = [
  "baseline",
  "linear",
  "ngram",
  "neighbours",
  "forest",
  "boosted-trees",
  "text-cnn",
  "bilstm",
  "transformer",
  "image",
  "fused",
] as const;

/** A family as people and forms see it. */
export interface FamilyDescription {
  readonly name: string;
  readonly summary: string;
  /** Kinds of inputs it can read. */
  readonly inputKinds: readonly InputKind[];
  readonly settings: Readonly<Record<string, SettingSpec>>;
}

/** Every family with its settings, their defaults and ranges. */
export function describeFamilies(): FamilyDescription[] {
  return familyNames.map((name) => {
    const { summary, inputKinds, settings } = familyOf(name);
    return { name, summary, inputKinds, settings };
  });
}

/** Names of the families that can learn a task of these inputs, simplest first. */
export function familiesFor({ inputs }: Pick<Task, "inputs">): string[] {
  const given = new Set(inputs.map(({ kind }) => kind));
  return familyNames.filter((name) => {
    const { inputKinds, needs = [] } = familyOf(name);
    const others = inputKinds.filter((kind) => !needs.includes(kind));
    return others.some((kind) => given.has(kind)) && needs.every((kind) => given.has(kind));
  });
}

/**
 * The family that learns a task when nobody names one: the task's own; else `image` for photos alone, `boosted-trees` for
 * numbers and where there is no text, `ngram` for the rest, which is ready in seconds.
 */
export function defaultFamily({ family, inputs, target }: Task): string {
  if (family !== undefined) return family;
  const has = (kind: InputKind): boolean => inputs.some((input) => input.kind === kind);
  if (inputs.every(({ kind }) => kind === "image")) return "image";
  return target.kind === "number" || !has("text") ? "boosted-trees" : "ngram";
}

/** The settings a task asks for of that family; none of another family than its own. */
export function settingsOf(task: Task, family: string): Readonly<Record<string, SettingValue>> {
  return task.family === family ? (task.settings ?? {}) : {};
}

/** @throws SoukError `FAMILY_UNKNOWN`. */
export function familyOf(name: string): Family {
  const found = [
    baseline,
    linear,
    ngram,
    neighbours,
    forest,
    boostedTrees,
    textCnn,
    biLstm,
    transformer,
    image,
    fused,
  ].find((family) => family.name === name);
  if (found !== undefined) return found;
  throw new SoukError(
    "FAMILY_UNKNOWN",
    `expected a family of ${familyNames.join(", ")}, got ${name}`,
  );
}
