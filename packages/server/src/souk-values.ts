import type * as lake from "@souk/lake";
import type * as serving from "@souk/serving";
import type { JobEvent } from "./training-values.ts";

/**
 * The plain values `Souk` hands to the routes. Extra members are allowed and go out as they are;
 * the members named here are the ones the wire schemas promise.
 */

/** Columns of equal length. */
export interface ColumnBatch {
  readonly length: number;
  readonly columns: Readonly<
    Record<string, ArrayLike<string | number | boolean | null | Uint8Array>>
  >;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Hand back as `cursor` for the next page; absent on the last. */
  readonly nextCursor?: string;
}

export interface DatasetListing {
  readonly name: string;
  readonly version: number;
  readonly rows: number;
  readonly sizeBytes: number;
  readonly files: number;
  readonly partitions: number;
  /** Number of columns. */
  readonly columns: number;
  /** Epoch ms. */
  readonly updatedAt: number;
  readonly quarantined: number;
  readonly key: readonly string[];
  readonly partitionBy: readonly string[];
}

export interface DatasetDetail extends Omit<DatasetListing, "columns"> {
  readonly columns: readonly {
    readonly name: string;
    readonly type: string;
    readonly nullable: boolean;
  }[];
  readonly batches: readonly object[];
  readonly history: readonly object[];
}

/** Where rows come from. The routes only ever give `stream`. */
export type IngestSource = lake.IngestSource;

/** The shape is the configuration's or a known one, never the caller's. */
export type IngestOptions = Omit<lake.IngestOptions, "shape">;

export type IngestOutcome = lake.IngestReport;

/** The lake's dry-run report: a verdict per column and the bad rows. */
export type DryRun = object;

export type QuarantineEntry = lake.QuarantinedRow;

export interface BatchUndo {
  readonly version: number;
  readonly rowsRemoved: number;
  readonly rowsRestored: number;
}

export interface DriftRequest {
  readonly dataset: string;
  readonly from: lake.DriftSide;
  readonly to: lake.DriftSide;
  readonly columns?: readonly string[];
}

/** Which steps of time a dataset is looked at in. */
export interface TimelineRequest {
  readonly dataset: string;
  /** A column of dates; absent: versions. */
  readonly by?: string;
  readonly unit?: lake.PeriodUnit;
  readonly reference?: lake.DriftSide;
}

/** The distributions of one column; `kind` as a drift report told it. */
export interface ComparisonRequest {
  readonly dataset: string;
  readonly from: lake.DriftSide;
  readonly to: lake.DriftSide;
  readonly column: string;
  readonly kind: lake.ColumnDrift["kind"];
}

/** One run of a dataset's checks. */
export interface CheckOutcome {
  /** Epoch ms. */
  readonly at: number;
  readonly dataset: string;
  readonly version: number;
  /** False when a check of severity "error" failed. */
  readonly passed: boolean;
  /** Each `{ check, severity, passed, observed, expected, message }`. */
  readonly results: readonly object[];
}

/** The lake's own answer to a statement. */
export type SqlAnswer = lake.SqlResult;

export type QuestionListing = lake.Question;

export interface QuestionResult {
  readonly question: QuestionListing;
  readonly results: readonly { readonly name: string; readonly result: SqlAnswer }[];
}

export interface RunRecord {
  readonly id: string;
  readonly status: string;
  readonly name?: string;
  /** The process that works on it, or last did. */
  readonly pid?: number;
  readonly experiment?: string;
  readonly family?: string;
  /** What it learned from. */
  readonly data?: { readonly version: number };
  readonly params?: Readonly<Record<string, string>>;
  readonly metrics?: Readonly<Record<string, number>>;
  readonly tags?: Readonly<Record<string, string>>;
}

export interface VersionRecord {
  readonly model: string;
  readonly version: number;
  readonly stage: "pending" | "approved" | "rejected";
  readonly runId?: string;
  readonly metrics: Readonly<Record<string, number>>;
  readonly createdAt: number;
  readonly createdBy?: string;
}

export interface ModelDetail {
  readonly name: string;
  readonly task?: string;
  readonly description?: string;
  readonly aliases: Readonly<Record<string, number>>;
  readonly versions: readonly VersionRecord[];
}

export interface GateOutcome {
  readonly passed: boolean;
  readonly rules: readonly object[];
}

/** One line of the promotion log: who moved which alias where, and why. */
export type PromotionEntry = object;

/** What an alias pointed at over a span of time. */
export interface ServedSpan {
  readonly model: string;
  readonly alias: string;
  readonly version: number;
  readonly runId?: string;
  readonly from: number;
  readonly until?: number;
}

/** Which version of a model: `version` wins over `alias`; neither means the alias "champion". */
export interface ModelRef {
  readonly model: string;
  readonly version?: number;
  readonly alias?: string;
}

interface LabelProbability {
  readonly label: string | number;
  /** In [0, 1]. */
  readonly probability: number;
}

/** A prediction as plain JSON. */
export interface PlainPrediction {
  readonly label: string | number;
  /** Number targets: the number. Ordinal targets: the expected value. */
  readonly value?: number;
  /** Number targets whose task asks for bounds: they hold the actual number with the probability the task names. */
  readonly low?: number;
  readonly high?: number;
  /** The `topK` likeliest labels, likeliest first; absent when `topK` was not asked for or the target is a number. */
  readonly top?: readonly LabelProbability[];
  /** The same of the text alone and of the photo alone, when asked for and the model has such parts. */
  readonly parts?: {
    readonly text: readonly LabelProbability[];
    readonly image: readonly LabelProbability[];
  };
}

/** A vector of length 1 for each row. */
export interface EmbedAnswer {
  readonly model: string;
  readonly version: number;
  readonly dim: number;
  readonly embeddings: readonly Float32Array[];
}

/** Training rows like each row, with their numbers. */
export type ComparablesAnswer = serving.ComparablesResponse;

/** What moved a row's answer. */
export type ExplainAnswer = serving.ExplainResponse;

/** What somebody says a row should have been answered with. */
export type CorrectionRecord = serving.Correction;

/** How many corrections of a model count, and how many came after its champion was trained (epoch ms). */
export interface CorrectionCount {
  readonly model: string;
  readonly total: number;
  readonly sinceTraining: number;
  readonly trainedAt?: number;
}

export interface PredictAnswer {
  readonly model: string;
  readonly version: number;
  /** One id a row when logged, else []. */
  readonly ids: readonly string[];
  readonly predictions: readonly PlainPrediction[];
}

export interface ServedModelState {
  readonly model: string;
  readonly version: number;
  readonly aliases: readonly string[];
  readonly state: "LOADING" | "AVAILABLE" | "UNLOADING" | "END";
  readonly error?: string;
}

/** What serving counted since it started. */
export type ServingFigures = serving.ServingStats;

/** The parts of a model card the protocols show. */
export interface ModelCardView {
  readonly family: string;
  readonly task: {
    readonly name: string;
    readonly title?: string;
    readonly dataset?: string;
    readonly comparables?: object;
    readonly interval?: number;
    readonly target?: {
      readonly column: string;
      readonly derive?: {
        readonly kind: string;
        readonly column?: string;
        readonly levels?: number;
      };
    };
  };
  /** In probability order of the model; absent for number targets. */
  readonly labels?: readonly (string | number)[];
  readonly signature: {
    readonly inputs: readonly {
      readonly name: string;
      readonly kind: string;
      readonly required: boolean;
    }[];
    readonly output: { readonly name: string; readonly kind: "ordinal" | "class" | "number" };
  };
  readonly metrics?: Readonly<Record<string, number>>;
}

export interface PredictionRecord {
  readonly id: string;
  readonly model: string;
  readonly version: number;
  /** Epoch ms. */
  readonly at: number;
  readonly label: string | number;
  readonly value?: number;
  readonly outcome?: string | number;
}

export interface MlflowRequest {
  readonly method: string;
  /** Without host or query, as it came: "/api/2.0/mlflow/runs/create". */
  readonly path: string;
  readonly query: Readonly<Record<string, string | readonly string[]>>;
  /** Parsed JSON; for `mlflow-artifacts` uploads the bytes as they arrive; undefined when there is none. */
  readonly body: unknown;
  readonly principal: string;
}

export interface MlflowAnswer {
  readonly status: number;
  /** A plain value is sent as JSON; bytes or a stream of bytes are sent as they are. */
  readonly body: object | Uint8Array | AsyncIterable<Uint8Array>;
  /** Default "application/json", or "application/octet-stream" for bytes. */
  readonly contentType?: string;
}

/** Something that happened, for the dashboard: a job, an ingest, a promotion… "progress" is for those who listen now alone. */
export interface SoukEvent {
  readonly kind: "job" | "ingest" | "promotion" | "check" | "progress";
  readonly at: number;
  readonly data: object;
}

/** Something within a run: points of its metrics, or a step of the job that works on it. For those who watch that run. */
export interface RunNews {
  readonly kind: "run";
  readonly at: number;
  readonly data: {
    readonly run: string;
    readonly points?: readonly {
      readonly key: string;
      readonly value: number;
      readonly step: number;
      readonly timestamp: number;
    }[];
    readonly step?: JobEvent;
  };
}

export interface DoctorReport {
  readonly healthy: boolean;
  readonly findings: readonly {
    readonly name: string;
    readonly passed: boolean;
    readonly message: string;
    readonly cure?: string;
  }[];
}
