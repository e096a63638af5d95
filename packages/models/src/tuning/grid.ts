import { SoukError } from "@souk/core";
import type { SettingValue } from "../families/settings.ts";
import { valueAt } from "./coordinate.ts";
import type { Sampler } from "./sampler.ts";
import { type Dimension, isActive, type SearchSpace, type TrialSettings } from "./space.ts";

/** Nobody waits for more trials than this: a grid grows with the power of its settings. */
const MAX_GRID = 100_000;

/**
 * Every combination once, the last setting changing fastest: all options, and `points` values of each range, evenly
 * spaced on its scale, both ends among them (whole numbers that fall together once).
 * @param points values per range, a whole number of at least 2.
 * @throws SoukError `TUNE_GRID` for fewer points, or above 100,000 combinations.
 */
export function createGridSampler(space: SearchSpace, { points = 5 } = {}): Sampler {
  if (!(Number.isInteger(points) && points >= 2))
    throw new SoukError("TUNE_GRID", `expected at least 2 points per range, got ${points}`);
  const all = combinations(space, points);
  let next = 0;
  return {
    description: { name: "grid", points },
    ask: () => (next < all.length ? { settings: all[next++] } : "end"),
    tell() {},
  };
}

function combinations({ dimensions }: SearchSpace, points: number): TrialSettings[] {
  let partial: Record<string, SettingValue>[] = [{}];
  for (const dimension of dimensions) {
    const values = gridValues(dimension, points);
    const active = partial.filter((settings) => isActive(dimension, settings)).length;
    const count = partial.length + active * (values.length - 1);
    if (count > MAX_GRID)
      throw new SoukError(
        "TUNE_GRID",
        `expected at most ${MAX_GRID} combinations, got ${count} with ${dimension.name}: narrow the space`,
      );
    partial = partial.flatMap((settings) =>
      isActive(dimension, settings)
        ? values.map((value) => ({ ...settings, [dimension.name]: value }))
        : [settings],
    );
  }
  return partial;
}

function gridValues(dimension: Dimension, points: number): SettingValue[] {
  if (dimension.kind === "choice") return [...dimension.options];
  const onEnds: Dimension = { ...dimension, integer: false };
  const values = Array.from({ length: points }, (_, i) => {
    const value = Number(valueAt(onEnds, i / (points - 1)));
    return dimension.integer ? Math.round(value) : value;
  });
  return [...new Set(values)];
}
