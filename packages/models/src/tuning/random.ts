import { createRng, type Rng, SoukError } from "@souk/core";
import { valueAt } from "./coordinate.ts";
import type { Sampler } from "./sampler.ts";
import {
  type Dimension,
  fitsSpace,
  isActive,
  type SearchSpace,
  type TrialSettings,
} from "./space.ts";
import type { SettingValue } from "../families/settings.ts";

/** Where a seeded sampler begins. */
export interface Start {
  /** Default 1. */
  readonly seed?: number;
  /** Settings tried first, such as the family's defaults. */
  readonly initial?: readonly TrialSettings[];
}

/**
 * Independent draws: uniform over options, cells of whole numbers, and ranges after their scale. Never ends.
 * Source: Bergstra and Bengio, "Random Search for Hyper-Parameter Optimization", JMLR 13 (2012).
 * @throws SoukError `TUNE_SPACE` when initial settings do not fit the space.
 */
export function createRandomSampler(
  space: SearchSpace,
  { seed = 1, initial = [] }: Start = {},
): Sampler {
  const draw = createDraws(space, { seed, initial });
  return {
    description: { name: "random", seed, initial },
    ask: () => ({ settings: draw() }),
    tell() {},
  };
}

/** The initial settings, then random ones, one per call. @throws SoukError `TUNE_SPACE` as above. */
export function createDraws(
  space: SearchSpace,
  { seed = 1, initial = [] }: Start,
): () => TrialSettings {
  for (const settings of initial)
    if (!fitsSpace(space, settings))
      throw new SoukError(
        "TUNE_SPACE",
        `expected initial settings inside the space, got ${JSON.stringify(settings)}`,
      );
  const rng = createRng(seed);
  let drawn = 0;
  return () => {
    const index = drawn++;
    return index < initial.length ? initial[index] : drawSettings(space, rng.fork(`draw ${index}`));
  };
}

function drawSettings({ dimensions }: SearchSpace, rng: Rng): TrialSettings {
  const settings: Record<string, SettingValue> = {};
  for (const dimension of dimensions)
    if (isActive(dimension, settings))
      settings[dimension.name] = valueAt(dimension, drawCoordinate(dimension, rng));
  return settings;
}

/** A coordinate drawn uniformly. */
export function drawCoordinate(dimension: Dimension, rng: Rng): number {
  return dimension.kind === "choice" ? rng.integer(dimension.options.length) : rng.next();
}
