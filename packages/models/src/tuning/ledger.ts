import { canonicalJson, SoukError } from "@souk/core";
import type { Journal } from "./journal.ts";
import type { Direction, JournalLine } from "./journal-line.ts";
import type { Sampler } from "./sampler.ts";
import { fitsSpace, type SearchSpace } from "./space.ts";
import type { StartedTrial, Trial } from "./trial.ts";

/** Which trials ended, which come next: the sampler and the journal in step. */
export interface Ledger {
  /** Those that ended, in the order of ending. */
  readonly ended: readonly Trial[];
  /** The trial to start next, from here on in the journal; `undefined` while or because there is none. */
  peek(): StartedTrial | undefined;
  /** Takes the trial of `peek` out. */
  take(): StartedTrial;
  /** Takes in how a trial ended; resolves when that is on the disk. */
  end(trial: Trial): Promise<void>;
}

/**
 * A line is written in the same turn as the sampler is asked or told, so the journal has the order of the calls.
 * Tells the sampler the warm start and replays the journal into it; trials that started and did not end come first.
 * @throws SoukError `TUNE_JOURNAL_OTHER` when the sampler does not propose what the journal says it did,
 * `TUNE_JOURNAL` for an end without a start.
 */
export function createLedger(
  {
    space,
    sampler,
    direction,
    trials,
    warmStart = [],
  }: {
    space: SearchSpace;
    sampler: Sampler;
    direction: Direction;
    trials: number;
    warmStart?: readonly Trial[];
  },
  journal?: Journal,
): Ledger {
  for (const trial of warmStart)
    if (fitsSpace(space, trial.settings)) tell(sampler, direction, { ...trial, trial: undefined });
  const replayed = replay(journal?.lines ?? [], { sampler, direction });
  const waiting = [...replayed.unfinished];
  const ended = [...replayed.ended];
  let asked = replayed.started;

  function start(trial: StartedTrial): void {
    waiting.push(trial);
    // A failed write makes every later one fail, so the end of a trial reports it.
    journal?.append({ kind: "start", ...trial }).catch(() => {});
  }

  function peek(): StartedTrial | undefined {
    if (waiting.length === 0 && asked < trials) {
      const proposal = sampler.ask(asked);
      if (typeof proposal !== "string") start({ trial: asked++, ...proposal });
    }
    return waiting[0];
  }

  return {
    ended,
    peek,
    take() {
      const next = peek();
      waiting.shift();
      if (next === undefined) throw new RangeError("take() before peek() gave a trial");
      return next;
    },
    async end(trial) {
      ended.push(trial);
      tell(sampler, direction, trial);
      await journal?.append({ kind: "end", ...trial });
    },
  };
}

function replay(
  lines: readonly JournalLine[],
  { sampler, direction }: { sampler: Sampler; direction: Direction },
): { started: number; ended: Trial[]; unfinished: StartedTrial[] } {
  const open = new Map<number, StartedTrial>();
  const ended: Trial[] = [];
  let started = 0;
  for (const { kind, ...trial } of lines) {
    if (kind === "start") {
      const proposal = sampler.ask(started);
      const expected = typeof proposal === "string" ? proposal : { trial: started, ...proposal };
      if (canonicalJson(expected) !== canonicalJson(trial)) throw differs(trial, expected);
      open.set(started++, trial);
    } else if ("state" in trial && open.delete(trial.trial)) {
      ended.push(trial);
      tell(sampler, direction, trial);
    } else throw new SoukError("TUNE_JOURNAL", `expected trial ${trial.trial} to start, then end`);
  }
  return { started, ended, unfinished: [...open.values()] };
}

function differs(trial: StartedTrial, expected: unknown): SoukError {
  return new SoukError(
    "TUNE_JOURNAL_OTHER",
    `expected trial ${trial.trial} as the sampler proposes it, ${JSON.stringify(expected)}, got ${JSON.stringify(trial)}`,
  );
}

function tell(
  sampler: Sampler,
  direction: Direction,
  { trial, settings, budget, state, value }: Omit<Trial, "trial"> & { trial?: number },
): void {
  const loss = value === undefined ? Infinity : direction === "minimise" ? value : -value;
  sampler.tell({ trial, settings, budget, state, loss });
}
