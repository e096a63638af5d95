import type { ColumnBatch } from "../rows/batch.ts";
import type { Labels } from "../rows/target.ts";

/** Scores of one model for the rows of a batch. */
export interface Scored {
  readonly batch: ColumnBatch;
  /** Logits [rows, labels], or predicted numbers [rows]. */
  readonly scores: Float64Array;
  /** Label indexes, or numbers. */
  readonly targets: Float64Array;
  readonly labels: Labels | undefined;
}
