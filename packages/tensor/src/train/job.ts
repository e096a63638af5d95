/** What a training is: the network, what it is measured by, and how its weights are improved. */
import type { Value } from "../graph/graph.ts";
import type { Weights } from "../graph/to-onnx.ts";
import type { GradientRules } from "../gradients/rule.ts";
import type { InputSpec, Network, Scope } from "../layers/scope.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";
import type { Schedule } from "../optimizers/schedules.ts";
import type { WeightDecay } from "../optimizers/weight-decay.ts";
import type { Dataset } from "./dataset.ts";
import type { Metric } from "./metrics.ts";

/** Values of a graph by name. */
export type Values = Readonly<Record<string, Value>>;

/** What is learned: the forward pass, what it is compared with, and how badly it does. */
export interface Learning {
  readonly network: Network;
  /** Columns of a batch that the loss needs beside the network's inputs. */
  readonly targets: Readonly<Record<string, InputSpec>>;
  /** A float32 scalar, the mean over the batch. */
  loss(outputs: Values, targets: Values, scope: Scope): Value;
}

/** A whole training. */
export interface TrainingJob extends Learning {
  readonly data: Dataset;
  readonly optimizer: Optimizer;
  readonly learningRate: number;
  /** Factors of the learning rate by step; always 1 when left out. */
  readonly schedule?: Schedule;
  /** When to stop: after so many passes over the data, or so many steps. At least one of the two. */
  readonly epochs?: number;
  readonly steps?: number;
  /** Weights to begin with; those that are missing are made by the layers' initializers from the seed. */
  readonly weights?: Weights;
  /** Weights that stay as they are. */
  readonly freeze?: (name: string) => boolean;
  readonly weightDecay?: WeightDecay;
  /** Largest common length of all gradients. */
  readonly clipNorm?: number;
  /** Largest absolute value in a gradient, applied before `clipNorm`. */
  readonly clipValue?: number;
  /** Batches whose mean gradient makes one step; 1 when left out. Batches of another bucket end a step early. */
  readonly accumulate?: number;
  readonly validation?: Validation;
  readonly earlyStopping?: EarlyStopping;
  readonly checkpoint?: { readonly folder: string; readonly everySteps: number };
  readonly seed: number;
  /** Threads of one operator, 0 for one per core. Results are the same bits for the same number. */
  readonly threads?: number;
  /** Threads wait for the next operator by spinning: faster when the machine is ours alone, slower when it is shared. */
  readonly spinning?: boolean;
  readonly rules?: GradientRules;
  /** Batches computed per call of the runtime; chosen by measuring when left out. Results do not depend on it. */
  readonly batchesPerCall?: number;
}

/** How the network is tried on rows it does not learn from. */
export interface Validation {
  readonly data: Dataset;
  /** Makers of metrics by name; the loss is always there as "loss". */
  readonly metrics?: Readonly<Record<string, () => Metric>>;
  /** Steps between validations; at the end of every epoch when left out. */
  readonly everySteps?: number;
}

/** Stops when a metric of the validation no longer gets better, and restores the weights of its best value. */
export interface EarlyStopping {
  /** "loss" when left out. */
  readonly metric?: string;
  /** Whether large values are good; false when left out, as for a loss. */
  readonly largerIsBetter?: boolean;
  /** Validations without improvement before stopping. */
  readonly patience: number;
  /** Improvements up to this count as none; 0 when left out. */
  readonly minimumChange?: number;
}

/** What a training says while it runs. */
export type TrainingEvent =
  | {
      readonly kind: "compiled";
      /** Shapes of the columns, for example "x [32, 128]". */
      readonly bucket: string;
      readonly ms: number;
      readonly nodes: number;
      readonly trainedWeights: number;
    }
  | StepEvent
  | {
      readonly kind: "validation";
      readonly step: number;
      readonly epoch: number;
      readonly metrics: Readonly<Record<string, number>>;
      readonly best: boolean;
    }
  | { readonly kind: "epoch"; readonly epoch: number; readonly step: number }
  | { readonly kind: "checkpoint"; readonly step: number; readonly path: string }
  | { readonly kind: "resumed"; readonly step: number; readonly epoch: number };

/** One step done. */
export interface StepEvent {
  readonly kind: "step";
  readonly step: number;
  readonly epoch: number;
  readonly loss: number;
  readonly learningRate: number;
  /** Length of all gradients before clipping, when `clipNorm` is given. */
  readonly gradientNorm?: number;
  readonly rowsPerSecond: number;
  /** Time left, when the number of steps to come is known. */
  readonly etaMs?: number;
}

/** What a training leaves. */
export interface TrainingResult {
  /** All weights, frozen ones included; the best ones with early stopping. */
  readonly weights: Weights;
  readonly steps: number;
  /** Whole passes over the data. */
  readonly epochs: number;
  readonly stopped: "finished" | "early";
  /** Loss of the last step. */
  readonly loss: number;
  /** Best validation, when there was early stopping. */
  readonly best?: { readonly step: number; readonly value: number };
}
