/** Buckets per doubling: the reported time is within 2^(1/32) - 1 = 2.2 % of the true one. */
const PER_OCTAVE = 16;
const SMALLEST_MS = 0.001;
const OCTAVES = 34;

/** Upper bounds, in milliseconds, of the cumulative counts that monitoring reads. */
export const latencyBoundsMs: readonly number[] = [
  0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000,
];

/** What a histogram says. Times in milliseconds; 0 when nothing was recorded. */
export interface LatencySummary {
  readonly count: number;
  readonly sumMs: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Cumulative: how many took at most `leMs`. */
  readonly buckets: readonly { readonly leMs: number; readonly count: number }[];
}

/**
 * Durations in logarithmic buckets from 1 µs to about five hours: 4 KB, constant time to record, quantiles within 2.2 %.
 *
 * Source: the idea of G. Tene's HdrHistogram, with equal ratios instead of equal digits.
 */
export class LatencyHistogram {
  readonly #counts = new Float64Array(PER_OCTAVE * OCTAVES + 1);
  readonly #cumulative = new Float64Array(latencyBoundsMs.length);
  #count = 0;
  #sumMs = 0;
  #maxMs = 0;

  /** Counts one duration. */
  record(ms: number): void {
    const bucket = Math.ceil(Math.log2(Math.max(ms, SMALLEST_MS) / SMALLEST_MS) * PER_OCTAVE);
    this.#counts[Math.min(bucket, this.#counts.length - 1)]! += 1;
    this.#count++;
    this.#sumMs += ms;
    this.#maxMs = Math.max(this.#maxMs, ms);
    const bound = latencyBoundsMs.findIndex((le) => ms <= le);
    if (bound >= 0) this.#cumulative[bound]! += 1;
  }

  /** Counts all durations of another histogram too. */
  add(other: LatencyHistogram): void {
    for (const [bucket, count] of other.#counts.entries()) this.#counts[bucket]! += count;
    for (const [bound, count] of other.#cumulative.entries()) this.#cumulative[bound]! += count;
    this.#count += other.#count;
    this.#sumMs += other.#sumMs;
    this.#maxMs = Math.max(this.#maxMs, other.#maxMs);
  }

  /** The duration that a share `q` in [0, 1] of the recorded ones does not exceed; 0 when empty. */
  quantile(q: number): number {
    if (this.#count === 0) return 0;
    const wanted = Math.max(1, Math.ceil(q * this.#count));
    let seen = 0;
    for (let bucket = 0; bucket < this.#counts.length; bucket++) {
      seen += this.#counts[bucket]!;
      if (seen >= wanted) return Math.min(this.#maxMs, middleOf(bucket));
    }
    return this.#maxMs;
  }

  /** Everything at once, as plain values. */
  summary(): LatencySummary {
    let below = 0;
    return {
      count: this.#count,
      sumMs: this.#sumMs,
      p50Ms: this.quantile(0.5),
      p90Ms: this.quantile(0.9),
      p95Ms: this.quantile(0.95),
      p99Ms: this.quantile(0.99),
      maxMs: this.#maxMs,
      buckets: latencyBoundsMs.map((leMs, i) => ({ leMs, count: (below += this.#cumulative[i]!) })),
    };
  }
}

/** Geometric middle of a bucket. */
function middleOf(bucket: number): number {
  return SMALLEST_MS * 2 ** ((bucket - (bucket === 0 ? 0 : 0.5)) / PER_OCTAVE);
}
