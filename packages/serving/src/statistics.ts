import type { Clock } from "@souk/core";
import { LatencyHistogram, type LatencySummary } from "./latency-histogram.ts";
import type { OutcomeSummary } from "./log/prediction-log.ts";
import { RecentAnswers, type RecentFigures } from "./recent-answers.ts";

/** Upper bounds of the batch size counts, rows. */
export const batchBounds: readonly number[] = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

/** What one version did since serving was opened. */
export interface VersionStats {
  readonly model: string;
  readonly version: number;
  /** Requests answered or failed. */
  readonly requests: number;
  /** Rows answered. */
  readonly rows: number;
  /** Failed requests by error code. */
  readonly errors: Readonly<Record<string, number>>;
  /** Batches sent to the threads: how many, and cumulative counts of those with at most `leRows` rows. */
  readonly batches: {
    readonly count: number;
    readonly rows: number;
    readonly sizes: readonly { readonly leRows: number; readonly count: number }[];
  };
  /** From request to durable answer. */
  readonly latency: LatencySummary;
  /** The last ten minutes. */
  readonly recent: RecentFigures;
  /** What waits for a thread now. */
  readonly queue: { readonly parts: number; readonly rows: number };
  /** Over the predictions whose outcome is known, when there are any. */
  readonly outcomes?: OutcomeSummary;
}

/** Everything counted since serving was opened. */
export interface ServingStats {
  readonly workers: { readonly alive: number; readonly workers: number; readonly restarts: number };
  readonly versions: readonly VersionStats[];
}

/** Counts one version's requests. */
class VersionCounter {
  readonly latency = new LatencyHistogram();
  readonly model: string;
  readonly version: number;
  requests = 0;
  rows = 0;
  readonly errors = new Map<string, number>();
  #batches = 0;
  #batchRows = 0;
  readonly #recent = new RecentAnswers();
  readonly #clock: Clock;
  readonly #sizes = new Float64Array(batchBounds.length);

  constructor({ model, version }: { model: string; version: number }, clock: Clock) {
    this.model = model;
    this.version = version;
    this.#clock = clock;
  }

  answered(rows: number, ms: number): void {
    this.requests++;
    this.rows += rows;
    this.latency.record(ms);
    this.#recent.answered({ atMs: this.#clock.now(), rows, ms });
  }

  failed(code: string): void {
    this.requests++;
    this.errors.set(code, (this.errors.get(code) ?? 0) + 1);
    this.#recent.failed(this.#clock.now());
  }

  batch(rows: number): void {
    this.#batches++;
    this.#batchRows += rows;
    const bound = batchBounds.findIndex((le) => rows <= le);
    if (bound >= 0) this.#sizes[bound]! += 1;
  }

  summary(queue: VersionStats["queue"], outcomes: OutcomeSummary | undefined): VersionStats {
    let below = 0;
    return {
      model: this.model,
      version: this.version,
      requests: this.requests,
      rows: this.rows,
      errors: Object.fromEntries(this.errors),
      batches: {
        count: this.#batches,
        rows: this.#batchRows,
        sizes: batchBounds.map((leRows, i) => ({ leRows, count: (below += this.#sizes[i]!) })),
      },
      latency: this.latency.summary(),
      recent: this.#recent.figures(this.#clock.now()),
      queue,
      ...(outcomes && { outcomes }),
    };
  }
}

/** The counter of every version that was asked anything, by `model@version`. */
export class VersionCounters implements Iterable<readonly [string, VersionCounter]> {
  readonly #counters = new Map<string, VersionCounter>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The version's counter, a new one the first time. */
  of({ model, version }: { model: string; version: number }): VersionCounter {
    const key = `${model}@${version}`;
    const counter = this.#counters.get(key) ?? new VersionCounter({ model, version }, this.#clock);
    this.#counters.set(key, counter);
    return counter;
  }

  get(key: string): VersionCounter | undefined {
    return this.#counters.get(key);
  }

  [Symbol.iterator](): Iterator<readonly [string, VersionCounter]> {
    return this.#counters.entries();
  }
}
