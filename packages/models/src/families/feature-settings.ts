import { buildCorpus, type Corpus } from "../features/corpus.ts";
import { type FeatureEncoder, fitEncoder } from "../features/encoder.ts";
import { balanceOptions } from "./balance.ts";
import { epochsSetting } from "./epoch-count.ts";
import type { FamilyContext, FamilyData } from "./family.ts";
import type { SettingSpec } from "./settings.ts";

/** The settings of every family that learns from hashed features, epoch by epoch. */
export const featureSettings = {
  epochs: epochsSetting,
  patience: {
    kind: "number",
    default: 3,
    min: 1,
    max: 1000,
    integer: true,
    description: "epochs without a better validation before it stops",
  },
  wordNgrams: {
    kind: "number",
    default: 2,
    min: 1,
    max: 3,
    integer: true,
    description: "longest run of words that is one feature",
  },
  minCount: {
    kind: "number",
    default: 2,
    min: 1,
    max: 1000,
    integer: true,
    description: "times a feature must occur in the training rows to be kept",
  },
  maxFeatures: {
    kind: "number",
    default: 2_000_000,
    min: 100,
    max: 16_000_000,
    integer: true,
    description: "most features kept, the frequent ones first",
  },
  maxTokens: {
    kind: "number",
    default: 512,
    min: 1,
    max: 4096,
    integer: true,
    description: "tokens read of one text",
  },
  balance: {
    kind: "choice",
    default: "none",
    options: balanceOptions,
    description: "weight of rare classes",
  },
} as const satisfies Record<string, SettingSpec>;

/** Fits the encoder to the training rows and encodes both parts; announces the phases prepare and train. */
export async function encodeExamples(
  { task, train, validation }: FamilyData,
  { settings, signal, onEvent }: FamilyContext,
  { binCount = 0 } = {},
): Promise<{ encoder: FeatureEncoder; corpus: Corpus }> {
  onEvent({ kind: "phase", phase: "prepare" });
  const encoder = fitEncoder(task.inputs, train.batch, {
    wordNgrams: settings.number("wordNgrams"),
    maxTokens: settings.number("maxTokens"),
    binCount,
  });
  const batches = { train: train.batch, validation: validation.batch };
  const corpus = await buildCorpus(encoder, batches, {
    minCount: settings.number("minCount"),
    maxFeatures: settings.number("maxFeatures"),
    signal,
  });
  onEvent({ kind: "phase", phase: "train" });
  return { encoder, corpus };
}
