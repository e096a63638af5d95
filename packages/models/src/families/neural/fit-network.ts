import { errorCode, errorMessage, SoukError } from "@souk/core";
import {
  accuracy,
  adam,
  adamW,
  type Dataset,
  huber,
  type Learning,
  linearWarmUp,
  meanDistance,
  type Metrics,
  type Network,
  polynomial,
  softmaxCrossEntropy,
  type Schedule,
  train,
  type TrainingEvent,
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
  /** Weights to begin with; the layers make those that are missing. */
  readonly weights?: Weights;
  /** Weights that stay as they are in the first `epochs` epochs, or for good. */
  readonly freeze?: { readonly weights: (name: string) => boolean; readonly epochs?: number };
  /** By the settings `epochs`, `lr` and `batchSize` when left out. */
  readonly pace?: Pace;
}

/** How far and how fast a training goes. */
export interface Pace {
  readonly epochs: number;
  readonly batchSize: number;
  /** The largest learning rate. */
  readonly learningRate: number;
  /** Share of the steps in which the rate rises to its largest; then it falls in a line. */
  readonly warmUp?: number;
  /** AdamW's decay of matrices; 0 for Adam. */
  readonly weightDecay?: number;
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
  const { checkpoints, signal, onEvent, settings } = context;
  signal?.throwIfAborted();
  const pace = problem.pace ?? paceOf(settings, problem.train.rows ?? 1);
  const tell = createEventTeller(onEvent, {
    size: sizeOf(problem, pace),
    rename: (metrics) => metricNames(metrics, problem.scale),
  });
  const state = checkpoints === undefined ? undefined : await openTrainingState(checkpoints);
  try {
    let weights = problem.weights;
    for (const [number, stage] of stagesOf(problem, pace).entries()) {
      if (!((await state?.enter(number)) ?? true)) continue;
      const job = jobOf({ ...problem, ...stage, weights }, data, context);
      const before = (stage.after ?? 0) * (problem.train.batches ?? 1);
      weights = await run(job, {
        state,
        signal,
        tell: (event) => tell(later(event, { epochs: stage.after ?? 0, steps: before })),
      });
    }
    return weights ?? new Map();
  } finally {
    await state?.close();
  }
}

/** What `fitNetwork` does by itself, by the settings of the family. */
function paceOf(settings: Settings, rows: number): Pace {
  return {
    epochs: networkEpochs(settings.number("epochs"), rows),
    batchSize: settings.number("batchSize"),
    learningRate: settings.number("lr"),
  };
}

/** One run of the trainer; `after` counts the epochs of the runs before it. */
interface Stage {
  readonly pace: Pace;
  readonly freeze: NetworkProblem["freeze"];
  readonly after?: number;
  readonly last: boolean;
}

/** With weights that are frozen for some epochs there are two runs: the second one trains them too. */
function stagesOf({ freeze }: NetworkProblem, pace: Pace): readonly Stage[] {
  const frozen = freeze?.epochs ?? pace.epochs;
  if (frozen === 0) return [{ pace, freeze: undefined, last: true }];
  if (frozen >= pace.epochs) return [{ pace, freeze, last: true }];
  return [
    { pace: { ...pace, epochs: frozen }, freeze, last: false },
    {
      pace: { ...pace, epochs: pace.epochs - frozen },
      freeze: undefined,
      after: frozen,
      last: true,
    },
  ];
}

/** The event of a later run as one of the whole training. */
function later(
  event: TrainingEvent,
  { epochs, steps }: { epochs: number; steps: number },
): TrainingEvent {
  if (epochs === 0 || event.kind === "compiled") return event;
  const moved = { ...event, step: event.step + steps };
  return "epoch" in moved ? { ...moved, epoch: moved.epoch + epochs } : moved;
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
    tell: (event: TrainingEvent) => void;
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
  problem: Pick<NetworkProblem, "network" | "train" | "validation" | "weights"> & Stage,
  data: FamilyData,
  { settings, seed, threads }: FamilyContext,
): TrainingJob {
  const { network, train: batches, validation, weights, freeze, pace, last } = problem;
  const { epochs, learningRate, weightDecay = 0 } = pace;
  const metrics: Metrics =
    data.labels === undefined
      ? { error: meanDistance("logits", "target") }
      : { accuracy: accuracy("logits", "target") };
  return {
    ...learningOf(network, data, settings),
    data: batches,
    optimizer: weightDecay > 0 ? adamW() : adam(),
    learningRate,
    // The rate of frozen first epochs does not fall: what is new must find its place in few of them.
    ...(last ? { schedule: scheduleOf(pace, batches.batches ?? 1) } : {}),
    epochs,
    clipNorm: CLIP_NORM,
    seed,
    threads,
    ...(weights === undefined ? {} : { weights }),
    ...(freeze === undefined ? {} : { freeze: freeze.weights }),
    ...(weightDecay > 0 ? { weightDecay } : {}),
    ...(validation === undefined
      ? {}
      : {
          validation: { data: validation, metrics },
          ...(last ? { earlyStopping: { patience: settings.number("patience") } } : {}),
        }),
  };
}

function scheduleOf({ epochs, warmUp = 0 }: Pace, batches: number): Schedule {
  const steps = epochs * batches;
  const rising = Math.floor(warmUp * steps);
  if (rising === 0) return polynomial({ steps, end: LAST_RATE });
  return linearWarmUp(rising, polynomial({ steps: steps - rising, end: LAST_RATE }));
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
  { epochs, batchSize }: Pace,
): Parameters<typeof createEventTeller>[1]["size"] {
  return { rows, batches, epochs, batchSize };
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
