import type { ColumnBatch, Comparable, ModelCard, PredictionExplanation } from "@souk/models";
import type { FileCounts } from "./file/predict-file.ts";
import type { RowFormat } from "./file/records.ts";
import type { PlainPrediction } from "./inference/encoding.ts";
import type { Correction, CorrectionPage } from "./log/correction.ts";
import type { CorrectionFilter } from "./log/corrections.ts";
import type { Outcome, OutcomeValue } from "./log/outcome.ts";
import type { PredictionPage } from "./log/prediction-log.ts";
import type { LoggedPrediction } from "./log/prediction-row.ts";
import type { ServingStats } from "./statistics.ts";
import type { ServedModel } from "./versions/live-version.ts";

/** Which version answers: a number, or an alias (`champion` unless said otherwise). */
export interface ModelRef {
  readonly model: string;
  readonly version?: number;
  readonly alias?: string;
}

/** Rows to predict. */
export interface PredictRequest extends ModelRef {
  /** The model's inputs by name; other columns are left out. */
  readonly batch: ColumnBatch;
  /** Adds the `topK` likeliest classes to each answer. */
  readonly topK?: number;
  /** Adds what the text alone and the photo alone say, where the model has such parts. */
  readonly parts?: boolean;
  /** Who asks, for the log. */
  readonly principal?: string;
  /** Whether to store the predictions; true unless said otherwise. */
  readonly log?: boolean;
  /** Answer within this time or fail, milliseconds. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
}

/** Answers in the order of the rows. */
export interface PredictResponse {
  readonly model: string;
  readonly version: number;
  /** One id per row, by which its outcome is reported; none when the request was not logged. */
  readonly ids: readonly string[];
  readonly predictions: readonly PlainPrediction[];
}

/** Rows to embed, or one to explain. Nothing of them is stored. */
export interface LookRequest extends ModelRef {
  /** The model's inputs by name; other columns are left out. */
  readonly batch: ColumnBatch;
  /** Answer within this time or fail, milliseconds. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
}

/** Listings like each row: training rows of the version with their numbers. */
export interface ComparablesResponse {
  readonly model: string;
  readonly version: number;
  /** Of each row, the most similar first. */
  readonly comparables: readonly (readonly Comparable[])[];
}

/** A vector per row, each of length 1 (or 0 for a row without any input): their dot product is their likeness. */
export interface EmbedResponse {
  readonly model: string;
  readonly version: number;
  readonly dim: number;
  readonly embeddings: readonly Float32Array[];
}

/** Why a row gets its answer. */
export interface ExplainResponse extends PredictionExplanation {
  readonly model: string;
  readonly version: number;
}

/** A file to predict. */
export interface PredictFileRequest extends ModelRef {
  readonly source: AsyncIterable<Uint8Array>;
  readonly format: RowFormat;
  readonly topK?: number;
  readonly principal?: string;
  readonly log?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (counts: Readonly<FileCounts>) => void;
  /**
   * The photo that a text such as `dress.jpg` in a photo input names; for callers whose files are their own. What it
   * throws as a SoukError is the error of its line. Absent: only hashes and `data:` URIs are photos.
   */
  readonly readPhoto?: (name: string) => Promise<Uint8Array>;
}

/** Live models: predictions from worker threads, versions that follow the registry, a log that outcomes join. */
export interface Serving {
  /**
   * Predicts rows with one version; the answer leaves after it is stored.
   *
   * @throws SoukError `SERVING_INPUT`, `SERVING_MODEL_UNKNOWN`, `SERVING_LOAD_FAILED`, `SERVING_OVERLOADED`,
   * `SERVING_REQUEST_TOO_LARGE`, `SERVING_DEADLINE`, `SERVING_ABORTED`, `SERVING_WORKER_CRASHED`,
   * `SERVING_PREDICT_FAILED`, `SERVING_CLOSED`, or the store's own error: then nothing was stored.
   */
  predict(request: PredictRequest): Promise<PredictResponse>;
  /**
   * Predicts a JSON Lines, CSV or TSV file as it streams in; JSON Lines stream out in the same order, all from one version.
   * A bad line is answered with an error on its line. Counts are the generator's return value.
   * @throws SoukError as `predict`, and `SERVING_FILE` when the file as a whole cannot be read.
   */
  predictFile(request: PredictFileRequest): AsyncGenerator<Uint8Array, FileCounts>;
  /** Every version known here and its state. */
  models(): ServedModel[];
  /** The card of a version; loads it when it is not. */
  card(model: string, ref?: Omit<ModelRef, "model">): Promise<ModelCard>;
  /** Joins what really happened. @throws SoukError `SERVING_PREDICTION_UNKNOWN`, `SERVING_OUTCOME`. */
  outcome(
    predictionId: string,
    outcome: { value: OutcomeValue; at?: number; by?: string },
  ): Promise<void>;
  /** Every outcome reported for a prediction, oldest first; the last one counts. */
  outcomes(predictionId: string): Promise<Outcome[]>;
  /**
   * One vector per row. Those of one version live in one space; those of two versions do not.
   * @throws SoukError as `predict`, and `MODEL_NO_EMBEDDING`.
   */
  embed(request: LookRequest): Promise<EmbedResponse>;
  /**
   * For each row the `most` training rows most like it, with their numbers.
   * @throws SoukError as `predict`, and `MODEL_NO_COMPARABLES`.
   */
  comparables(request: LookRequest & { most: number }): Promise<ComparablesResponse>;
  /**
   * What of its inputs moved the first row's answer: the logit of its most probable label or of `label`; or the number as
   * the model learns it (ln(1 + number) for a task of heavy-tailed numbers).
   * @throws SoukError as `predict`, and `PREDICT_LABEL`.
   */
  explain(request: LookRequest & { label?: string | number }): Promise<ExplainResponse>;
  /**
   * Says what a prediction should have been: its outcome, and a row for the next training. The latest one counts.
   * @throws SoukError `SERVING_PREDICTION_UNKNOWN`, `SERVING_CORRECTION_LABEL`, `SERVING_CORRECTION_INPUT`.
   */
  correct(
    predictionId: string,
    correction: { label: OutcomeValue; by?: string },
  ): Promise<Correction>;
  /** The same of a row that was not predicted. @throws SoukError `SERVING_INPUT`, `SERVING_CORRECTION_LABEL`, `IMAGE_*`. */
  correctRow(request: LookRequest & { label: OutcomeValue; by?: string }): Promise<Correction>;
  /** Corrections that count, newest first; `history` adds the others. @throws SoukError `SERVING_CURSOR`. */
  corrections(
    filter?: CorrectionFilter & { limit?: number; cursor?: string; history?: boolean },
  ): Promise<CorrectionPage>;
  /** How many corrections count. */
  correctionCount(filter: CorrectionFilter): Promise<number>;
  /** One stored prediction. @throws SoukError `SERVING_PREDICTION_UNKNOWN`. */
  prediction(id: string): Promise<LoggedPrediction>;
  /** The hash each row's predictions and corrections are stored under. @throws SoukError as `card`, `SERVING_INPUT`. */
  inputHashes(request: LookRequest): Promise<string[]>;
  /** Stored predictions, newest first. @throws SoukError `SERVING_CURSOR`. */
  predictionsOf(filter?: {
    model?: string;
    version?: number;
    inputHash?: string;
    limit?: number;
    cursor?: string;
  }): Promise<PredictionPage>;
  /** Removes predictions made before a time, epoch milliseconds. @returns how many. */
  purgePredictions(beforeMs: number): Promise<number>;
  /** Follows the registry now; resolves when every alias points where it can. Failed versions are tried again. */
  refresh(): Promise<void>;
  /** Whether requests can be answered, and everything that is not as it should be, in words. */
  health(): { ready: boolean; reasons: string[] };
  /** Counts since opening. `outcomes: false` leaves out accuracies, which read the store. */
  stats(options?: { outcomes?: boolean }): Promise<ServingStats>;
  /** Refuses new requests, answers those under way, stores them, ends the threads. */
  close(): Promise<void>;
}
