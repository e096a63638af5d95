import { canonicalJson, sha256, SoukError } from "@souk/core";
import { type Capacity, createCapacity, type Resources } from "./capacity.ts";
import { openJournal, readJournal } from "./journal.ts";
import type { Direction, JournalHeader } from "./journal-line.ts";
import { createLedger, type Ledger } from "./ledger.ts";
import { isBelowMedian, type Pruning } from "./pruning.ts";
import type { Sampler } from "./sampler.ts";
import { fitsSpace, type SearchSpace } from "./space.ts";
import { type Evaluate, runTrial, type StartedTrial, type Trial } from "./trial.ts";

/** What happens in a study. */
export type StudyEvent =
  | ({ readonly kind: "started" } & StartedTrial)
  | {
      readonly kind: "report";
      readonly trial: number;
      readonly step: number;
      readonly value: number;
    }
  | { readonly kind: "ended"; readonly trial: Trial; readonly best: Trial | undefined };

/** What to search, how, and where to write it down. */
export interface StudyOptions {
  readonly space: SearchSpace;
  /** Fresh: a resumed study replays its journal into it. */
  readonly sampler: Sampler;
  readonly direction: Direction;
  /** Most trials, those of the journal included; more than the journal has: it goes on. */
  readonly trials: number;
  /** Most trials at once. Default 1. */
  readonly parallel?: number;
  /** What all running trials may take together; a trial waits until it fits. */
  readonly capacity?: Resources;
  /** What a trial takes. Default: nothing. */
  readonly need?: (trial: StartedTrial) => Resources;
  readonly evaluate: Evaluate;
  /** Stop trials that are worse than most at the same step. Default: none is stopped. */
  readonly prune?: Pruning;
  /** Path of the journal, created if absent; a study that was killed goes on from it. */
  readonly journal?: string;
  /** Trials of earlier studies in the same direction; those that do not fit the space are left out. */
  readonly warmStart?: readonly Trial[];
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: StudyEvent) => void;
}

/** A finished study. */
export interface StudyResult {
  readonly direction: Direction;
  /** In the order of starting. */
  readonly trials: readonly Trial[];
  /** Best of those done with the largest budget; ties: the earliest. */
  readonly best: Trial;
}

/**
 * Runs trials until there are `trials` of them or the sampler has no more. A trial that throws has failed and the study
 * goes on. Killed at any moment and called again with the same options and `journal`, it keeps every trial that ended
 * and runs those again that had not; with `parallel` 1 and an `evaluate` that depends on the settings alone, the trials
 * are those of a study that was never killed.
 * @throws SoukError `TUNE_TRIALS`, `TUNE_CAPACITY`, `TUNE_JOURNAL`, `TUNE_JOURNAL_OTHER`, `TUNE_ALL_FAILED`; the
 * signal's reason when aborted, after every running trial ended.
 */
export async function runStudy(options: StudyOptions): Promise<StudyResult> {
  const { direction, trials, capacity: limit, need, parallel = 1, signal } = options;
  if (!(Number.isSafeInteger(trials) && trials >= 1))
    throw new SoukError("TUNE_TRIALS", `expected at least 1 trial, got ${trials}`);
  const capacity = createCapacity({ parallel, limit, need });
  const stop = new AbortController();
  const stopped = AbortSignal.any([stop.signal, ...(signal === undefined ? [] : [signal])]);
  const journal =
    options.journal === undefined
      ? undefined
      : await openJournal(options.journal, headerOf(options));
  try {
    const ledger = createLedger(options, journal);
    await runAll(ledger, { options, capacity, stop, stopped });
    return resultOf(direction, ledger.ended);
  } finally {
    await journal?.close();
  }
}

/** The trials that ended in a study's journal, for a table, importances or a warm start. @throws SoukError `TUNE_JOURNAL`. */
export async function readStudy(
  path: string,
): Promise<{ direction: Direction; trials: readonly Trial[] }> {
  const { header, lines } = await readJournal(path);
  const trials = lines.flatMap((line) => {
    if (line.kind !== "end") return [];
    const { kind: _, ...trial } = line;
    return [trial];
  });
  return { direction: header.direction, trials: trials.sort((a, b) => a.trial - b.trial) };
}

interface Run {
  readonly options: StudyOptions;
  readonly capacity: Capacity;
  readonly stop: AbortController;
  readonly stopped: AbortSignal;
}

/** Starts what fits, waits for an end, until nothing is left; on an error stops the others and waits for them. */
async function runAll(ledger: Ledger, run: Run): Promise<void> {
  const running = new Set<Promise<void>>();
  try {
    for (;;) {
      run.stopped.throwIfAborted();
      // Not asked before there is room: the sampler should know of every trial that ended.
      const next = run.capacity.isFull() ? undefined : ledger.peek();
      if (next !== undefined && run.capacity.fits(next)) {
        const task = runOne(ledger, ledger.take(), run);
        const tracked = task.finally(() => running.delete(tracked));
        running.add(tracked);
      } else if (running.size > 0) await Promise.race(running);
      else return;
    }
  } catch (error) {
    run.stop.abort(error);
    throw error;
  } finally {
    await Promise.allSettled(running);
  }
}

async function runOne(ledger: Ledger, started: StartedTrial, run: Run): Promise<void> {
  const { capacity, stopped, options } = run;
  const { onEvent = () => {}, prune, evaluate, direction } = options;
  const sign = direction === "minimise" ? 1 : -1;
  capacity.take(started);
  try {
    onEvent({ kind: "started", ...started });
    const trial = await runTrial(started, {
      evaluate,
      signal: stopped,
      onReport(reports) {
        const [step, value] = reports[reports.length - 1];
        onEvent({ kind: "report", trial: started.trial, step, value });
        const done = ledger.ended.filter((one) => one.state === "done");
        const worse = prune !== undefined && isBelowMedian(reports, done, { ...prune, sign });
        return worse ? "prune" : "continue";
      },
    });
    if (trial === undefined) return;
    await ledger.end(trial);
    onEvent({ kind: "ended", trial, best: bestTrial(direction, ledger.ended) });
  } finally {
    capacity.give(started);
  }
}

function headerOf({
  space,
  sampler,
  direction,
  prune,
  warmStart = [],
}: StudyOptions): JournalHeader {
  const past = warmStart.filter((trial) => fitsSpace(space, trial.settings));
  const identity = { space, sampler: sampler.description, direction, prune, past };
  return { kind: "study", format: 1, direction, mark: sha256(canonicalJson(identity)) };
}

function resultOf(direction: Direction, ended: readonly Trial[]): StudyResult {
  const trials = ended.toSorted((a, b) => a.trial - b.trial);
  const best = bestTrial(direction, trials);
  if (best !== undefined) return { direction, trials, best };
  const reason = trials.find((trial) => trial.error !== undefined)?.error?.message ?? "none ran";
  throw new SoukError(
    "TUNE_ALL_FAILED",
    `expected at least one trial to be done, got ${trials.length} that were not; the first: ${reason}`,
  );
}

/** The best of the done trials with the largest budget; ties: the earliest. */
export function bestTrial(direction: Direction, trials: readonly Trial[]): Trial | undefined {
  const sign = direction === "minimise" ? 1 : -1;
  const order = (trial: Trial): [number, number, number] => [
    -(trial.budget ?? Infinity),
    sign * (trial.value ?? Infinity),
    trial.trial,
  ];
  return trials.filter((trial) => trial.state === "done").sort(byOrder(order))[0];
}

function byOrder(order: (trial: Trial) => readonly number[]): (a: Trial, b: Trial) => number {
  return (a, b) => {
    const [left, right] = [order(a), order(b)];
    const i = left.findIndex((value, at) => value !== right[at]);
    return i < 0 ? 0 : left[i] < right[i] ? -1 : 1;
  };
}
