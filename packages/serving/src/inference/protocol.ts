import type {
  ColumnBatch,
  Comparable,
  ModelCard,
  Prediction,
  PredictionExplanation,
} from "@souk/models";

/** What the main thread asks of an inference thread. One request at a time; `id` comes back in the answer. */
export type WorkerRequest =
  | {
      readonly kind: "load";
      readonly id: number;
      readonly key: string;
      readonly directory: string;
      readonly warmUpRows: number;
    }
  | { readonly kind: "unload"; readonly id: number; readonly key: string }
  | {
      readonly kind: "predict";
      readonly id: number;
      readonly key: string;
      readonly batch: ColumnBatch;
      /** Asks for what each part of the model says alone: this many labels of each row. */
      readonly partsTopK?: number;
    }
  | {
      readonly kind: "embed";
      readonly id: number;
      readonly key: string;
      readonly batch: ColumnBatch;
    }
  | {
      readonly kind: "compare";
      readonly id: number;
      readonly key: string;
      readonly batch: ColumnBatch;
      /** Comparable rows wanted of each row. */
      readonly most: number;
    }
  | {
      readonly kind: "explain";
      readonly id: number;
      readonly key: string;
      /** The row to explain is the first. */
      readonly batch: ColumnBatch;
      readonly label?: string | number;
    }
  | {
      /** Decodes photos whole and keeps them in the store. */
      readonly kind: "keep";
      readonly id: number;
      readonly photos: readonly Uint8Array[];
    }
  | { readonly kind: "close"; readonly id: number };

/** What an inference thread answers. */
export type WorkerReply =
  | { readonly kind: "ready" }
  | {
      readonly kind: "loaded";
      readonly id: number;
      readonly card: ModelCard;
      readonly sizeBytes: number;
    }
  | { readonly kind: "done"; readonly id: number }
  | {
      readonly kind: "predicted";
      readonly id: number;
      readonly answers: EncodedPredictions;
    }
  | {
      readonly kind: "embedded";
      readonly id: number;
      /** Row-major [n, dim]. */
      readonly rows: Float32Array;
      readonly dim: number;
    }
  | {
      readonly kind: "compared";
      readonly id: number;
      /** Of each row, best first. */
      readonly comparables: readonly (readonly Comparable[])[];
    }
  | {
      readonly kind: "explained";
      readonly id: number;
      readonly explanation: PredictionExplanation;
    }
  | {
      readonly kind: "kept";
      readonly id: number;
      /** SHA-256 of each photo, in order. */
      readonly hashes: readonly string[];
    }
  | {
      readonly kind: "failed";
      readonly id: number;
      readonly code: string | undefined;
      readonly message: string;
    };

/** Predictions of n rows as columns: cheap to move between threads, cheap to cut into requests. */
export interface EncodedPredictions {
  readonly labels: readonly (string | number)[];
  /** Classes per row, 0 when the model gives no probabilities. */
  readonly classes: number;
  /** Row-major [n, classes]. */
  readonly probabilities: Float32Array | undefined;
  /** Expected or numeric value per row, [n]. */
  readonly values: Float64Array | undefined;
  /** Bounds of each numeric value, row-major [n, 2]: low, high. */
  readonly bounds: Float64Array | undefined;
  /** What each part of the model says of each row, [n], when that was asked for. */
  readonly parts?: readonly Prediction["parts"][] | undefined;
}
