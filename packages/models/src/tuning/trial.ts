import { errorCode, errorMessage, SoukError } from "@souk/core";
import type { Outcome, Proposal } from "./sampler.ts";
import type { TrialSettings } from "./space.ts";

/** One report of a running trial: `[step, value]`. */
export type Report = readonly [step: number, value: number];

/** A trial that ended. */
export interface Trial extends Proposal {
  /** Counts from 0 in the order of starting. */
  readonly trial: number;
  readonly state: Outcome["state"];
  /** What `evaluate` returned; of a pruned trial, its last report. None when it failed. */
  readonly value?: number;
  readonly reports: readonly Report[];
  readonly seconds: number;
  readonly error?: { readonly code?: string; readonly message: string };
}

/** What a trial may know and do while it runs. */
export interface TrialContext {
  readonly trial: number;
  readonly budget?: number;
  /** The trial of the same settings with a smaller budget. */
  readonly continues?: number;
  /** Aborted when the study stops or the trial is pruned; the trial ends by throwing its reason. */
  readonly signal: AbortSignal;
  /**
   * Tells how good the trial is after `step` (an epoch, say), steps increasing. May abort the signal.
   * @throws SoukError `TUNE_REPORT` for a value that is not finite or a step that does not increase.
   */
  readonly report: (step: number, value: number) => void;
}

/** Trains and measures once; returns the metric on the validation part. */
export type Evaluate = (settings: TrialSettings, context: TrialContext) => Promise<number>;

/** A trial that was given settings and has not ended. */
export interface StartedTrial extends Proposal {
  readonly trial: number;
}

/**
 * Runs one trial to its end: done, pruned or failed.
 * @returns `undefined` when `signal` was aborted before it ended by itself: it is to be run again.
 */
export async function runTrial(
  started: StartedTrial,
  {
    evaluate,
    signal,
    onReport,
  }: {
    evaluate: Evaluate;
    signal: AbortSignal;
    /** Whether to go on after the reports so far. */
    onReport: (reports: readonly Report[]) => "continue" | "prune";
  },
): Promise<Trial | undefined> {
  const pruning = new AbortController();
  const reports: Report[] = [];
  const startedMs = performance.now();
  const ended = (rest: Pick<Trial, "state" | "value" | "error">): Trial => ({
    ...started,
    ...rest,
    reports,
    seconds: (performance.now() - startedMs) / 1000,
  });
  try {
    const value = await evaluate(started.settings, {
      trial: started.trial,
      budget: started.budget,
      continues: started.continues,
      signal: AbortSignal.any([signal, pruning.signal]),
      report(step, reported) {
        addReport(reports, [step, reported]);
        if (onReport(reports) === "prune") pruning.abort(prunedError(started.trial, step));
      },
    });
    if (!Number.isFinite(value))
      throw new SoukError("TUNE_VALUE", `expected a finite number from the trial, got ${value}`);
    return ended({ state: "done", value });
  } catch (error) {
    if (signal.aborted) return undefined;
    if (pruning.signal.aborted) return ended({ state: "pruned", value: reports.at(-1)?.[1] });
    const code = errorCode(error);
    const message = errorMessage(error).slice(0, MAX_MESSAGE);
    return ended({ state: "failed", error: code === undefined ? { message } : { code, message } });
  }
}

/** The journal keeps messages; a library may put a whole input into one. */
const MAX_MESSAGE = 2000;

function addReport(reports: Report[], [step, value]: Report): void {
  const last = reports.at(-1)?.[0] ?? -Infinity;
  if (!(Number.isFinite(value) && Number.isFinite(step) && step > last))
    throw new SoukError(
      "TUNE_REPORT",
      `expected a finite value at a step above ${last}, got ${value} at ${step}`,
    );
  reports.push([step, value]);
}

function prunedError(trial: number, step: number): SoukError {
  return new SoukError(
    "TUNE_PRUNED",
    `trial ${trial} was stopped at step ${step}: worse than most`,
  );
}
