import type { ColumnBatch, ModelCard } from "@souk/models";

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
}
