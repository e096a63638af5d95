import { errorCode, errorMessage, SoukError } from "@souk/core";
import {
  accuracy,
  adam,
  type Dataset,
  huber,
  type Learning,
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
import type { Settings } from "../settings.ts";
import { networkEpochs } from "./network-settings.ts";
import { createEventTeller } from "./train-events.ts";
import { openTrainingState, type TrainingState } from "./training-state.ts";

/** A network and the batches it learns from; column `target` is int32 [batch], or float32 [batch, 1] for numbers. */
export interface NetworkProblem {
  /** Has an output `logits` [batch, labels], or [batch, 1] for a number. */
  readonly network: Network;
  readonly train: Dataset;
  readonly validation: Dataset | undefined;
  /** What a standardised number is multiplied by to be one of the target; 1 for classes. */
  readonly scale: number;
}

/** Gradients longer than this are shortened: one odd batch must not throw the training back. */
const CLIP_NORM = 5;
/** The learning rate falls in a straight line to this share of it. */
const LAST_RATE = 0.05;

/**
 * Trains a network until its validation stops getting better, from the last checkpoint if there is one, in a thread of
 * its own; the weights of the best epoch.
 * @throws SoukError `TRAIN_DIVERGED` when a value is not finite, `CHECKPOINT_INVALID`; the signal's reason when aborted.
 */
export async function fitNetwork(
  problem: NetworkProblem,
  { data, context }: { data: FamilyData; context: FamilyContext },
): Promise<Weights> {
  const { checkpoints, signal, onEvent } = context;
  signal?.throwIfAborted();
  const job = jobOf(problem, data, context);
  const tell = createEventTeller(onEvent, {
    size: sizeOf(problem, job, context.settings),
    rename: (metrics) => metricNames(metrics, problem.scale),
  });
  const state = checkpoints === undefined ? undefined : await openTrainingState(checkpoints);
  try {
    return await run(job, { state, signal, tell });
  } finally {
    await state?.close();
  }
}

async function run(
  job: TrainingJob,
  {
    state,
    signal,
    tell,
  }: {
    state: TrainingState | undefined;
    signal: AbortSignal | undefined;
    tell: ReturnType<typeof createEventTeller>;
  },
): Promise<Weights> {
  const everySteps = Math.max(1, job.data.batches ?? 1);
  const checkpoint = state && { folder: state.folder, everySteps };
  const stops = [signal, state?.failed].filter((one) => one !== undefined);
  try {
    const { weights } = await train(
      { ...job, ...(checkpoint === undefined ? {} : { checkpoint }) },
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
  }
}

function jobOf(
  { network, train: batches, validation }: NetworkProblem,
  data: FamilyData,
  { settings, seed, threads }: FamilyContext,
): TrainingJob {
  const epochs = networkEpochs(settings.number("epochs"), batches.rows ?? 1);
  const metrics: Metrics =
    data.labels === undefined
      ? { error: meanDistance("logits", "target") }
      : { accuracy: accuracy("logits", "target") };
  return {
    ...learningOf(network, data, settings),
    data: batches,
    optimizer: adam(),
    learningRate: settings.number("lr"),
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

function learningOf(network: Network, { labels, train }: FamilyData, settings: Settings): Learning {
  if (labels === undefined)
    return {
      network,
      targets: { target: { type: "float32", shape: ["batch", 1] } },
      loss: ({ logits }, { target }) => huber(logits, target),
    };
  const balance = settings.choice("balance");
  const weights = classWeights(train.targets, { classes: labels.length, balance });
  const options = {
    labelSmoothing: settings.number("smoothing"),
    ...(balance === "none" ? {} : { classWeights: [...weights] }),
  };
  return {
    network,
    targets: { target: { type: "int32", shape: ["batch"] } },
    loss: ({ logits }, { target }) => softmaxCrossEntropy(logits, target, options),
  };
}

function sizeOf(
  { train: { rows = 1, batches = 1 } }: NetworkProblem,
  { epochs = 1 }: TrainingJob,
  settings: Settings,
): Parameters<typeof createEventTeller>[1]["size"] {
  return { rows, batches, epochs, batchSize: settings.number("batchSize") };
}

/** The mean distance of a number in the target's unit. */
function metricNames(
  metrics: Readonly<Record<string, number>>,
  scale: number,
): Record<string, number> {
  const { error, ...others } = metrics;
  const named = Object.entries(others).map(([name, value]) => [`validation.${name}`, value]);
  return {
    ...Object.fromEntries(named),
    ...(error === undefined ? {} : { "validation.mae": error * scale }),
  };
}

function diverged(cause: unknown): SoukError {
  return new SoukError(
    "TRAIN_DIVERGED",
    `the training left the finite numbers, expected it to stay there: lower lr (${errorMessage(cause)})`,
    { cause },
  );
}
