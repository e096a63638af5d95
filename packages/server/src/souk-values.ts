import type * as lake from "@souk/lake";
import type * as serving from "@souk/serving";
import type * as models from "@souk/models";
import type * as board from "./jobs/leaderboard-table.ts";

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

export interface QuarantineEntry {
  readonly id: string;
  readonly batch: string;
  readonly line: number;
  readonly raw: string;
  readonly reasons: readonly string[];
  readonly column?: string;
}

export interface BatchUndo {
  readonly version: number;
  readonly rowsRemoved: number;
  readonly rowsRestored: number;
}

/** One side of a drift comparison: a version of the dataset, or the rows of a date column in [from, to). */
interface DriftSide {
  readonly version?: number;
  readonly period?: { readonly column: string; readonly from: string; readonly to: string };
}

export interface DriftRequest {
  readonly dataset: string;
  readonly from: DriftSide;
  readonly to: DriftSide;
  readonly columns?: readonly string[];
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

export interface TaskListing {
  readonly name: string;
  readonly title?: string;
  readonly dataset: string;
  readonly inputs: readonly { readonly column: string; readonly kind: string }[];
  readonly target: { readonly column: string; readonly kind: string };
  readonly metric: string;
  readonly baseline: string;
}

export interface TrainRequest {
  readonly task: string;
  /** One of the model families, default the task's best ("ngram" for text). */
  readonly family?: string;
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
  readonly seed?: number;
  readonly version?: number;
  /** Promote to champion when the gate passes, default true. */
  readonly promote?: boolean;
  /** Worker threads, default one a core, at most 4. The result does not depend on it unless a family is told to share weights. */
  readonly threads?: number;
  /** Id of an interrupted run to go on with from its last checkpoint. */
  readonly resume?: string;
  /** How often each correction stands among the training rows, 0 (not at all) to 100, default 1. */
  readonly correctionWeight?: number;
}

/** Which settings to search, how and with what. */
export interface TuneRequest {
  readonly task: string;
  /** Default "ngram". */
  readonly family?: string;
  /** Settings all trials share. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
  /** Settings to search, each with its range or values; default: those of the family that matter. */
  readonly space?: Readonly<Record<string, models.Narrowing>>;
  /** Default "tpe". */
  readonly sampler?: "tpe" | "random" | "grid" | "halving";
  /** Most trials, the one with the default settings included. Default 30. */
  readonly trials?: number;
  /** Trials at once, default one for two threads. */
  readonly parallel?: number;
  /** Threads of all trials together, default one a core. */
  readonly threads?: number;
  /** Memory of all trials together in MiB, default two thirds of the machine's. */
  readonly memoryMiB?: number;
  /** Stop trials that are worse than most, default true. */
  readonly prune?: boolean;
  readonly seed?: number;
  readonly version?: number;
  /** Id of a study to go on with: everything but `trials`, `parallel`, `threads` and `memoryMiB` is as it was. */
  readonly resume?: string;
  /** Id of a study of the same task and family whose trials are taken into account. */
  readonly warmStart?: string;
}

/** One trial of a study. */
type StudyTrial = models.Trial;

/** A study at a glance. */
export interface StudyListing {
  /** Also the id of the run its trials are parts of. */
  readonly id: string;
  readonly task: string;
  readonly family: string;
  readonly sampler: string;
  readonly metric: string;
  readonly direction: models.Direction;
  readonly status: string;
  /** Epoch ms. */
  readonly createdAt: number;
  readonly by: string;
  /** Most trials, and how many ended how. */
  readonly trials: {
    readonly wanted: number;
    readonly done: number;
    readonly pruned: number;
    readonly failed: number;
  };
  /** The trial with the default settings, once it is done. */
  readonly first?: StudyTrial;
  readonly best?: StudyTrial;
  /** By how much the best is better than the default on the validation rows, at least 0, in the metric's unit. */
  readonly improvement?: number;
}

/** A study with all its trials. */
export interface StudyDetail extends Omit<StudyListing, "trials"> {
  readonly counts: StudyListing["trials"];
  /** Those that ended, in the order of starting. */
  readonly trials: readonly StudyTrial[];
  /** Share of the value's variance that each setting explains alone; from 10 done trials on. */
  readonly importance?: readonly models.SettingImportance[];
  readonly space: models.SearchSpace;
  /** Settings all trials share. */
  readonly settings: Readonly<Record<string, string | number | boolean>>;
  readonly data: object;
}

export type TaskLeaderboard = board.TaskLeaderboard;

/** Which families to compare. */
export interface LeaderboardRequest {
  readonly task: string;
  /** Default: every family that can read an input of the task. */
  readonly families?: readonly string[];
  /** Train, with default settings, families that have no run on this data. */
  readonly train?: boolean;
  /** Version of the dataset, default the newest. */
  readonly version?: number;
  readonly threads?: number;
}

export interface Job {
  readonly id: string;
  readonly kind: string;
  readonly status: "queued" | "running" | "finished" | "failed" | "cancelled" | "interrupted";
  readonly by: string;
  /** Epoch ms. */
  readonly createdAt: number;
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly request: object;
  /** For a training: `{ runId, modelVersion, gate, promoted }`. */
  readonly result?: object;
  readonly runId?: string;
  readonly error?: { readonly code: string; readonly message: string };
}

export interface JobEvent {
  /** 1, 2, 3… within the job. */
  readonly sequence: number;
  readonly at: number;
  /** "phase", "progress", "metrics", "log", "status". */
  readonly kind: string;
  readonly data: object;
}

export interface RunRecord {
  readonly id: string;
  readonly status: string;
  readonly name?: string;
  /** The process that works on it, or last did. */
  readonly pid?: number;
  readonly experiment?: string;
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

/** The parts of a model card the protocols show. */
export interface ModelCardView {
  readonly family: string;
  readonly task: { readonly name: string };
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

/** Something that happened, for the dashboard: a job, an ingest, a promotion… */
export interface SoukEvent {
  readonly kind: "job" | "ingest" | "promotion" | "check";
  readonly at: number;
  readonly data: object;
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
