import { LatencyHistogram } from "./latency-histogram.ts";

/** Length of a slot, milliseconds. */
const SLOT_MS = 10_000;
/** How many slots are kept: ten minutes. */
const SLOTS = 60;

/** What happened over some time. Times in milliseconds; 0 when nothing was answered. */
export interface AnswerFigures {
  /** Requests answered or failed. */
  readonly requests: number;
  /** Rows answered. */
  readonly rows: number;
  /** Failed requests. */
  readonly errors: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

/** The last ten minutes of a version. */
export interface RecentFigures extends AnswerFigures {
  /** How far back it goes, milliseconds. */
  readonly windowMs: number;
  readonly slotMs: number;
  /** Slots in which something happened, oldest first; `at` is the slot's beginning in epoch ms. */
  readonly slots: readonly (AnswerFigures & { readonly at: number })[];
}

interface Slot {
  readonly at: number;
  requests: number;
  rows: number;
  errors: number;
  readonly latency: LatencyHistogram;
}

/** Requests of the last ten minutes by slots of ten seconds: at most 260 KB, constant time to record. */
export class RecentAnswers {
  /** Oldest first. */
  #slots: Slot[] = [];

  /** Counts a request that was answered at `atMs` (epoch ms) after `ms`. */
  answered({ atMs, rows, ms }: { atMs: number; rows: number; ms: number }): void {
    const slot = this.#slotAt(atMs);
    slot.requests++;
    slot.rows += rows;
    slot.latency.record(ms);
  }

  /** Counts a request that failed at `atMs`. */
  failed(atMs: number): void {
    const slot = this.#slotAt(atMs);
    slot.requests++;
    slot.errors++;
  }

  /** The ten minutes before `nowMs`. */
  figures(nowMs: number): RecentFigures {
    this.#forget(nowMs);
    const all: Slot = newSlot(nowMs);
    for (const slot of this.#slots) {
      all.requests += slot.requests;
      all.rows += slot.rows;
      all.errors += slot.errors;
      all.latency.add(slot.latency);
    }
    return {
      windowMs: SLOT_MS * SLOTS,
      slotMs: SLOT_MS,
      ...figuresOf(all),
      slots: this.#slots.map((slot) => ({ at: slot.at, ...figuresOf(slot) })),
    };
  }

  /** A clock that was set back writes into the newest slot. */
  #slotAt(atMs: number): Slot {
    const at = atMs - (atMs % SLOT_MS);
    const newest = this.#slots.at(-1);
    if (newest && newest.at >= at) return newest;
    this.#forget(atMs);
    const slot = newSlot(at);
    this.#slots.push(slot);
    return slot;
  }

  #forget(nowMs: number): void {
    this.#slots = this.#slots.filter(({ at }) => at > nowMs - SLOT_MS * SLOTS);
  }
}

function newSlot(at: number): Slot {
  return { at, requests: 0, rows: 0, errors: 0, latency: new LatencyHistogram() };
}

function figuresOf({ requests, rows, errors, latency }: Slot): AnswerFigures {
  return {
    requests,
    rows,
    errors,
    p50Ms: latency.quantile(0.5),
    p95Ms: latency.quantile(0.95),
    p99Ms: latency.quantile(0.99),
  };
}
