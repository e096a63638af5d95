import { SoukError } from "@souk/core";
import { createDraws, type Start } from "./random.ts";
import type { Sampler } from "./sampler.ts";
import type { SearchSpace, TrialSettings } from "./space.ts";

/** How many start, and what the rungs cost. */
export interface HalvingOptions extends Start {
  /** Settings that enter the lowest rung. */
  readonly configurations: number;
  /** Least budget of the lowest rung, above 0. */
  readonly minBudget: number;
  /** Budget of the highest rung. */
  readonly maxBudget: number;
  /** One of `eta` goes up a rung, whose budget is `eta` times as large. Default 3. */
  readonly eta?: number;
  /** Round budgets to whole numbers (epochs). Default false. */
  readonly wholeBudget?: boolean;
  /**
   * `asynchronous` promotes as soon as a trial is in the best of those that ended (no worker waits); `synchronous`
   * waits for the whole rung (exact counts). Default `asynchronous`.
   */
  readonly mode?: "asynchronous" | "synchronous";
}

interface Entry {
  readonly trial: number;
  readonly settings: TrialSettings;
  loss: number | undefined;
  promoted: boolean;
}

const MAX_CONFIGURATIONS = 100_000;

/**
 * Successive halving: many settings with a small budget, the best of them again with more, up to the whole. Rung `k` of
 * `K` has the budget `maxBudget / eta^(K - k)`. Failed and pruned trials are never promoted.
 * @throws SoukError `TUNE_HALVING` for a count, budget or eta out of range; `TUNE_SPACE` as `createRandomSampler`.
 * Source: Jamieson and Talwalkar, "Non-stochastic Best Arm Identification and Hyperparameter Optimization", AISTATS
 * 2016; asynchronous: Li et al., "A System for Massively Parallel Hyperparameter Tuning", MLSys 2020, algorithm 2.
 */
export function createHalvingSampler(space: SearchSpace, options: HalvingOptions): Sampler {
  const { configurations, eta = 3, mode = "asynchronous", seed = 1, initial = [] } = options;
  const budgets = rungBudgets(options);
  const draw = createDraws(space, { seed, initial });
  const rungs: Entry[][] = budgets.map(() => []);
  const entries = new Map<number, Entry>();

  function enter(k: number, trial: number, settings: TrialSettings): void {
    const entry = { trial, settings, loss: undefined, promoted: false };
    rungs[k].push(entry);
    entries.set(trial, entry);
  }

  /** A rung gets its first entry once the one below is complete, so none of those further down need a look. */
  function isComplete(k: number): boolean {
    const full = k === 0 ? rungs[0].length === configurations : promotable(k - 1) === undefined;
    return full && rungs[k].every((entry) => entry.loss !== undefined);
  }

  function promotable(k: number): Entry | undefined {
    if (mode === "synchronous" && !isComplete(k)) return undefined;
    return bestUnpromoted(rungs[k], eta);
  }

  return {
    description: { name: "halving", budgets, configurations, eta, mode, seed, initial },
    ask(trial) {
      for (let k = budgets.length - 2; k >= 0; k--) {
        const entry = promotable(k);
        if (entry === undefined) continue;
        entry.promoted = true;
        enter(k + 1, trial, entry.settings);
        return { settings: entry.settings, budget: budgets[k + 1], continues: entry.trial };
      }
      if (rungs[0].length < configurations) {
        const settings = draw();
        enter(0, trial, settings);
        return { settings, budget: budgets[0] };
      }
      const running = rungs.some((rung) => rung.some((entry) => entry.loss === undefined));
      return running ? "wait" : "end";
    },
    tell({ trial, state, loss }) {
      const entry = trial === undefined ? undefined : entries.get(trial);
      if (entry !== undefined) entry.loss = state === "done" ? loss : Infinity;
    },
  };
}

/** The best entry among the top one-in-`eta` of those that ended which has not gone up yet; ties: the earlier trial. */
function bestUnpromoted(rung: readonly Entry[], eta: number): Entry | undefined {
  const ended = rung
    .map((entry) => ({ entry, loss: entry.loss ?? Number.NaN }))
    .filter(({ loss }) => !Number.isNaN(loss));
  const places = Math.floor(ended.length / eta);
  return ended
    .sort((a, b) => (a.loss < b.loss ? -1 : Number(a.loss > b.loss)))
    .slice(0, places)
    .find(({ entry, loss }) => !entry.promoted && loss < Infinity)?.entry;
}

function rungBudgets({
  configurations,
  minBudget,
  maxBudget,
  eta = 3,
  wholeBudget = false,
}: HalvingOptions): number[] {
  const counts = Number.isInteger(configurations) && configurations >= 1;
  if (!counts || configurations > MAX_CONFIGURATIONS)
    throw new SoukError(
      "TUNE_HALVING",
      `expected 1..${MAX_CONFIGURATIONS} configurations, got ${configurations}`,
    );
  if (!(minBudget > 0 && maxBudget >= minBudget && maxBudget < Infinity && eta >= 2))
    throw new SoukError(
      "TUNE_HALVING",
      `expected 0 < minBudget <= maxBudget and eta >= 2, got ${minBudget}, ${maxBudget}, ${eta}`,
    );
  // 1e-9: the logarithm of an exact power may fall just short of a whole number.
  const top = Math.floor(Math.log(maxBudget / minBudget) / Math.log(eta) + 1e-9);
  const budgets = Array.from({ length: top + 1 }, (_, k) => maxBudget / eta ** (top - k));
  return wholeBudget ? [...new Set(budgets.map((b) => Math.max(1, Math.round(b))))] : budgets;
}
