import type { Tensor } from "../artefact/tensors.ts";
import type { ColumnBatch } from "../rows/batch.ts";
import type { Labels } from "../rows/target.ts";
import type { Task } from "../task/task.ts";
import type { Settings, SettingSpec } from "./settings.ts";

/** Rows with what is to be learnt of each: the label's index, or the number. */
export interface Examples {
  readonly batch: ColumnBatch;
  readonly targets: Float64Array;
}

/** What a family learns from. `labels` is `undefined` for a number target. */
export interface FamilyData {
  readonly task: Task;
  readonly labels: Labels | undefined;
  readonly train: Examples;
  readonly validation: Examples;
}

/** What happens during a training. */
export type TrainEvent =
  | { readonly kind: "phase"; readonly phase: "read" | "prepare" | "train" | "evaluate" | "save" }
  | {
      readonly kind: "progress";
      /** Rows trained, over all epochs. */
      readonly done: number;
      readonly total: number;
      readonly ratePerSecond: number;
      readonly etaMs: number;
    }
  | {
      readonly kind: "metrics";
      /** Rows trained so far. */
      readonly step: number;
      /** Epochs completed. */
      readonly epoch: number;
      readonly values: Readonly<Record<string, number>>;
    };

/** Where a training leaves what it needs to go on after a kill. */
export interface Checkpoints {
  /** Replaces the last checkpoint, atomically. */
  save(state: SavedPredictor): Promise<void>;
  /** The last checkpoint of the same data, settings and seed, if there is one. */
  load(): Promise<SavedPredictor | undefined>;
}

/** The surroundings of one training. */
export interface FamilyContext {
  readonly settings: Settings;
  readonly seed: number;
  readonly threads: number;
  readonly checkpoints?: Checkpoints;
  readonly signal?: AbortSignal;
  readonly onEvent: (event: TrainEvent) => void;
}

/** A predictor as plain data: JSON and named arrays. */
export interface SavedPredictor {
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly tensors: Readonly<Record<string, Tensor>>;
}

/** What a family has learnt. Used by one thread, one call at a time. */
export interface Predictor {
  /**
   * Writes one row of scores per row of `batch`: the logits of the labels, [rows, labels], or the predicted number,
   * [rows, 1]. Columns the batch lacks count as missing values.
   */
  scoreInto(batch: ColumnBatch, scores: Float64Array): void | Promise<void>;
  save(): SavedPredictor;
}

/** One way to learn a task. Every family passes `checkFamily`. */
export interface Family {
  readonly name: string;
  /** One sentence for people. */
  readonly summary: string;
  readonly settings: Readonly<Record<string, SettingSpec>>;
  /** @throws the signal's reason when aborted; SoukErrors of its own. */
  train(data: FamilyData, context: FamilyContext): Promise<Predictor>;
  /** @throws SoukError `MODEL_WEIGHTS` when the saved parts do not fit together. */
  restore(saved: SavedPredictor, task: Task, labels: Labels | undefined): Predictor;
}
