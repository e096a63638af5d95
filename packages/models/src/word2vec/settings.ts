import type { SettingSpec } from "../families/settings.ts";

/** Most words a training keeps: a draw of 32 bits must stay fine enough to choose one of them by its frequency. */
const MAX_WORDS = 1 << 20;

/** What word vectors can be trained with, for a form or a family that trains them for itself. */
export const wordVectorSettings = {
  method: {
    kind: "choice",
    default: "skip-gram",
    options: ["skip-gram", "cbow"],
    description: "a word from each neighbour (finer for rare words), or from their mean (faster)",
  },
  dim: {
    kind: "number",
    default: 100,
    min: 1,
    max: 1024,
    integer: true,
    description: "columns of a vector",
  },
  window: {
    kind: "number",
    default: 5,
    min: 1,
    max: 100,
    integer: true,
    description: "farthest neighbour; each word draws its own reach from 1 to this",
  },
  negatives: {
    kind: "number",
    default: 5,
    min: 1,
    max: 100,
    integer: true,
    description: "words drawn against each true one",
  },
  epochs: {
    kind: "number",
    default: 5,
    min: 1,
    max: 1000,
    integer: true,
    description: "passes over the texts",
  },
  lr: {
    kind: "number",
    default: 0.025,
    min: 1e-6,
    max: 1,
    description:
      "first learning rate, falls in a line to a thousandth; try three times as much for cbow",
  },
  sample: {
    kind: "number",
    default: 1e-3,
    min: 0,
    max: 1,
    description: "share of all words above which a word is left out at random, 0: none is",
  },
  minCount: {
    kind: "number",
    default: 5,
    min: 1,
    max: 1_000_000,
    integer: true,
    description: "words seen less often have no vector",
  },
  maxWords: {
    kind: "number",
    default: 200_000,
    min: 1,
    max: MAX_WORDS,
    integer: true,
    description: "most words kept, the commonest",
  },
  engine: {
    kind: "choice",
    default: "auto",
    options: ["auto", "wasm", "plain"],
    description: "SIMD kernel or plain JavaScript, the same bits",
  },
} as const satisfies Record<string, SettingSpec>;

/** Values for `wordVectorSettings`; what is left out has its default. */
export interface WordVectorSettings {
  readonly method?: "skip-gram" | "cbow";
  readonly dim?: number;
  readonly window?: number;
  readonly negatives?: number;
  readonly epochs?: number;
  readonly lr?: number;
  readonly sample?: number;
  readonly minCount?: number;
  readonly maxWords?: number;
  readonly engine?: "auto" | "wasm" | "plain";
}
