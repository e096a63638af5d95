import { errorCode, SoukError } from "@souk/core";
import {
  adam,
  dense,
  float32,
  huber,
  lstm,
  type Network,
  tableDataset,
  train,
  type Weights,
} from "@souk/tensor";
import { withIntervals } from "./conformal.ts";
import type { ForecastContext, Forecaster, PointModel } from "./forecaster.ts";
import { HEAD_SCOPE, LSTM_SCOPE, lstmCell } from "./lstm-cell.ts";
import type { Series } from "./series.ts";
import { deviation } from "./target.ts";

/** The size of the network and how it learns. */
export interface LstmOptions {
  /** Days it reads. */
  readonly window?: number;
  /** Numbers of its state. */
  readonly features?: number;
  /** Most passes over the history. */
  readonly epochs?: number;
  readonly lr?: number;
}

/** What the network reads and answers: log changes, differences, or the target itself, standardised. */
interface Scale {
  readonly form: "log" | "difference" | "number";
  readonly mean: number;
  readonly spread: number;
}

const LEAST_SEQUENCES = 60;
const VALIDATION_SHARE = 0.2;
const PATIENCE = 4;
const BATCH = 64;
/** One odd day must not throw the training back. */
const CLIP_NORM = 1;
/** Standardised movements beyond this say no more than "very large". */
const FURTHEST = 6;

/**
 * A long short-term memory that reads the last days' movements and answers the next; days further ahead are forecast
 * from forecasts (recursively). A value is learnt as log changes (differences where values are 0 or less), a derived
 * target as itself, both standardised on the days it learns from. The last fifth of the history stops the training
 * early. The same seed and number of threads give the same forecasts.
 */
export function lstmForecaster({
  window = 20,
  features = 16,
  epochs = 30,
  lr = 0.005,
}: LstmOptions = {}): Forecaster {
  return withIntervals({
    name: "lstm",
    summary:
      "A recurrent network on the movements of the last days; later days from its own forecasts.",
    shortest: window + 1 + LEAST_SEQUENCES,
    async fit(history, context) {
      const scale = scaleOf(history, context);
      const moves = movesOf(history, scale);
      const weights = await learn(moves, { window, features, epochs, lr, context });
      return recursiveModel(weights, { scale, window, features });
    },
  });
}

/** Standardised by the days before the validation, so that it says how the rest would have gone. */
function scaleOf({ value, base, length }: Series, { target = "value" }: ForecastContext): Scale {
  const isDerived = target !== "value" || base !== undefined;
  const form = isDerived ? "number" : value.every((one) => one > 0) ? "log" : "difference";
  const kept = Math.ceil(length * (1 - VALIDATION_SHARE));
  const raw = rawMoves(value.subarray(0, kept), form);
  const mean = raw.reduce((sum, one) => sum + one, 0) / raw.length;
  return { form, mean, spread: deviation(raw) || 1 };
}

/** One number a day; of changes one fewer than days. */
function rawMoves(value: Float64Array, form: Scale["form"]): Float64Array {
  if (form === "number") return value;
  return Float64Array.from({ length: value.length - 1 }, (_, i) =>
    form === "log" ? logChange(value[i], value[i + 1]) : value[i + 1] - value[i],
  );
}

/** A value that fell to 0 after the fit has no logarithm: it counts as not having moved. */
function logChange(before: number, after: number): number {
  return before > 0 && after > 0 ? Math.log(after / before) : 0;
}

function movesOf({ value }: Pick<Series, "value">, { form, mean, spread }: Scale): Float64Array {
  return rawMoves(value, form).map((one) =>
    Math.max(-FURTHEST, Math.min(FURTHEST, (one - mean) / spread)),
  );
}

function networkOf(window: number, features: number): Network {
  return {
    inputs: { moves: { type: "float32", shape: ["batch", window, 1] } },
    build(scope, { moves }) {
      const state = lstm(scope.within(LSTM_SCOPE), moves, { features, output: "last" });
      return { next: dense(scope.within(HEAD_SCOPE), state, { features: 1 }) };
    },
  };
}

async function learn(
  moves: Float64Array,
  {
    window,
    features,
    epochs,
    lr,
    context,
  }: Required<LstmOptions> & { readonly context: ForecastContext },
): Promise<Weights> {
  const count = moves.length - window;
  const kept = count - Math.floor(count * VALIDATION_SHARE);
  try {
    const { weights } = await train(
      {
        network: networkOf(window, features),
        targets: { wanted: { type: "float32", shape: ["batch", 1] } },
        loss: ({ next }, { wanted }) => huber(next, wanted),
        data: sequences(moves, { window, from: 0, to: kept, shuffle: true }),
        validation: { data: sequences(moves, { window, from: kept, to: count, shuffle: false }) },
        earlyStopping: { patience: PATIENCE },
        optimizer: adam(),
        learningRate: lr,
        epochs,
        clipNorm: CLIP_NORM,
        seed: context.seed,
        threads: 1,
        batchesPerCall: 4,
      },
      { signal: context.signal },
    );
    return weights;
  } catch (cause) {
    context.signal?.throwIfAborted();
    if (errorCode(cause) !== "TRAIN_NOT_FINITE") throw cause;
    throw new SoukError(
      "TRAIN_DIVERGED",
      "lstm: the training left the finite numbers, expected it to stay there: lower lr",
      { cause },
    );
  }
}

/** Sequences `from` to `to`: sequence `s` is the moves from `s` on, and wants the one after them. */
function sequences(
  moves: Float64Array,
  { window, from, to, shuffle }: { window: number; from: number; to: number; shuffle: boolean },
) {
  const rows = to - from;
  const read = new Float32Array(rows * window);
  for (let s = 0; s < rows; s++) read.set(moves.subarray(from + s, from + s + window), s * window);
  const wanted = Float32Array.from(moves.subarray(from + window, to + window));
  return tableDataset(
    { moves: float32(read, [rows, window, 1]), wanted: float32(wanted, [rows, 1]) },
    { batchSize: BATCH, shuffle },
  );
}

function recursiveModel(
  weights: Weights,
  { scale, window, features }: { scale: Scale; window: number; features: number },
): PointModel {
  const cell = lstmCell(weights, features);
  const { form, mean, spread } = scale;
  const reach = form === "number" ? window : window + 1;
  return {
    points({ value, length }, horizon) {
      const moves = new Float64Array(window + horizon);
      moves.set(movesOf({ value: value.subarray(length - reach) }, scale));
      const points = new Float64Array(horizon);
      let last = value[length - 1];
      for (let step = 0; step < horizon; step++) {
        const next = cell.answer(moves.subarray(step, step + window));
        moves[window + step] = next;
        const raw = mean + spread * next;
        last = form === "number" ? raw : form === "log" ? last * Math.exp(raw) : last + raw;
        points[step] = last;
      }
      return points;
    },
  };
}
