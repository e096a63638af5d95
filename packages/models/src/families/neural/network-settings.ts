import { balanceOptions } from "../balance.ts";
import type { SettingSpec } from "../settings.ts";

/** The settings of every network. */
const networkSettings = {
  epochs: {
    kind: "number",
    default: 0,
    min: 0,
    max: 1000,
    integer: true,
    description: "most passes over the training rows; 0: by their number, 4 to 20",
  },
  patience: {
    kind: "number",
    default: 2,
    min: 1,
    max: 1000,
    integer: true,
    description: "epochs without a better validation before it stops",
  },
  batchSize: {
    kind: "number",
    default: 64,
    min: 1,
    max: 4096,
    integer: true,
    description: "rows of one step",
  },
  lr: { kind: "number", default: 0.001, min: 1e-6, max: 1, description: "Adam's first step" },
  dropout: {
    kind: "number",
    default: 0.3,
    min: 0,
    max: 0.9,
    description: "share of features left out at random in training",
  },
  smoothing: {
    kind: "number",
    default: 0,
    min: 0,
    max: 0.5,
    description: "share of a label that is given to all",
  },
  balance: {
    kind: "choice",
    default: "none",
    options: balanceOptions,
    description: "weight of rare classes",
  },
} as const satisfies Record<string, SettingSpec>;

/** The settings of every network that reads words. */
export const textSettings = {
  ...networkSettings,
  width: {
    kind: "number",
    default: 100,
    min: 4,
    max: 1024,
    integer: true,
    description: "numbers of a word's embedding",
  },
  minCount: {
    kind: "number",
    default: 2,
    min: 1,
    max: 1000,
    integer: true,
    description: "times a word must occur in the training rows to be known",
  },
  maxWords: {
    kind: "number",
    default: 20_000,
    min: 10,
    max: 500_000,
    integer: true,
    description: "most words known, the frequent ones first",
  },
  maxTokens: {
    kind: "number",
    default: 128,
    min: 16,
    max: 2048,
    integer: true,
    description: "tokens read of one row",
  },
} as const satisfies Record<string, SettingSpec>;

/** Rows a training should see in all; early stopping ends it sooner. */
const ROWS_SEEN = 300_000;

/** The epochs asked for, or for 0 as many as show a small table often enough. */
export function networkEpochs(setting: number, trainRows: number): number {
  return setting > 0 ? setting : Math.min(20, Math.max(4, Math.round(ROWS_SEEN / trainRows)));
}
