import { createRng, type Rng, SoukError } from "@souk/core";
import type { SettingValue } from "../families/settings.ts";
import { coordinateOf, valueAt } from "./coordinate.ts";
import { createParzenEstimator, type ParzenEstimator, type Point } from "./parzen.ts";
import { createDraws, type Start } from "./random.ts";
import type { Outcome, Sampler } from "./sampler.ts";
import { fitsSpace, isActive, type SearchSpace, type TrialSettings } from "./space.ts";

/** How TPE weighs exploring against refining. */
export interface TpeOptions extends Start {
  /** Trials that must have ended before it models anything; random until then. Default 10. */
  readonly startup?: number;
  /** Share of the ended trials called good, in (0, 1); at most 25 of them. Default 0.1. */
  readonly good?: number;
  /** Draws from the good ones' density, of which the most promising is taken. Default 24. */
  readonly candidates?: number;
}

const MAX_GOOD = 25;

/**
 * Tree-structured Parzen estimator: models the density of good and of other settings, and proposes where good is most
 * likely against the others. Trials still running count among the others, so parallel ones keep apart. Pruned trials
 * rank behind all that ended, failed ones last. Costs O(candidates x trials x settings) per proposal. Never ends.
 * @throws SoukError `TUNE_TPE` for an option out of range; `TUNE_SPACE` as `createRandomSampler`.
 * Source: Bergstra, Bardenet, Bengio, Kégl, "Algorithms for Hyper-Parameter Optimization", NeurIPS 2011, section 4;
 * multivariate kernels, split and running trials as in Watanabe, arXiv:2304.11127 (2023).
 */
export function createTpeSampler(
  space: SearchSpace,
  { seed = 1, initial = [], startup = 10, good = 0.1, candidates = 24 }: TpeOptions = {},
): Sampler {
  if (!(startup >= 1 && good > 0 && good < 1 && Number.isInteger(candidates) && candidates >= 1))
    throw new SoukError(
      "TUNE_TPE",
      `expected startup >= 1, good in (0, 1) and candidates >= 1, got ${startup}, ${good}, ${candidates}`,
    );
  const draw = createDraws(space, { seed, initial });
  const rng = createRng(seed);
  const running = new Map<number, TrialSettings>();
  const ended: Outcome[] = [];
  let asked = 0;

  function propose(index: number): TrialSettings {
    if (index < initial.length || ended.length < startup) return draw();
    const ranked = ended.toSorted(byRank);
    const count = Math.min(Math.ceil(good * ranked.length), MAX_GOOD);
    const others = ranked.slice(count).map((outcome) => outcome.settings);
    return mostPromising(space, {
      good: ranked.slice(0, count).map((outcome) => outcome.settings),
      others: [...others, ...running.values()],
      candidates,
      rng: rng.fork(`proposal ${index}`),
    });
  }

  return {
    description: { name: "tpe", seed, initial, startup, good, candidates },
    ask(trial) {
      const settings = propose(asked++);
      running.set(trial, settings);
      return { settings };
    },
    tell(outcome) {
      if (outcome.trial !== undefined) running.delete(outcome.trial);
      if (fitsSpace(space, outcome.settings)) ended.push(outcome);
    },
  };
}

function mostPromising(
  space: SearchSpace,
  {
    good,
    others,
    candidates,
    rng,
  }: { good: TrialSettings[]; others: TrialSettings[]; candidates: number; rng: Rng },
): TrialSettings {
  const estimate = (settings: TrialSettings[]): ParzenEstimator =>
    createParzenEstimator(
      space.dimensions,
      settings.map((one) => pointOf(space, one)),
    );
  const goodDensity = estimate(good);
  const otherDensity = estimate(others);
  let best: { settings: TrialSettings; gain: number } | undefined;
  for (let i = 0; i < candidates; i++) {
    const settings = drawCandidate(space, goodDensity, rng);
    const point = pointOf(space, settings);
    const gain = goodDensity.logDensity(point) - otherDensity.logDensity(point);
    if (best === undefined || gain > best.gain) best = { settings, gain };
  }
  return best?.settings ?? {};
}

function drawCandidate(
  { dimensions }: SearchSpace,
  density: ParzenEstimator,
  rng: Rng,
): TrialSettings {
  const kernel = density.pickKernel(rng);
  const settings: Record<string, SettingValue> = {};
  for (const [d, dimension] of dimensions.entries())
    if (isActive(dimension, settings))
      settings[dimension.name] = valueAt(dimension, density.drawFrom(kernel, d, rng));
  return settings;
}

function pointOf({ dimensions }: SearchSpace, settings: TrialSettings): Point {
  return dimensions.map((dimension) =>
    Object.hasOwn(settings, dimension.name)
      ? coordinateOf(dimension, settings[dimension.name])
      : undefined,
  );
}

const RANK = { done: 0, pruned: 1, failed: 2 } as const;

function byRank(a: Outcome, b: Outcome): number {
  if (a.state !== b.state) return RANK[a.state] - RANK[b.state];
  return a.loss < b.loss ? -1 : Number(a.loss > b.loss);
}
