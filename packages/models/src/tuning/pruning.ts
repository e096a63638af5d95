import { mean, quantile } from "@souk/core";
import type { Report, Trial } from "./trial.ts";

/** When a trial may be stopped early. */
export interface Pruning {
  /** Trials that must be done before any is stopped. Default 5. */
  readonly afterTrials?: number;
  /** No trial is stopped at a step up to this. Default 0. */
  readonly afterStep?: number;
}

/**
 * The median stopping rule: stop when the best value so far is worse than the median of the done trials' means of all
 * their reports up to the same step.
 * @param sign 1 when lower is better, -1 when higher is.
 * Source: Golovin et al., "Google Vizier: A Service for Black-Box Optimization", KDD 2017, section 3.2.1.
 */
export function isBelowMedian(
  reports: readonly Report[],
  done: readonly Trial[],
  { afterTrials = 5, afterStep = 0, sign }: Pruning & { sign: 1 | -1 },
): boolean {
  const step = reports.at(-1)?.[0];
  if (step === undefined || step <= afterStep) return false;
  const means = done
    .map((trial) => trial.reports.filter(([at]) => at <= step).map(([, value]) => sign * value))
    .filter((values) => values.length > 0)
    .map((values) => mean(values));
  if (means.length < Math.max(1, afterTrials)) return false;
  const best = Math.min(...reports.map(([, value]) => sign * value));
  return best > quantile(means, 0.5);
}
