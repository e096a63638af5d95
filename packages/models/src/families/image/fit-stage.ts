import { errorCode, errorMessage, SoukError } from "@souk/core";
import {
  accuracy,
  adamW,
  type Dataset,
  huber,
  meanDistance,
  type Metrics,
  type Network,
  polynomial,
  softmaxCrossEntropy,
  train,
  type TrainingJob,
  type Weights,
} from "@souk/tensor";
import { classWeights } from "../balance.ts";
import type { FamilyContext, FamilyData } from "../family.ts";
import { createEventTeller } from "../neural/train-events.ts";
import { openTrainingState } from "../neural/training-state.ts";
import { checkpointsOfStage } from "./stages.ts";

/** One training of several that follow each other; its checkpoints and figures are its own. */
export interface Stage {
  readonly name: string;
  /** Has an output `logits` [batch, labels], or [batch, 1] for a number; batches have `target` beside its inputs. */
  readonly network: Network;
  readonly weights?: Weights;
  readonly train: Dataset;
  readonly validation: Dataset | undefined;
  readonly epochs: number;
  readonly lr: number;
  /** Epochs of the stages before: where this one's figures begin. */
  readonly epochsBefore: number;
  /** What a standardised number is multiplied by to be one of the target; 1 for classes. */
  readonly scale: number;
}

const CLIP_NORM = 5;
/** The learning rate falls in a straight line to this share of it. */
const LAST_RATE = 0.02;

/**
 * Trains a stage until its validation stops getting better; the weights of the best epoch.
 * @throws SoukError `TRAIN_DIVERGED` when a value is not finite, `CHECKPOINT_INVALID`; the signal's reason when aborted.
 */
export async function fitStage(
  stage: Stage,
  { data, context }: { data: FamilyData; context: FamilyContext },
): Promise<Weights> {
  const { checkpoints, signal } = context;
  signal?.throwIfAborted();
  const state =
    checkpoints && (await openTrainingState(checkpointsOfStage(checkpoints, stage.name)));
  const job = jobOf(stage, data, context);
  const everySteps = Math.max(1, stage.train.batches ?? 1);
  const tell = tellerOf(stage, context);
  const stops = [signal, state?.failed].filter((one) => one !== undefined);
  try {
    const { weights } = await train(
      { ...job, ...(state ? { checkpoint: { folder: state.folder, everySteps } } : {}) },
      {
        signal: AbortSignal.any(stops),
        onEvent(event) {
          if (event.kind === "checkpoint") state?.keep();
          tell(event);
        },
      },
    );
    await state?.settle();
    return weights;
  } catch (error) {
    await state?.settle();
    signal?.throwIfAborted();
    throw errorCode(error) === "TRAIN_NOT_FINITE" ? diverged(error) : error;
  } finally {
    await state?.close();
  }
}

function jobOf(
  { network, weights, train: batches, validation, epochs, lr }: Stage,
  data: FamilyData,
  { settings, seed, threads }: FamilyContext,
): TrainingJob {
  const metrics: Metrics =
    data.labels === undefined
      ? { error: meanDistance("logits", "target") }
      : { accuracy: accuracy("logits", "target") };
  return {
    network,
    ...lossOf(data, settings),
    ...(weights === undefined ? {} : { weights }),
    data: batches,
    optimizer: adamW(),
    weightDecay: [{ match: /^classifier\.weight$/, decay: settings.number("l2") }],
    learningRate: lr,
    schedule: polynomial({ steps: epochs * (batches.batches ?? 1), end: LAST_RATE }),
    epochs,
    clipNorm: CLIP_NORM,
    seed,
    threads,
    ...(validation === undefined
      ? {}
      : {
          validation: { data: validation, metrics },
          earlyStopping: { patience: settings.number("patience") },
        }),
  };
}

function lossOf(
  { labels, train: { targets } }: FamilyData,
  settings: FamilyContext["settings"],
): Pick<TrainingJob, "targets" | "loss"> {
  if (labels === undefined)
    return {
      targets: { target: { type: "float32", shape: ["batch", 1] } },
      loss: ({ logits }, { target }) => huber(logits, target),
    };
  const balance = settings.choice("balance");
  const known = targets.filter((target) => target >= 0);
  const weights = classWeights(known, { classes: labels.length, balance });
  const options = {
    labelSmoothing: settings.number("smoothing"),
    ...(balance === "none" ? {} : { classWeights: [...weights] }),
  };
  return {
    targets: { target: { type: "int32", shape: ["batch"] } },
    loss: ({ logits }, { target }) => softmaxCrossEntropy(logits, target, options),
  };
}

function tellerOf(
  { train: { rows = 1, batches = 1 }, epochs, epochsBefore, scale }: Stage,
  { settings, onEvent }: FamilyContext,
): ReturnType<typeof createEventTeller> {
  const later: FamilyContext["onEvent"] = (event) =>
    onEvent(
      event.kind === "metrics"
        ? { ...event, epoch: event.epoch + epochsBefore, step: event.step + epochsBefore * rows }
        : event,
    );
  return createEventTeller(later, {
    size: { rows, batches, epochs, batchSize: settings.number("batchSize") },
    rename({ error, ...others }) {
      const named = Object.entries(others).map(([name, value]) => [`validation.${name}`, value]);
      return {
        ...Object.fromEntries(named),
        ...(error === undefined ? {} : { "validation.mae": error * scale }),
      };
    },
  });
}

function diverged(cause: unknown): SoukError {
  return new SoukError(
    "TRAIN_DIVERGED",
    `the training left the finite numbers, expected it to stay there: lower lr (${errorMessage(cause)})`,
    { cause },
  );
}
