import type { Corpus } from "../../features/corpus.ts";
import { createHashedPredictor, restoreHashedPredictor } from "../../features/hashed-predictor.ts";
import { classWeights } from "../balance.ts";
import { encodeExamples, featureSettings } from "../feature-settings.ts";
import type { Family, FamilyContext, FamilyData } from "../family.ts";
import type { SettingSpec } from "../settings.ts";
import { standardiser } from "../standardise.ts";
import { collapse } from "./collapse.ts";
import { runEpochs, type TargetScale } from "./epochs.ts";
import { type NgramProblem, openNgramSession } from "./session.ts";

const settings = {
  dim: {
    kind: "number",
    default: 16,
    min: 4,
    max: 512,
    integer: true,
    description: "columns of an embedding, a multiple of 4",
  },
  ...featureSettings,
  lr: { kind: "number", default: 0.01, min: 1e-6, max: 10, description: "highest learning rate" },
  warmUp: {
    kind: "number",
    default: 0,
    min: 0,
    max: 0.5,
    description: "share of the training in which the rate rises",
  },
  decay: {
    kind: "choice",
    default: "linear",
    options: ["linear", "constant"],
    description: "the rate after the warm-up",
  },
  smoothing: {
    kind: "number",
    default: 0.1,
    min: 0,
    max: 0.5,
    description: "share of a label given to its neighbours (ordinal) or to all (class)",
  },
  precision: {
    kind: "choice",
    default: "f16",
    options: ["f16", "f32"],
    description: "numbers in the artefact",
  },
  engine: {
    kind: "choice",
    default: "auto",
    options: ["auto", "wasm", "plain"],
    description: "SIMD kernel or plain JavaScript",
  },
} as const satisfies Record<string, SettingSpec>;

/** The fastText-shaped model: averaged embeddings of words and word pairs, one softmax (or one number). */
export const ngram: Family = {
  name: "ngram",
  summary:
    "Hashed word n-grams, averaged embeddings and a softmax, trained by a SIMD kernel on several threads.",
  settings,
  async train(data, context) {
    const { settings: chosen, threads, seed } = context;
    const { encoder, corpus } = await encodeExamples(data, context, { binCount: 16 });
    const targetScale = scaleOf(data);
    const problem = pose(data, corpus, { context, targetScale });
    const dim = Math.ceil(chosen.number("dim") / 4) * 4;
    const session = await openNgramSession(problem, {
      dim,
      seed,
      threads: Math.min(threads, problem.trainDocuments),
      engine: engineOf(chosen.choice("engine")),
    });
    try {
      const weights = await runEpochs(session, problem, { data, context, targetScale });
      const { classes, rows } = problem;
      const collapses = classes <= dim;
      const full = collapses
        ? collapse(weights.input, weights.output, { rows, classes, dim })
        : weights.input;
      return createHashedPredictor(encoder, {
        vocabulary: corpus.vocabulary,
        table: chosen.choice("precision") === "f16" ? Float16Array.from(full) : full,
        width: collapses ? classes : dim,
        ...(collapses ? {} : { output: weights.output }),
        dense: new Float32Array(encoder.denseSize * classes),
        outputs: classes,
        ...targetScale,
      });
    } finally {
      await session.close();
    }
  },
  restore: (saved, _task, labels) => restoreHashedPredictor(saved, labels?.length ?? 1),
};

function scaleOf(data: FamilyData): TargetScale {
  return data.labels === undefined ? standardiser(data.train.targets) : { offset: 0, scale: 1 };
}

function pose(
  data: FamilyData,
  corpus: Corpus,
  { context, targetScale }: { context: FamilyContext; targetScale: TargetScale },
): NgramProblem {
  const { train, labels, task } = data;
  const common = { corpus, rows: corpus.vocabulary.size, trainDocuments: train.batch.length };
  if (labels === undefined) {
    const { offset, scale } = targetScale;
    const targets = train.targets.map((value) => (value - offset) / scale);
    return { ...common, targets, classes: 1, regression: true };
  }
  const classes = labels.length;
  const balance = context.settings.choice("balance");
  const share = context.settings.number("smoothing");
  return {
    ...common,
    targets: train.targets,
    classes,
    regression: false,
    weights: classWeights(train.targets, { classes, balance }),
    soft: softTargets(classes, { share, ordinal: task.target.kind === "ordinal" }),
  };
}

/** Row y: 1 - share for label y, the rest for its neighbours (ordinal) or for all other labels. */
function softTargets(
  classes: number,
  { share, ordinal }: { share: number; ordinal: boolean },
): Float32Array {
  const soft = new Float32Array(classes * classes);
  for (let label = 0; label < classes; label++) {
    const others = Array.from({ length: classes }, (_, c) => c).filter(
      (c) => c !== label && (!ordinal || Math.abs(c - label) === 1),
    );
    soft[label * classes + label] = 1 - share;
    for (const other of others) soft[label * classes + other] = share / others.length;
  }
  return soft;
}

function engineOf(name: string): "auto" | "wasm" | "plain" {
  return name === "wasm" || name === "plain" ? name : "auto";
}
