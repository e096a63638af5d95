import type { TrialSettings } from "./space.ts";

/** What to try next. */
export interface Proposal {
  readonly settings: TrialSettings;
  /** What the trial may spend, in the study's own unit (epochs, share of rows); none: the whole. */
  readonly budget?: number;
  /** The trial of the same settings with a smaller budget, whose checkpoint may be gone on from. */
  readonly continues?: number;
}

/** How a trial ended. `loss`: the lower the better; `Infinity` when it failed; at the last report when pruned. */
export interface Outcome extends Proposal {
  /** None for a trial of another study. */
  readonly trial?: number;
  readonly state: "done" | "pruned" | "failed";
  readonly loss: number;
}

/**
 * Chooses the settings of trials: a state machine without clock or chance of its own. The same calls in the same order
 * give the same answers, so a study is resumed by replaying its journal.
 */
export interface Sampler {
  /** What it is and with which options, as plain JSON: a study only resumes with the same. */
  readonly description: Readonly<Record<string, unknown>>;
  /**
   * Settings for the trial with this number. `wait`: nothing until a running trial ends; `end`: nothing more ever.
   * Only an answer with settings changes the sampler.
   */
  ask(trial: number): Proposal | "wait" | "end";
  /** Takes in how a trial ended, or one of another study. */
  tell(outcome: Outcome): void;
}
