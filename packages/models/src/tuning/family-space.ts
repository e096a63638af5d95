import { SoukError } from "@souk/core";
import { familyOf } from "../families/registry.ts";
import { resolveSettings } from "../families/settings.ts";
import { type Narrowing, searchSpace, type SearchSpace, type TrialSettings } from "./space.ts";

/** What a study searches when nobody says: settings that matter, over ranges that train in reasonable time. */
const spaces: Readonly<Record<string, Readonly<Record<string, Narrowing>>>> = {
  linear: {
    wordNgrams: { options: [1, 2, 3] },
    minCount: { min: 1, max: 8 },
    lr: { min: 0.01, max: 1 },
    l2: { min: 1e-8, max: 1e-4 },
    balance: {},
  },
  ngram: {
    dim: { options: [8, 16, 32, 64] },
    wordNgrams: { options: [1, 2, 3] },
    minCount: { min: 1, max: 8 },
    linearShare: { min: 0, max: 1 },
    linearLr: { min: 0.02, max: 0.5, scale: "log" },
    lr: { min: 0.002, max: 0.05, scale: "log" },
    smoothing: { min: 0, max: 0.3 },
    balance: {},
  },
  forest: {
    maxLeaves: { min: 16, max: 4096 },
    minChildWeight: { min: 1, max: 50, scale: "log" },
    columnShare: { min: 0.05, max: 1, scale: "log" },
    maxWords: { options: [100, 500, 1000, 2000] },
  },
  "boosted-trees": {
    lr: { min: 0.01, max: 0.3, scale: "log" },
    maxLeaves: { min: 7, max: 127, scale: "log" },
    minChildWeight: { min: 1, max: 100, scale: "log" },
    l2: { min: 0.01, max: 100 },
    rowShare: { min: 0.5, max: 1 },
    columnShare: { min: 0.1, max: 1 },
    maxWords: { options: [100, 500, 1000, 2000] },
  },
  "text-cnn": {
    filters: { options: [32, 64, 128, 256] },
    layers: { options: [1, 2] },
    kernel: { options: [2, 3, 4, 5] },
    wordVectors: {},
    lr: { min: 3e-4, max: 1e-2, scale: "log" },
    dropout: { min: 0, max: 0.6 },
    smoothing: { min: 0, max: 0.2 },
    minCount: { min: 1, max: 5 },
    balance: {},
  },
  bilstm: {
    features: { options: [32, 64, 128] },
    summary: {},
    lr: { min: 5e-4, max: 1e-2, scale: "log" },
    dropout: { min: 0, max: 0.6 },
    smoothing: { min: 0, max: 0.2 },
    minCount: { min: 1, max: 5 },
    balance: {},
  },
  transformer: {
    layers: { options: [1, 2, 3, 4] },
    heads: { options: [2, 4, 8] },
    width: { options: [32, 64, 128] },
    hidden: { options: [64, 128, 256] },
    lr: { min: 1e-4, max: 5e-3, scale: "log" },
    dropout: { min: 0, max: 0.5 },
    smoothing: { min: 0, max: 0.2 },
    balance: {},
  },
  neighbours: {
    neighbours: { options: [0, 5, 10, 20, 40, 80] },
    penalty: { options: [0, 0.1, 0.3, 1, 3, 10] },
  },
  image: {
    lr: { min: 1e-4, max: 1e-2, scale: "log" },
    l2: { min: 1e-3, max: 1, scale: "log" },
    dropout: { min: 0, max: 0.6 },
    smoothing: { min: 0, max: 0.2 },
    tuneLr: { min: 1e-5, max: 1e-3, scale: "log" },
    blocks: { options: [2, 3, 4] },
    balance: {},
  },
  fused: {
    fusion: {},
    textFamily: { options: ["ngram", "linear"] },
    lr: { min: 1e-4, max: 1e-2, scale: "log" },
    l2: { min: 1e-3, max: 1, scale: "log" },
    dropout: { min: 0, max: 0.6 },
    smoothing: { min: 0, max: 0.2 },
    balance: {},
  },
};

/** Counted in time, not in quality: early stopping ends a training. */
const TIME_SETTINGS = new Set(["epochs", "patience", "hogwild", "engine", "precision"]);

/**
 * What to search of a family: the settings `narrowed` names, else those that matter most; of a family nobody wrote down
 * what matters, every number, flag and choice but those of time. Settings that are fixed are left out.
 * @throws SoukError `FAMILY_UNKNOWN`; `TUNE_SPACE` when nothing is left to search, or as `searchSpace`; `SETTING_*` for
 * what is fixed.
 */
export function familySpace(
  family: string,
  {
    narrowed,
    fixed = {},
  }: {
    narrowed?: Readonly<Record<string, Narrowing>>;
    fixed?: TrialSettings;
  } = {},
): SearchSpace {
  const { settings } = familyOf(family);
  resolveSettings(settings, fixed);
  const chosen = Object.entries(narrowed ?? spaces[family] ?? everything(settings)).filter(
    ([name]) => !Object.hasOwn(fixed, name),
  );
  if (chosen.length === 0)
    throw new SoukError("TUNE_SPACE", `expected settings of ${family} to search, got none`);
  return searchSpace(settings, Object.fromEntries(chosen));
}

/**
 * The default of every setting in the space: what the first trial of a study has. A default of 0 that stands for "by the
 * data" may lie outside.
 */
export function defaultSettings(family: string, { dimensions }: SearchSpace): TrialSettings {
  const { settings } = familyOf(family);
  return Object.fromEntries(dimensions.map(({ name }) => [name, settings[name].default]));
}

function everything(
  settings: ReturnType<typeof familyOf>["settings"],
): Readonly<Record<string, Narrowing>> {
  const names = Object.keys(settings).filter(
    (name) => !TIME_SETTINGS.has(name) && settings[name].kind !== "text",
  );
  return Object.fromEntries(names.map((name) => [name, {}]));
}
