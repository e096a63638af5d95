import { SoukError } from "@souk/core";
import { createEarlyStopping, type EarlyStopping } from "../early-stopping.ts";
import type { FamilyContext, FamilyData, SavedPredictor } from "../family.ts";
import { epochCount } from "../epoch-count.ts";
import { createProgress } from "../progress.ts";
import { checkpointPart } from "./checkpoint-part.ts";
import {
  BestWeights,
  type Member,
  membersToTensors,
  type NgramWeights,
  restoreMembers,
  runTogether,
  scoreTogether,
} from "./members.ts";
import type { NgramProblem } from "./session.ts";

/** Undoes the standardisation of a number target. */
export interface TargetScale {
  readonly offset: number;
  readonly scale: number;
}

/** Trains epoch by epoch, from the last checkpoint if there is one; returns the weights of the best epoch. */
export async function runEpochs(
  members: readonly Member[],
  problem: NgramProblem,
  {
    data,
    context,
    targetScale,
  }: {
    data: FamilyData;
    context: FamilyContext;
    targetScale: TargetScale;
  },
): Promise<NgramWeights> {
  const { settings, checkpoints, signal, onEvent } = context;
  const { trainDocuments, corpus, classes } = problem;
  const epochs = epochCount(settings.number("epochs"), trainDocuments);
  const resumed = await resume(members, { problem, checkpoints });
  const stopping = createEarlyStopping(data.task, {
    labels: data.labels,
    targets: data.validation.targets,
    patience: settings.number("patience"),
    best: resumed.best,
  });
  const best = resumed.weights;
  const progress = createProgress(onEvent, {
    total: epochs * trainDocuments,
    done: resumed.epoch * trainDocuments,
  });
  const scores = new Float64Array(data.validation.batch.length * classes);
  for (let epoch = resumed.epoch; epoch < epochs && !stopping.hasEnded(epoch - 1); epoch++) {
    const before = epoch * trainDocuments;
    const onProgress = (done: number): void => progress(before + done);
    const sideBySide = context.threads > 1;
    const loss = await runTogether(members, { epoch, epochs, sideBySide, signal, onProgress });
    if (!Number.isFinite(loss)) throw diverged(epoch);
    scoreTogether(members, { from: trainDocuments, to: corpus.documents, scores });
    const { improved, values } = stopping.judge(epoch, rescale(scores, targetScale));
    if (improved) best.take();
    onEvent({
      kind: "metrics",
      step: before + trainDocuments,
      epoch: epoch + 1,
      values: { "train.loss": loss, ...values },
    });
    progress(before + trainDocuments);
    await checkpoints?.save(checkpointOf(members, best, { epoch: epoch + 1, stopping }));
  }
  return best.weights();
}

function rescale(scores: Float64Array, { offset, scale }: TargetScale): Float64Array {
  return offset === 0 && scale === 1 ? scores : scores.map((score) => offset + scale * score);
}

function checkpointOf(
  members: readonly Member[],
  best: BestWeights,
  { epoch, stopping }: { epoch: number; stopping: EarlyStopping },
): SavedPredictor {
  const flat = (data: Float32Array): { shape: number[]; data: Float32Array } => ({
    shape: [data.length],
    data,
  });
  // The best weights follow from the present ones when this epoch is the best.
  const { table, output } = stopping.best.epoch === epoch - 1 ? {} : best.weights();
  return {
    parameters: { epoch, best: stopping.best },
    tensors: {
      ...membersToTensors(members),
      ...(table === undefined ? {} : { "best table": flat(table) }),
      ...(output === undefined ? {} : { "best output": flat(output) }),
    },
  };
}

async function resume(
  members: readonly Member[],
  { problem, checkpoints }: { problem: NgramProblem; checkpoints: FamilyContext["checkpoints"] },
): Promise<{
  epoch: number;
  best?: { epoch: number; value: number };
  weights: BestWeights;
}> {
  const saved = await checkpoints?.load();
  if (saved !== undefined) restoreMembers(members, saved);
  const weights = new BestWeights(members, problem);
  if (saved === undefined) return { epoch: 0, weights };
  const { epoch, best } = saved.parameters;
  if (typeof epoch !== "number" || typeof best !== "object" || best === null)
    throw new SoukError(
      "CHECKPOINT_INVALID",
      "expected epoch and best in the checkpoint, got none",
    );
  if (saved.tensors["best table"] !== undefined)
    weights.restore(savedBest(saved, weights.weights()));
  return { epoch, best: bestOf(best), weights };
}

function savedBest(saved: SavedPredictor, { table, width, output }: NgramWeights): NgramWeights {
  return {
    table: checkpointPart(saved, "best table", table.length),
    width,
    ...(output === undefined
      ? {}
      : { output: checkpointPart(saved, "best output", output.length) }),
  };
}

function bestOf(best: object): { epoch: number; value: number } {
  const { epoch, value }: { epoch?: unknown; value?: unknown } = best;
  if (typeof epoch === "number" && typeof value === "number") return { epoch, value };
  throw new SoukError("CHECKPOINT_INVALID", "expected the best epoch as numbers, got others");
}

function diverged(epoch: number): SoukError {
  return new SoukError(
    "TRAIN_DIVERGED",
    `the loss of epoch ${epoch + 1} is not a number, expected a finite one: lower lr`,
  );
}
