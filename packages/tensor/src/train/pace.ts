/** How fast a training goes: steps per call, rows per second, time left. */

/** What crosses between the runtime and JavaScript is copied once per call: about this long for each byte. */
const COPY_MS_PER_BYTE = 0.6 / 2 ** 20;
/** Messages to and from the engine's thread, per call. */
const CALL_MS = 0.3;
/** Share of the time that copying may take. */
const COPY_SHARE = 0.02;
/** A call should not be longer, so that events and cancelling stay quick… */
const QUICK_CALL_MS = 250;
/** …but where much is carried it may be this long: an embedding of 28,000 x 300 with its moments is copied in 60 ms. */
const LONGEST_CALL_MS = 2_000;
/** Batches of one call may not take more memory than this. */
const STACK_BYTES = 64 * 2 ** 20;
const MOST_STEPS = 1024;

/** Chooses how many steps share a call, from how long they take. */
export class CallLength {
  readonly #overheadMs: number;
  readonly #memoryLimit: number;
  #stepMs: number | undefined;

  /** @param size `carriedBytes` come back with every call; `stepBytes` is what the batches of a step take. */
  constructor({ carriedBytes, stepBytes }: { carriedBytes: number; stepBytes: number }) {
    this.#overheadMs = CALL_MS + carriedBytes * COPY_MS_PER_BYTE;
    this.#memoryLimit = Math.max(1, Math.floor(STACK_BYTES / Math.max(1, stepBytes)));
  }

  /** Steps for the next call: one until the first was measured. */
  get steps(): number {
    if (this.#stepMs === undefined) return 1;
    const wanted = Math.ceil(this.#overheadMs / (COPY_SHARE * this.#stepMs));
    const longestMs = Math.min(
      LONGEST_CALL_MS,
      Math.max(QUICK_CALL_MS, this.#overheadMs / COPY_SHARE),
    );
    const longest = Math.max(1, Math.floor((longestMs - this.#overheadMs) / this.#stepMs));
    return Math.min(wanted, longest, this.#memoryLimit, MOST_STEPS);
  }

  /** Takes in how long a call of `steps` took. */
  measured(steps: number, ms: number): void {
    const stepMs = Math.max(0.01, (ms - this.#overheadMs) / steps);
    this.#stepMs = this.#stepMs === undefined ? stepMs : 0.7 * this.#stepMs + 0.3 * stepMs;
  }
}

/** Rows per second and time left, smoothed over the last calls. */
export class Rate {
  #msPerStep = 0;
  #rowsPerMs = 0;
  #last: number;

  /** @param now milliseconds on a clock that only rises. */
  constructor(now: number) {
    this.#last = now;
  }

  /** Takes in that a call has ended. */
  measured({ now, steps, rows }: { now: number; steps: number; rows: number }): void {
    const ms = Math.max(0.001, now - this.#last);
    this.#last = now;
    const first = this.#msPerStep === 0;
    this.#msPerStep = first ? ms / steps : 0.8 * this.#msPerStep + (0.2 * ms) / steps;
    this.#rowsPerMs = first ? rows / ms : 0.8 * this.#rowsPerMs + (0.2 * rows) / ms;
  }

  /** Time that was not spent on steps (a validation, a pause) does not count. */
  pause(now: number): void {
    this.#last = now;
  }

  get rowsPerSecond(): number {
    return this.#rowsPerMs * 1000;
  }

  /** Milliseconds that so many more steps take. */
  etaMs(steps: number): number {
    return steps * this.#msPerStep;
  }
}
