import type { Tensor } from "../artefact/tensors.ts";
import type { ColumnBatch } from "../rows/batch.ts";
import type { Labels } from "../rows/target.ts";
import type { InputKind, Task } from "../task/task.ts";
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

/** Stored photos by the SHA-256 of their content. */
export interface ImageSource {
  /** The encoded file; `undefined` when there is none of that hash. */
  read(hash: string): Promise<Uint8Array | undefined>;
  /** Whether there is one, where that is cheaper to say than to read it. */
  has?(hash: string): Promise<boolean>;
}

/** The surroundings of one training. */
export interface FamilyContext {
  readonly settings: Settings;
  readonly images?: ImageSource;
  /** Folders of pretrained weights, by name. */
  readonly pretrained?: Readonly<Record<string, string>>;
  /** Where what a frozen network says of each photo is kept between trainings. */
  readonly cacheDirectory?: string;
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

/** Row-major vectors, [rows, dim]. */
export interface Embeddings {
  readonly rows: Float32Array;
  readonly dim: number;
}

/** What moved one score, largest first; contributions are in the score's unit (logit, or the number itself). */
export interface Explanation {
  /** Pieces of text, `from` and `to` in UTF-16 units of the cell. */
  readonly tokens: readonly {
    readonly input: string;
    readonly text: string;
    readonly from: number;
    readonly to: number;
    readonly contribution: number;
  }[];
  /** Values of number, category and date inputs. */
  readonly features: readonly {
    readonly input: string;
    readonly value: string | number | null;
    readonly contribution: number;
  }[];
  /** Regions of photos, [height, width], what covering each would take away. */
  readonly images: readonly {
    readonly input: string;
    readonly width: number;
    readonly height: number;
    readonly heat: Float32Array;
  }[];
}

/** The parts of a model that reads text and photos. */
export type PartName = "text" | "image";

/** What a restored predictor may use besides what was saved. */
export interface Surroundings {
  /** Where photos are found that a row names by their hash. */
  readonly images?: ImageSource;
  /**
   * What becomes of a row whose photo is not stored or does not decode: an error (`refuse`), or it is answered as one
   * without a photo, as a training takes such rows (`leave-out`).
   */
  readonly brokenPhotos?: "refuse" | "leave-out";
}

/** What a family has learnt. Used by one thread, one call at a time. */
export interface Predictor {
  /**
   * Writes one row of scores per row of `batch`: the logits of the labels, [rows, labels], or the predicted number,
   * [rows, 1]. Columns the batch lacks count as missing values.
   */
  scoreInto(batch: ColumnBatch, scores: Float64Array): void | Promise<void>;
  /** One vector per row, [rows, dim], where the family has a space of them. */
  embed?(batch: ColumnBatch): Promise<Embeddings>;
  /** What each part of a model of several kinds of input says alone: logits, [rows, labels]. */
  parts?(batch: ColumnBatch): Promise<Readonly<Record<PartName, Float64Array>>>;
  /** Why the first row of `batch` gets its score of output `output`. */
  explain?(batch: ColumnBatch, output: number): Promise<Explanation>;
  save(): SavedPredictor;
  /** Frees what native code holds, once nothing is being scored; not to be used afterwards. */
  close?(): Promise<void>;
}

/** One way to learn a task. Every family passes `checkFamily`. */
export interface Family {
  readonly name: string;
  /** One sentence for people. */
  readonly summary: string;
  /** What it can read; inputs of other kinds are left out. */
  readonly inputKinds: readonly InputKind[];
  /** Kinds of which a task must have an input besides one of the other `inputKinds`. */
  readonly needs?: readonly InputKind[];
  readonly settings: Readonly<Record<string, SettingSpec>>;
  /** @throws the signal's reason when aborted; SoukErrors of its own. */
  train(data: FamilyData, context: FamilyContext): Promise<Predictor>;
  /** @throws SoukError `MODEL_WEIGHTS` when the saved parts do not fit together. */
  restore(
    saved: SavedPredictor,
    task: Task,
    labels: Labels | undefined,
    surroundings?: Surroundings,
  ): Predictor;
}
