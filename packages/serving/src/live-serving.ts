import { type Clock, createId, errorCode, errorMessage, systemClock } from "@souk/core";
import type { ColumnBatch, ModelCard } from "@souk/models";
import { type FileCounts, predictRecords } from "./file/predict-file.ts";
import { Batcher } from "./inference/batcher.ts";
import { Corrector } from "./corrector.ts";
import { type CallOptions, DirectCalls } from "./inference/direct-calls.ts";
import { decodeBlocks, type PlainPrediction } from "./inference/encoding.ts";
import { InferencePool } from "./inference/pool.ts";
import type { EncodedPredictions } from "./inference/protocol.ts";
import { checkInputs, describeRows } from "./inputs.ts";
import type { Correction, CorrectionPage } from "./log/correction.ts";
import { Corrections } from "./log/corrections.ts";
import type { Outcome, OutcomeValue } from "./log/outcome.ts";
import { predictionEntries } from "./log/prediction-entries.ts";
import { PredictionLog, type PredictionPage } from "./log/prediction-log.ts";
import type { LoggedPrediction } from "./log/prediction-row.ts";
import { OpenWork } from "./open-work.ts";
import { type CompleteOptions, type ServingOptions, withDefaults } from "./options.ts";
import { Looks } from "./looks.ts";
import { PhotoKeeper } from "./photo-keeper.ts";
import type {
  ComparablesResponse,
  EmbedResponse,
  ExplainResponse,
  LookRequest,
  ModelRef,
  PredictFileRequest,
  PredictRequest,
  PredictResponse,
  Serving,
} from "./serving.ts";
import { type ServingStats, VersionCounters } from "./statistics.ts";
import type { ServedModel } from "./versions/live-version.ts";
import { type AvailableVersion, LiveVersions } from "./versions/live-versions.ts";

/** Batches of a file under way per thread: one computing, one waiting. */
const FILE_BATCHES_PER_WORKER = 2;
const PURGE_EVERY_MS = 3_600_000;

/**
 * Opens serving over a registry: starts the inference threads, loads and warms what aliases point to, and keeps
 * following the registry every `pollMs`. A version that cannot load does not stop the others: `health` names it.
 *
 * @throws SoukError `SERVING_OPTIONS`, `SERVING_WORKER_CRASHED` when threads cannot start, or the store's or registry's own error.
 */
export async function openServing(options: ServingOptions): Promise<Serving> {
  const serving = new LiveServing(options);
  try {
    await serving.open();
  } catch (cause) {
    await serving.close();
    throw cause;
  }
  return serving;
}

class LiveServing implements Serving {
  readonly #options: CompleteOptions;
  readonly #clock: Clock;
  readonly #pool: InferencePool;
  readonly #batcher: Batcher;
  readonly #versions: LiveVersions;
  readonly #log: PredictionLog;
  readonly #corrections: Corrections;
  readonly #calls: DirectCalls;
  readonly #photos: PhotoKeeper;
  readonly #looks: Looks;
  readonly #corrector: Corrector;
  readonly #counters: VersionCounters;
  readonly #work = new OpenWork();
  #timer: NodeJS.Timeout | undefined;
  #pollError: string | undefined;
  #isOpen = false;
  #closing: Promise<void> | undefined;
  #purgedAtMs = -Infinity;

  constructor(options: ServingOptions) {
    this.#options = withDefaults(options);
    this.#clock = options.clock ?? systemClock;
    this.#counters = new VersionCounters(this.#clock);
    const { workers, workerMemoryMb, imagesDirectory, batching, policy, log } = this.#options;
    this.#pool = new InferencePool(
      {
        workers,
        ...(workerMemoryMb !== undefined && { memoryMb: workerMemoryMb }),
        ...(imagesDirectory !== undefined && { imagesDirectory }),
      },
      {
        onIdle: () => this.#batcher.dispatchSoon(),
        onLost: (key, error) => {
          this.#versions.lose(key, error);
          this.#batcher.drop(key, error);
        },
      },
    );
    this.#batcher = new Batcher(this.#pool, batching, (key, rows) =>
      this.#counters.get(key)?.batch(rows),
    );
    this.#versions = new LiveVersions(
      { registry: options.registry, blobs: options.blobs, host: this.#pool, clock: this.#clock },
      policy,
    );
    this.#log = new PredictionLog(options.store, {
      clock: this.#clock,
      durability: log.durability,
    });
    this.#corrections = new Corrections(options.store, { clock: this.#clock });
    this.#calls = new DirectCalls(this.#pool);
    this.#photos = new PhotoKeeper(this.#calls);
    this.#looks = new Looks(this.#versions, this.#calls);
    this.#corrector = new Corrector({
      log: this.#log,
      corrections: this.#corrections,
      card: ({ model, ...ref }) => this.card(model, ref),
      keepPhotos: (batch, options) => this.#keepPhotos(batch, options),
    });
  }

  async open(): Promise<void> {
    await this.#log.migrate();
    await this.#pool.ready();
    await this.#versions.refresh();
    this.#isOpen = true;
    this.#planPoll();
  }

  predict(request: PredictRequest): Promise<PredictResponse> {
    return this.#counted(request, { isPatient: false });
  }

  async *predictFile(request: PredictFileRequest): AsyncGenerator<Uint8Array, FileCounts> {
    const live = await this.#work.run(() => this.#versions.lease(request.model, request));
    const { workers, batching } = this.#options;
    const { topK, principal, log, signal, readPhoto } = request;
    const options = { model: live.model, version: live.version, topK, principal, log, signal };
    try {
      return yield* predictRecords(
        request.source,
        (batch) => this.#counted({ ...options, batch }, { isPatient: true }),
        {
          format: request.format,
          signature: live.card.signature,
          batchRows: batching.maxRows,
          ...(readPhoto && { readPhoto }),
          window: workers * FILE_BATCHES_PER_WORKER,
          ...(request.onProgress && { onProgress: request.onProgress }),
        },
      );
    } finally {
      this.#versions.release(live);
    }
  }

  models(): ServedModel[] {
    return this.#versions.list();
  }

  async card(model: string, ref: Omit<ModelRef, "model"> = {}): Promise<ModelCard> {
    return this.#work.run(async () => {
      const live = await this.#versions.lease(model, ref);
      this.#versions.release(live);
      return live.card;
    });
  }

  embed(request: LookRequest): Promise<EmbedResponse> {
    return this.#work.run(() => this.#looks.embed(request, this.#callOptions(request)));
  }

  comparables(request: LookRequest & { most: number }): Promise<ComparablesResponse> {
    return this.#work.run(() => this.#looks.comparables(request, this.#callOptions(request)));
  }

  explain(request: LookRequest & { label?: string | number }): Promise<ExplainResponse> {
    return this.#work.run(() => this.#looks.explain(request, this.#callOptions(request)));
  }

  correct(
    predictionId: string,
    correction: { label: OutcomeValue; by?: string },
  ): Promise<Correction> {
    return this.#work.run(() => this.#corrector.ofPrediction(predictionId, correction));
  }

  correctRow(request: LookRequest & { label: OutcomeValue; by?: string }): Promise<Correction> {
    return this.#work.run(() => this.#corrector.ofRow(request, this.#callOptions(request)));
  }

  corrections(filter?: Parameters<Serving["corrections"]>[0]): Promise<CorrectionPage> {
    return this.#corrections.page(filter);
  }

  correctionCount(filter: Parameters<Serving["correctionCount"]>[0]): Promise<number> {
    return this.#corrections.count(filter);
  }

  outcome(
    predictionId: string,
    { value, at, by }: { value: OutcomeValue; at?: number; by?: string },
  ): Promise<void> {
    return this.#log.outcome(predictionId, value, { at, by });
  }

  outcomes(predictionId: string): Promise<Outcome[]> {
    return this.#log.outcomes(predictionId);
  }

  prediction(id: string): Promise<LoggedPrediction> {
    return this.#log.get(id);
  }

  predictionsOf(filter?: Parameters<Serving["predictionsOf"]>[0]): Promise<PredictionPage> {
    return this.#log.page(filter);
  }

  async inputHashes({ batch, model, ...ref }: LookRequest): Promise<string[]> {
    const { signature } = await this.card(model, ref);
    return describeRows(checkInputs(batch, signature)).map(({ hash }) => hash);
  }

  purgePredictions(beforeMs: number): Promise<number> {
    return this.#log.purge(beforeMs);
  }

  async refresh(): Promise<void> {
    await this.#work.run(() => this.#versions.refresh({ force: true }));
    this.#pollError = undefined;
  }

  health(): { ready: boolean; reasons: string[] } {
    const { alive, workers } = this.#pool.state;
    const reasons = this.#versions.problems();
    if (this.#work.isClosing) reasons.push("serving is closing");
    else if (!this.#isOpen) reasons.push("serving is opening");
    if (alive < workers) reasons.push(`${alive} of ${workers} inference threads are alive`);
    if (this.#pollError !== undefined)
      reasons.push(`the registry cannot be read: ${this.#pollError}`);
    return { ready: this.#isOpen && !this.#work.isClosing && alive > 0, reasons };
  }

  async stats({ outcomes = true } = {}): Promise<ServingStats> {
    const summaries = outcomes ? await this.#log.summaries() : [];
    for (const { model, version } of summaries) this.#counters.of({ model, version });
    return {
      workers: this.#pool.state,
      versions: [...this.#counters].map(([key, counter]) =>
        counter.summary(
          this.#batcher.depth(key),
          summaries.find((s) => s.model === counter.model && s.version === counter.version),
        ),
      ),
    };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#work.close();
    await this.#log.close();
    await this.#pool.close();
  }

  /** Answers a request and counts how it went. A patient one, of a file, waits however full the queue is. */
  #counted(request: PredictRequest, options: { isPatient: boolean }): Promise<PredictResponse> {
    return this.#work.run(async () => {
      const startMs = performance.now();
      const live = await this.#versions.lease(request.model, request);
      const counter = this.#counters.of(live);
      try {
        const answer = await this.#answer(live, request, { ...options, startMs });
        counter.answered(answer.predictions.length, performance.now() - startMs);
        return answer;
      } catch (error) {
        counter.failed(errorCode(error) ?? "UNKNOWN");
        throw error;
      } finally {
        this.#versions.release(live);
      }
    });
  }

  async #answer(
    live: AvailableVersion,
    request: PredictRequest,
    { isPatient, startMs }: { isPatient: boolean; startMs: number },
  ): Promise<PredictResponse> {
    const checked = checkInputs(request.batch, live.card.signature);
    const isKept = request.log !== false && this.#options.log.keepInputs;
    const batch = isKept ? await this.#keepPhotos(checked, this.#callOptions(request)) : checked;
    const blocks = await this.#score(live, { request, batch, isPatient });
    const predictions = decodeBlocks(blocks, { topK: request.topK, classLabels: live.card.labels });
    const { model, version } = live;
    if (request.log === false) return { model, version, ids: [], predictions };
    const ids = predictions.map(() => createId("pred", this.#clock));
    await this.#store(live, { request, batch, ids, predictions, startMs });
    return { model, version, ids, predictions };
  }

  /** Rows in batches with those of others; when the parts of a model are asked for, by themselves. */
  async #score(
    live: AvailableVersion,
    {
      request,
      batch,
      isPatient,
    }: { request: PredictRequest; batch: ColumnBatch; isPatient: boolean },
  ): Promise<EncodedPredictions[]> {
    const options = this.#callOptions(request);
    if (request.parts === true && live.card.signature.inputs.some(({ kind }) => kind === "image")) {
      const parts = { partsTopK: request.topK ?? 0 };
      return [
        await this.#calls.run(
          live.key,
          (thread) => thread.predict(live.key, batch, parts),
          options,
        ),
      ];
    }
    return this.#batcher.submit(live.key, batch, {
      isPatient,
      ...(!isPatient && { deadlineMs: options.deadlineMs }),
      ...(request.signal && { signal: request.signal }),
    });
  }

  /** Photos of a request into the photo store, when there is one. */
  #keepPhotos(batch: ColumnBatch, options: CallOptions): Promise<ColumnBatch> {
    if (this.#options.imagesDirectory === undefined) return Promise.resolve(batch);
    return this.#photos.keep(batch, options);
  }

  #callOptions({ deadlineMs, signal }: Pick<LookRequest, "deadlineMs" | "signal">): CallOptions {
    const most = deadlineMs ?? this.#options.deadlineMs;
    return { deadlineMs: most, ...(signal && { signal }) };
  }

  #store(
    live: AvailableVersion,
    answer: {
      request: PredictRequest;
      batch: ColumnBatch;
      ids: readonly string[];
      predictions: readonly PlainPrediction[];
      startMs: number;
    },
  ): Promise<void> {
    const entries = predictionEntries(live, {
      ...answer,
      principal: answer.request.principal,
      log: this.#options.log,
      latencyMs: performance.now() - answer.startMs,
      atMs: this.#clock.now(),
    });
    return this.#log.append(entries);
  }

  #planPoll(): void {
    const { pollMs } = this.#options;
    if (pollMs <= 0 || this.#work.isClosing) return;
    this.#timer = setTimeout(() => void this.#poll().then(() => this.#planPoll()), pollMs).unref();
  }

  /** Follows the registry and removes what is too old. What goes wrong shows in `health` and is tried again. */
  async #poll(): Promise<void> {
    if (this.#work.isClosing) return;
    try {
      await this.#work.run(async () => {
        await this.#versions.refresh();
        await this.#purgeOld();
      });
      this.#pollError = undefined;
    } catch (cause) {
      this.#pollError = errorMessage(cause);
    }
  }

  async #purgeOld(): Promise<void> {
    const { retentionMs } = this.#options.log;
    const now = this.#clock.now();
    if (retentionMs === undefined || now - this.#purgedAtMs < PURGE_EVERY_MS) return;
    this.#purgedAtMs = now;
    await this.#log.purge(now - retentionMs);
  }
}
