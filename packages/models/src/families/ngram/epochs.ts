import { SoukError } from "@souk/core";
import { createEarlyStopping, type EarlyStopping } from "../early-stopping.ts";
import type { FamilyContext, FamilyData, SavedPredictor } from "../family.ts";
import { epochCount } from "../epoch-count.ts";
import { createProgress } from "../progress.ts";
import type { EpochOrder } from "./schedule.ts";
import type { NgramProblem, NgramSession } from "./session.ts";

/** The two matrices of a model. */
export interface NgramWeights {
  readonly input: Float32Array;
  readonly output: Float32Array;
}

/** Undoes the standardisation of a number target. */
export interface TargetScale {
  readonly offset: number;
  readonly scale: number;
}

/** Trains epoch by epoch, from the last checkpoint if there is one; returns the weights of the best epoch. */
export async function runEpochs(
  session: NgramSession,
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
  const resumed = await resume(session, checkpoints);
  const stopping = createEarlyStopping(data.task, {
    labels: data.labels,
    targets: data.validation.targets,
    patience: settings.number("patience"),
    best: resumed.best,
  });
  let best = resumed.weights;
  const progress = createProgress(onEvent, {
    total: epochs * trainDocuments,
    done: resumed.epoch * trainDocuments,
  });
  const scores = new Float64Array(data.validation.batch.length * classes);
  for (let epoch = resumed.epoch; epoch < epochs && !stopping.hasEnded(epoch - 1); epoch++) {
    const before = epoch * trainDocuments;
    const onProgress = (done: number): void => progress(before + done);
    const loss = await session.runEpoch(orderOf(settings, epoch, epochs), { signal, onProgress });
    if (!Number.isFinite(loss)) throw diverged(epoch);
    session.scoreInto(trainDocuments, corpus.documents, scores);
    const { improved, values } = stopping.judge(epoch, rescale(scores, targetScale));
    if (improved) best = copyWeights(session);
    onEvent({
      kind: "metrics",
      step: before + trainDocuments,
      epoch: epoch + 1,
      values: { "train.loss": loss, ...values },
    });
    progress(before + trainDocuments);
    await checkpoints?.save(checkpointOf(session, best, { epoch: epoch + 1, stopping }));
  }
  return best;
}

function orderOf(settings: FamilyContext["settings"], epoch: number, epochs: number): EpochOrder {
  return {
    epoch,
    epochs,
    lr: settings.number("lr"),
    warmUp: settings.number("warmUp"),
    decay: settings.choice("decay") === "constant" ? "constant" : "linear",
  };
}

function rescale(scores: Float64Array, { offset, scale }: TargetScale): Float64Array {
  return offset === 0 && scale === 1 ? scores : scores.map((score) => offset + scale * score);
}

function copyWeights(session: NgramSession): NgramWeights {
  return { input: session.views.input.slice(), output: session.views.output.slice() };
}

function checkpointOf(
  session: NgramSession,
  best: NgramWeights,
  { epoch, stopping }: { epoch: number; stopping: EarlyStopping },
): SavedPredictor {
  const { input, output } = copyWeights(session);
  const flat = (data: Float32Array): { shape: number[]; data: Float32Array } => ({
    shape: [data.length],
    data,
  });
  const isBest = stopping.best.epoch === epoch - 1;
  return {
    parameters: { epoch, best: stopping.best },
    tensors: {
      input: flat(input),
      output: flat(output),
      ...(isBest ? {} : { bestInput: flat(best.input), bestOutput: flat(best.output) }),
    },
  };
}

async function resume(
  session: NgramSession,
  checkpoints: FamilyContext["checkpoints"],
): Promise<{ epoch: number; best?: { epoch: number; value: number }; weights: NgramWeights }> {
  const saved = await checkpoints?.load();
  if (saved === undefined) return { epoch: 0, weights: copyWeights(session) };
  const input = matrix(saved, "input", session.views.input.length);
  const output = matrix(saved, "output", session.views.output.length);
  session.views.input.set(input);
  session.views.output.set(output);
  const { epoch, best } = saved.parameters;
  if (typeof epoch !== "number" || typeof best !== "object" || best === null)
    throw new SoukError(
      "CHECKPOINT_INVALID",
      "expected epoch and best in the checkpoint, got none",
    );
  const weights =
    saved.tensors["bestInput"] === undefined
      ? { input, output }
      : {
          input: matrix(saved, "bestInput", input.length),
          output: matrix(saved, "bestOutput", output.length),
        };
  return { epoch, best: bestOf(best), weights };
}

function bestOf(best: object): { epoch: number; value: number } {
  const { epoch, value }: { epoch?: unknown; value?: unknown } = best;
  if (typeof epoch === "number" && typeof value === "number") return { epoch, value };
  throw new SoukError("CHECKPOINT_INVALID", "expected the best epoch as numbers, got others");
}

function matrix(saved: SavedPredictor, name: string, length: number): Float32Array {
  const data = saved.tensors[name]?.data;
  if (data instanceof Float32Array && data.length === length) return data;
  throw new SoukError(
    "CHECKPOINT_INVALID",
    `expected ${length} weights ${name}, got ${data?.length ?? 0}`,
  );
}

function diverged(epoch: number): SoukError {
  return new SoukError(
    "TRAIN_DIVERGED",
    `the loss of epoch ${epoch + 1} is not a number, expected a finite one: lower lr`,
  );
}
