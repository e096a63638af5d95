import { createRng, SoukError } from "@souk/core";
import { createHashedPredictor, restoreHashedPredictor } from "../../features/hashed-predictor.ts";
import { classWeights } from "../balance.ts";
import { createEarlyStopping } from "../early-stopping.ts";
import { encodeExamples, featureSettings } from "../feature-settings.ts";
import type { Family, FamilyContext, FamilyData } from "../family.ts";
import { createProgress } from "../progress.ts";
import type { SettingSpec } from "../settings.ts";
import { epochCount } from "../epoch-count.ts";
import { standardiser } from "../standardise.ts";
import { Adagrad, type LinearModel, type LinearProblem } from "./adagrad.ts";
import { restoreLinear, saveLinear } from "./linear-checkpoint.ts";

const settings = {
  ...featureSettings,
  lr: { kind: "number", default: 0.1, min: 1e-6, max: 10, description: "AdaGrad's step" },
  l2: {
    kind: "number",
    default: 1e-6,
    min: 0,
    max: 1,
    description: "pull of each used weight to 0",
  },
} as const satisfies Record<string, SettingSpec>;

/** Multinomial logistic regression, or linear regression, on hashed features and standardised numbers. */
export const linear: Family = {
  name: "linear",
  summary:
    "Logistic or linear regression on hashed words, categories, dates and standardised numbers (AdaGrad).",
  inputKinds: ["text", "number", "category", "date"],
  settings,
  async train(data, context) {
    const { settings: chosen } = context;
    const { encoder, corpus } = await encodeExamples(data, context);
    const outputs = data.labels?.length ?? 1;
    const regression = data.labels === undefined;
    const targetScale = regression ? standardiser(data.train.targets) : { offset: 0, scale: 1 };
    const { offset, scale } = targetScale;
    const problem: LinearProblem = {
      corpus,
      denseSize: encoder.denseSize,
      outputs,
      regression,
      targets: regression
        ? data.train.targets.map((y) => (y - offset) / scale)
        : data.train.targets,
      weights: regression
        ? Float32Array.of(1)
        : classWeights(data.train.targets, { classes: outputs, balance: chosen.choice("balance") }),
    };
    const model = await fit(problem, { data, context, targetScale });
    return createHashedPredictor(encoder, {
      vocabulary: corpus.vocabulary,
      table: model.table,
      width: outputs,
      dense: model.dense,
      outputs,
      offset,
      scale,
    });
  },
  restore: (saved, _task, labels) => restoreHashedPredictor(saved, labels?.length ?? 1),
};

/** Epochs until the validation stops getting better; the weights of the best. */
async function fit(
  problem: LinearProblem,
  {
    data,
    context,
    targetScale,
  }: {
    data: FamilyData;
    context: FamilyContext;
    targetScale: { offset: number; scale: number };
  },
): Promise<LinearModel> {
  const { settings: chosen, seed, signal, onEvent, checkpoints } = context;
  const { documents } = problem.corpus;
  const trained = problem.targets.length;
  const learner = new Adagrad(problem, { lr: chosen.number("lr"), l2: chosen.number("l2") });
  const resumed = restoreLinear(await checkpoints?.load(), learner);
  let best = resumed.best ?? learner.copy();
  const stopping = createEarlyStopping(data.task, {
    labels: data.labels,
    targets: data.validation.targets,
    patience: chosen.number("patience"),
    best: resumed.at,
  });
  const epochs = epochCount(chosen.number("epochs"), trained);
  const progress = createProgress(onEvent, {
    total: epochs * trained,
    done: resumed.epoch * trained,
  });
  const scores = new Float64Array((documents - trained) * problem.outputs);
  for (let epoch = resumed.epoch; epoch < epochs && !stopping.hasEnded(epoch - 1); epoch++) {
    const order = Array.from({ length: trained }, (_, i) => i);
    createRng(`${seed}:epoch ${epoch}`).shuffle(order);
    const onDone = (done: number): void => progress(epoch * trained + done);
    const loss = await learner.runEpoch(order, { signal, onDone });
    if (!Number.isFinite(loss))
      throw new SoukError(
        "TRAIN_DIVERGED",
        "the loss is not a number, expected a finite one: lower lr",
      );
    learner.scoreInto(trained, documents, scores);
    const { improved, values } = stopping.judge(
      epoch,
      scores.map((score) => targetScale.offset + targetScale.scale * score),
    );
    if (improved) best = learner.copy();
    const step = (epoch + 1) * trained;
    onEvent({ kind: "metrics", step, epoch: epoch + 1, values: { "train.loss": loss, ...values } });
    await checkpoints?.save(saveLinear(learner, best, { epoch: epoch + 1, at: stopping.best }));
  }
  return best;
}
