import { MAX_BINS } from "../../trees/binning.ts";
import type { SettingSpec } from "../settings.ts";

/** The settings of both tree families; each has its own default for some. */
export const treeSettings = {
  maxDepth: {
    kind: "number",
    default: 0,
    min: 0,
    max: 64,
    integer: true,
    description: "splits on the longest path; 0: any",
  },
  minChildWeight: {
    kind: "number",
    default: 5,
    min: 0,
    max: 1e9,
    description: "least sum of hessians of a leaf; for number targets that is its rows",
  },
  minGain: {
    kind: "number",
    default: 0,
    min: 0,
    max: 1e12,
    description: "least gain of a split, in the unit of the loss",
  },
  bins: {
    kind: "number",
    default: MAX_BINS,
    min: 2,
    max: MAX_BINS,
    integer: true,
    description: "most bins of one number",
  },
  maxWords: {
    kind: "number",
    default: 500,
    min: 0,
    max: 10_000,
    integer: true,
    description: "words of each text that are features, the most informative ones; 0: no text",
  },
} as const satisfies Record<string, SettingSpec>;
