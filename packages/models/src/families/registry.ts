import { SoukError } from "@souk/core";
import { baseline } from "./baseline/baseline.ts";
import { biLstm } from "./bi-lstm/bi-lstm.ts";
import type { Family } from "./family.ts";
import { fused } from "./fused/fused.ts";
import { image } from "./image/image.ts";
import { linear } from "./linear/linear.ts";
import { neighbours } from "./neighbours/neighbours.ts";
import { ngram } from "./ngram/ngram.ts";
import type { InputKind } from "../task/task.ts";
import type { SettingSpec } from "./settings.ts";
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
