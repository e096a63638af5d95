import type { Clock } from "@souk/core";
import type { ColumnComparison, DatasetShape, DriftTimeline } from "@souk/lake";
import type { Accounts } from "./accounts/accounts.ts";
import type { Audit } from "./accounts/audit.ts";
import type { ForecastsNoun } from "./forecast-values.ts";
import type { PhotosNoun } from "./photos/photo-values.ts";
import type { ProductsNoun } from "./product-values.ts";
import type { QuestionsNoun, SavedQuestionsNoun } from "./question-values.ts";
import type {
  BatchUndo,
  CheckOutcome,
  ColumnBatch,
  ComparisonRequest,
  CorrectionCount,
  CorrectionRecord,
  DatasetDetail,
  DatasetListing,
  DoctorReport,
  DriftRequest,
  DryRun,
  ComparablesAnswer,
  EmbedAnswer,
  ExplainAnswer,
  GateOutcome,
  IngestOptions,
  IngestOutcome,
  IngestSource,
  ModelCardView,
  ModelDetail,
  ModelRef,
  MlflowAnswer,
  MlflowRequest,
  Page,
  PredictAnswer,
  PredictionRecord,
  PromotionEntry,
  QuarantineEntry,
  RunNews,
  RunRecord,
  ServedModelState,
  ServingFigures,
  ServedSpan,
  SoukEvent,
  SqlAnswer,
  VersionRecord,
  TimelineRequest,
} from "./souk-values.ts";
import type {
  FamilyListing,
  Job,
  JobEvent,
  LeaderboardRequest,
  TaskListing,
  TrainRequest,
  TuneRequest,
  LeaderboardsNoun,
  StudiesNoun,
} from "./training-values.ts";

/**
 * Everything the routes ask of the application, grouped by noun. `openSouk` returns an object of this shape.
 *
 * Every method either answers or throws a `SoukError`; `http/status.ts` turns its code into an HTTP status. Nothing here
 * may run long on the calling thread: ingest, training and SQL are child processes.
 */
export interface Souk {
  /** Souk's own version, shown by the probes and the OpenAPI document. */
  readonly version: string;
  readonly clock: Clock;
  readonly config: SoukHttpConfig;
  readonly accounts: Accounts;
  readonly audit: Audit;
  readonly datasets: DatasetsNoun;
  readonly photos: PhotosNoun;
  readonly products: ProductsNoun;
  readonly checks: ChecksNoun;
  readonly sql: SqlNoun;
  readonly questions: QuestionsNoun;
  readonly savedQuestions: SavedQuestionsNoun;
  readonly tasks: TasksNoun;
  readonly jobs: JobsNoun;
  readonly runs: RunsNoun;
  readonly studies: StudiesNoun;
  readonly leaderboards: LeaderboardsNoun;
  readonly models: ModelsNoun;
  readonly forecasts: ForecastsNoun;
  readonly serving: ServingNoun;
  readonly mlflow: MlflowNoun;
  readonly events: EventsNoun;
  readonly operations: OperationsNoun;
  close(): Promise<void>;
}

/** The part of `<data>/souk.json` the HTTP side reads. */
export interface SoukHttpConfig {
  /** Model of the compat route `/predict`; absent: the model of task "engagement", else the first number or ordinal model. */
  readonly defaultModel?: string;
  /** Browser origins that may call the API; absent or empty: none but the server's own. */
  readonly corsOrigins?: readonly string[];
  /** Largest upload in bytes, default 20 GiB. */
  readonly maxUploadBytes?: number;
  /** Requests a minute for one principal or address, default 6000. */
  readonly requestsPerMinute?: number;
  /** True when a proxy in front sets X-Forwarded-For, so that addresses in throttles and the audit log are the client's. */
  readonly trustProxy?: boolean;
}

export interface DatasetsNoun {
  list(): Promise<readonly DatasetListing[]>;
  /** The shapes that datasets of these names get: known ones and the shop's own, by name. */
  shapes(): readonly DatasetShape[];
  /** @throws SoukError `LAKE_NO_TABLE`, `LAKE_NO_VERSION`. */
  describe(name: string, options?: { version?: number }): Promise<DatasetDetail>;
  ingest(name: string, source: IngestSource, options?: IngestOptions): Promise<IngestOutcome>;
  dryRun(name: string, source: IngestSource, options?: IngestOptions): Promise<DryRun>;
  quarantine(
    name: string,
    options?: { limit?: number; batch?: string },
  ): Promise<readonly QuarantineEntry[]>;
  replay(
    name: string,
    options?: { ids?: readonly string[]; fixes?: Readonly<Record<string, Record<string, string>>> },
  ): Promise<IngestOutcome>;
  undo(name: string, batchId: string): Promise<BatchUndo>;
  compact(name: string): Promise<{
    readonly version: number;
    readonly filesBefore: number;
    readonly filesAfter: number;
  }>;
  vacuum(
    name: string,
    options?: { olderThanMs?: number },
  ): Promise<{ readonly filesRemoved: number }>;
  /** Facts per column of one version: an object with `columns`, as the lake's `profile` gives it. */
  profile(name: string, options?: { version?: number; signal?: AbortSignal }): Promise<object>;
  /** The lake's drift report: an object with `columns` and `verdict`. */
  drift(request: DriftRequest, options?: { signal?: AbortSignal }): Promise<object>;
  /** When did which column move. @throws SoukError `QUALITY_COLUMN`, `QUALITY_EMPTY`. */
  driftTimeline(
    request: TimelineRequest,
    options?: { signal?: AbortSignal },
  ): Promise<DriftTimeline>;
  /** @throws SoukError `QUALITY_COLUMN`, `QUALITY_EMPTY`. */
  compareColumn(
    request: ComparisonRequest,
    options?: { signal?: AbortSignal },
  ): Promise<ColumnComparison>;
}

export interface ChecksNoun {
  /** The checks kept for a dataset, [] when none were put. */
  get(dataset: string): Promise<readonly object[]>;
  /** Replaces the checks; each is validated. @throws SoukError `LAKE_CHECK_INVALID` when one is malformed. */
  put(dataset: string, checks: readonly unknown[]): Promise<readonly object[]>;
  suggest(dataset: string, options?: { signal?: AbortSignal }): Promise<readonly object[]>;
  /** Runs the kept checks and remembers the outcome. */
  run(dataset: string, options?: { signal?: AbortSignal }): Promise<CheckOutcome>;
  /** Newest first. */
  history(dataset: string, options?: { limit?: number }): Promise<readonly CheckOutcome[]>;
}

interface SqlNoun {
  run(
    sql: string,
    options?: {
      signal?: AbortSignal;
      maxRows?: number;
      versions?: Readonly<Record<string, number>>;
      limits?: { timeMs?: number; rows?: number };
    },
  ): Promise<SqlAnswer>;
}

interface TasksNoun {
  list(): readonly TaskListing[];
  /** What can learn, simplest first; `task`: what can learn that one. @throws SoukError `TASK_UNKNOWN`. */
  families(task?: string): readonly FamilyListing[];
}

/** Long work in child processes: trainings, studies and leaderboards. */
export interface JobsNoun {
  /** Starts a training and answers at once. @throws SoukError `TASK_UNKNOWN`, `JOBS_FULL`. */
  startTraining(request: TrainRequest, options: { by: string }): Promise<Job>;
  /**
   * Goes on with a training that was interrupted, cancelled or failed, on the rows it began with, and answers at once.
   * @throws SoukError `RUN_NOT_A_TRAINING`, `TRACKING_RUN_STATE`, `JOBS_FULL`.
   */
  resumeTraining(run: RunRecord, options: { by: string }): Promise<Job>;
  /**
   * Starts or goes on with a study and answers at once.
   * @throws SoukError `TASK_UNKNOWN`, `FAMILY_UNKNOWN`, `STUDY_UNKNOWN`, `TUNE_*`, `SETTING_*`, `JOBS_FULL`.
   */
  startTuning(request: TuneRequest, options: { by: string }): Promise<Job>;
  /** Measures every family of a task on the same test rows. @throws SoukError `TASK_UNKNOWN`, `FAMILY_UNKNOWN`, `JOBS_FULL`. */
  startLeaderboard(request: LeaderboardRequest, options: { by: string }): Promise<Job>;
  /** Newest first. */
  list(options?: { limit?: number }): Promise<readonly Job[]>;
  /** @throws SoukError `JOB_UNKNOWN`. */
  get(id: string): Promise<Job>;
  cancel(id: string, options: { by: string }): Promise<Job>;
  /** The newest events so far but points of curves, oldest first, default 500. @throws SoukError `JOB_UNKNOWN`. */
  log(id: string, options?: { limit?: number }): Promise<readonly JobEvent[]>;
  /**
   * What happened in a job, from event `after` + 1, then live until the job ends or `signal` aborts (ends, never throws).
   * @throws SoukError `JOB_UNKNOWN`.
   */
  events(id: string, options?: { after?: number; signal?: AbortSignal }): AsyncIterable<JobEvent>;
}

export interface RunsNoun {
  list(options?: {
    experiment?: string;
    status?: string;
    filter?: string;
    orderBy?: string;
    limit?: number;
    cursor?: string;
  }): Promise<Page<RunRecord>>;
  /** @throws SoukError `TRACKING_RUN_UNKNOWN`. */
  get(id: string): Promise<RunRecord>;
  /** Every point of one metric, or of all metrics, by step; `most`: that many of each at most, its peaks among them. */
  metrics(
    id: string,
    options?: { key?: string; most?: number },
  ): Promise<
    readonly {
      readonly key: string;
      readonly value: number;
      readonly step: number;
      readonly timestamp: number;
    }[]
  >;
  /** The evaluation report of the run, undefined when it has none. */
  report(id: string): Promise<object | undefined>;
  /** The same as a page (HTML), undefined when it has none. */
  reportPage(id: string): Promise<AsyncIterable<Uint8Array> | undefined>;
  artifacts(id: string): Promise<readonly { readonly path: string; readonly sizeBytes: number }[]>;
  /** Bytes of one artefact; `path` is checked by the callee as well. @throws SoukError when there is none. */
  artifact(id: string, path: string): Promise<AsyncIterable<Uint8Array>>;
}

export interface ModelsNoun {
  list(): Promise<readonly ModelDetail[]>;
  /** @throws SoukError `TRACKING_MODEL_UNKNOWN`. */
  get(name: string): Promise<ModelDetail>;
  approve(
    name: string,
    version: number,
    options: { by: string; reason: string },
  ): Promise<VersionRecord>;
  reject(
    name: string,
    version: number,
    options: { by: string; reason: string },
  ): Promise<VersionRecord>;
  /** What the gate says of a version against today's champion, measured on the same test rows in a child process. */
  gate(name: string, version: number): Promise<GateOutcome>;
  /** Applies the gate, then moves the alias. @throws SoukError `TRACKING_GATE_FAILED` unless `force`. */
  promote(
    name: string,
    version: number,
    options: { alias?: string; by: string; reason: string; force?: boolean },
  ): Promise<{
    readonly model: string;
    readonly version: number;
    readonly alias: string;
    readonly gate: GateOutcome;
  }>;
  rollback(
    name: string,
    options: { alias?: string; by: string; reason: string },
  ): Promise<{ readonly model: string; readonly version: number; readonly alias: string }>;
  /** Append-only promotion log, newest first; of every model when `name` is absent. */
  log(name?: string): Promise<readonly PromotionEntry[]>;
  servedAt(
    atMs: number,
    options?: { model?: string; alias?: string },
  ): Promise<readonly ServedSpan[]>;
}

export interface ServingNoun {
  /** Columns in, one prediction a row out. @throws SoukError `SERVING_MODEL_UNKNOWN`, `SERVING_OVERLOADED`, `PREDICT_INPUT`. */
  predict(
    request: ModelRef & {
      batch: ColumnBatch;
      topK?: number;
      /** Adds what the text alone and the photo alone say, where the model has such parts. */
      parts?: boolean;
      principal?: string;
      log?: boolean;
    },
  ): Promise<PredictAnswer>;
  /** A vector of length 1 for each row; nothing is stored. @throws SoukError as `predict`, `MODEL_NO_EMBEDDING`. */
  embed(request: ModelRef & { batch: ColumnBatch; signal?: AbortSignal }): Promise<EmbedAnswer>;
  /** Training rows like each row, with their numbers. @throws SoukError as `predict`, `MODEL_NO_COMPARABLES`. */
  comparables(
    request: ModelRef & { batch: ColumnBatch; most: number; signal?: AbortSignal },
  ): Promise<ComparablesAnswer>;
  /** What moved the first row's answer, or its `label`. @throws SoukError as `predict`, `PREDICT_LABEL`. */
  explain(
    request: ModelRef & { batch: ColumnBatch; label?: string | number; signal?: AbortSignal },
  ): Promise<ExplainAnswer>;
  models(): readonly ServedModelState[];
  /** @throws SoukError `SERVING_MODEL_UNKNOWN`. */
  card(model: string, ref?: { version?: number; alias?: string }): Promise<ModelCardView>;
  /** The hash each row's predictions and corrections are stored under. @throws SoukError `SERVING_MODEL_UNKNOWN`, `SERVING_INPUT`. */
  inputHashes(request: ModelRef & { batch: ColumnBatch }): Promise<readonly string[]>;
  predictionsOf(options: {
    model?: string;
    version?: number;
    inputHash?: string;
    limit?: number;
    cursor?: string;
  }): Promise<Page<PredictionRecord>>;
  /** @throws SoukError `SERVING_PREDICTION_UNKNOWN`. */
  prediction(id: string): Promise<PredictionRecord>;
  outcome(
    predictionId: string,
    outcome: { value: string | number; at?: number; by?: string },
  ): Promise<void>;
  /**
   * What a prediction should have been: its outcome, and a row of the next training. The latest correction counts.
   * @throws SoukError `SERVING_PREDICTION_UNKNOWN`, `SERVING_CORRECTION_LABEL`, `SERVING_CORRECTION_INPUT`.
   */
  correct(
    predictionId: string,
    correction: { label: string | number; by?: string },
  ): Promise<CorrectionRecord>;
  /** The same of a row that was not predicted. */
  correctRow(
    request: ModelRef & { batch: ColumnBatch; label: string | number; by?: string },
  ): Promise<CorrectionRecord>;
  /** Newest first; `history` adds those that later ones replaced. */
  corrections(options: {
    model?: string;
    since?: number;
    inputHash?: string;
    history?: boolean;
    limit?: number;
    cursor?: string;
  }): Promise<Page<CorrectionRecord>>;
  /** How many count, and how many came after the champion was trained. @throws SoukError `TRACKING_MODEL_UNKNOWN`. */
  correctionCount(model: string): Promise<CorrectionCount>;
  /** Predicts every row of a file; yields JSON Lines. */
  predictFile(
    request: ModelRef & {
      source: AsyncIterable<Uint8Array>;
      format: "jsonl" | "csv" | "tsv";
      principal?: string;
      topK?: number;
      signal?: AbortSignal;
      /** The photo a text such as `dress.jpg` in a photo input names: for files of the caller's own. */
      readPhoto?: (name: string) => Promise<Uint8Array>;
    },
  ): AsyncIterable<Uint8Array>;
  health(): { readonly ready: boolean; readonly reasons: readonly string[] };
  /** Counts, latencies, errors and, unless told otherwise, joined accuracy per model and version. */
  stats(options?: { outcomes?: boolean }): Promise<ServingFigures>;
}

interface MlflowNoun {
  handle(request: MlflowRequest): Promise<MlflowAnswer>;
}

export interface EventsNoun {
  publish(event: SoukEvent): void;
  /**
   * Called for every event after this moment, or after the event `after` as far as events are kept, with ids 1, 2, 3… of this
   * process; the returned function stops it. Listeners must not throw. `run` adds what happens in that run, without ids.
   */
  subscribe(
    listener: (event: SoukEvent | RunNews, id?: number) => void,
    options?: { after?: number; run?: string },
  ): () => void;
  /** Id of the newest event of this process; 0 before the first. */
  lastId(): number;
}

export interface OperationsNoun {
  /**
   * Writes the invented demo shop into the datasets products, images, reviews, posts and orders: every row says that it is a demo.
   * @param options.reviews how many reviews, default 20,000. @throws SoukError `DEMO_NOT_EMPTY` when a dataset has rows.
   */
  demo(options?: {
    reviews?: number;
    seed?: number;
    signal?: AbortSignal;
    onProgress?: (message: string) => void;
  }): Promise<object>;
  doctor(): Promise<DoctorReport>;
  /** Writes a consistent copy of records and blobs under `<data>/backups`; answers where. */
  backup(): Promise<{ readonly path: string; readonly sizeBytes: number }>;
  /** The finished backups under `<data>/backups`, newest first; `at` in epoch ms. */
  backups(): Promise<
    readonly { readonly name: string; readonly at: number; readonly sizeBytes: number }[]
  >;
}
