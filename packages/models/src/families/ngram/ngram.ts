import type { Corpus } from "../../features/corpus.ts";
import { createHashedPredictor, restoreHashedPredictor } from "../../features/hashed-predictor.ts";
import { classWeights } from "../balance.ts";
import { encodeExamples, featureSettings } from "../feature-settings.ts";
import type { Family, FamilyContext, FamilyData } from "../family.ts";
import type { SettingSpec } from "../settings.ts";
import { standardiser } from "../standardise.ts";
import { runEpochs, type TargetScale } from "./epochs.ts";
import type { Member } from "./members.ts";
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
  wordNgrams: { ...featureSettings.wordNgrams, default: 3 },
  // 14 bytes each in an artefact of five classes.
  maxFeatures: { ...featureSettings.maxFeatures, default: 600_000 },
  linearShare: {
    kind: "number",
    default: 0.5,
    min: 0,
    max: 1,
    description: "weight of the linear model trained beside the embeddings (classes), 0: none",
  },
  linearLr: {
    kind: "number",
    default: 0.1,
    min: 1e-6,
    max: 10,
    description: "AdaGrad's step of the linear model",
  },
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
  hogwild: {
    kind: "number",
    default: 1,
    min: 1,
    max: 64,
    integer: true,
    description: "threads on one set of weights, without locks: above 1 no longer the same bits",
  },
  engine: {
    kind: "choice",
    default: "auto",
    options: ["auto", "wasm", "plain"],
    description: "SIMD kernel or plain JavaScript",
  },
} as const satisfies Record<string, SettingSpec>;

/**
 * The fastText-shaped model: averaged embeddings of words, word pairs and triples, one softmax (or one number). For
 * classes a plain linear model is trained beside it and their logits are averaged; both are linear in the features,
 * so the sum is one table.
 */
export const ngram: Family = {
  name: "ngram",
  summary:
    "Hashed word n-grams: averaged embeddings and a linear model side by side, trained by a SIMD kernel.",
  inputKinds: ["text", "number", "category", "date"],
  settings,
  async train(data, context) {
    const { settings: chosen } = context;
    const { encoder, corpus } = await encodeExamples(data, context, { binCount: 16 });
    const targetScale = scaleOf(data);
    const problem = pose(data, corpus, { context, targetScale });
    const members = await openMembers(problem, context);
    try {
      const { table, ...shape } = await runEpochs(members, problem, { data, context, targetScale });
      return createHashedPredictor(encoder, {
        vocabulary: corpus.vocabulary,
        table: chosen.choice("precision") === "f16" ? Float16Array.from(table) : table,
        ...shape,
        dense: new Float32Array(encoder.denseSize * problem.classes),
        outputs: problem.classes,
        ...targetScale,
      });
    } finally {
      await Promise.all(members.map(({ session }) => session.close()));
    }
  },
  restore: (saved, _task, labels) => restoreHashedPredictor(saved, labels?.length ?? 1),
};

/** The embeddings and, for no more classes than their columns, the linear model beside them. */
async function openMembers(
  problem: NgramProblem,
  { settings, threads, seed }: FamilyContext,
): Promise<Member[]> {
  const dim = roundUp(settings.number("dim"));
  const hasLinear =
    !problem.regression && problem.classes <= dim && settings.number("linearShare") > 0;
  const share = hasLinear ? settings.number("linearShare") : 0;
  const common = {
    seed,
    threads: Math.min(threads, settings.number("hogwild"), problem.trainDocuments),
    engine: engineOf(settings.choice("engine")),
  };
  const decay = settings.choice("decay") === "constant" ? "constant" : "linear";
  const embedding: Member = {
    name: "embedding",
    share: 1 - share,
    dim,
    rate: { lr: settings.number("lr"), warmUp: settings.number("warmUp"), decay },
    session: await openNgramSession(problem, { dim, ...common }),
  };
  if (!hasLinear) return [embedding];
  const width = roundUp(problem.classes);
  // Its logits are not a product, so they need no softened targets to stay small.
  const plain = { ...problem, soft: undefined };
  const linear: Member = {
    name: "linear",
    share,
    dim: width,
    rate: { lr: settings.number("linearLr"), warmUp: 0, decay: "constant" },
    session: await openNgramSession(plain, { dim: width, linear: true, ...common }),
  };
  return [embedding, linear];
}

/** Columns as whole SIMD vectors of four. */
function roundUp(columns: number): number {
  return Math.ceil(columns / 4) * 4;
}

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
