import { SoukError } from "@souk/core";
import {
  resolveSettings,
  type Settings,
  type SettingSpec,
  type SettingValue,
} from "../families/settings.ts";
import { smoothingForecaster } from "../series/exponential-smoothing.ts";
import type { Forecaster } from "../series/forecaster.ts";
import { linearLagsForecaster } from "../series/linear-lags.ts";
import { lstmForecaster } from "../series/lstm-forecaster.ts";
import {
  driftForecaster,
  meanForecaster,
  naiveForecaster,
  zeroForecaster,
} from "../series/naive.ts";
import { seasonalNaiveForecaster } from "../series/seasonal-naive.ts";
import { boostedTreesForecaster, forestForecaster } from "../series/tree-forecaster.ts";
import type { ForecastTask } from "./forecast-task.ts";

/** One kind of forecaster as `souk train` knows it. */
interface ForecastFamily {
  readonly name: string;
  readonly settings: Readonly<Record<string, SettingSpec>>;
  create(settings: Settings, task: Pick<ForecastTask, "season" | "target">): Forecaster;
}

const families: readonly ForecastFamily[] = [
  { name: "naive", settings: {}, create: () => naiveForecaster() },
  { name: "zero", settings: {}, create: () => zeroForecaster() },
  { name: "mean", settings: {}, create: () => meanForecaster() },
  { name: "drift", settings: {}, create: () => driftForecaster() },
  {
    name: "seasonal-naive",
    settings: {},
    create: (_, { season }) => seasonalNaiveForecaster({ period: season }),
  },
  {
    name: "smoothing",
    settings: {},
    create: (_, { season }) => smoothingForecaster({ period: season }),
  },
  { name: "linear-lags", settings: {}, create: () => linearLagsForecaster() },
  {
    name: "forest",
    settings: {
      trees: whole(60, [1, 10_000], "trees, each on a bootstrap sample of the days"),
      leafDays: whole(20, [1, 10_000], "least days of a leaf"),
    },
    create: (settings) =>
      forestForecaster({
        trees: settings.number("trees"),
        leafDays: settings.number("leafDays"),
      }),
  },
  {
    name: "boosted-trees",
    settings: {
      rounds: whole(200, [1, 10_000], "most rounds; each adds a tree"),
      lr: {
        kind: "number",
        default: 0.1,
        min: 1e-4,
        max: 1,
        description: "share of its value that each tree adds",
      },
      maxLeaves: whole(8, [2, 1024], "most leaves of a tree"),
    },
    create: (settings) =>
      boostedTreesForecaster({
        rounds: settings.number("rounds"),
        lr: settings.number("lr"),
        maxLeaves: settings.number("maxLeaves"),
      }),
  },
  {
    name: "lstm",
    settings: {
      window: whole(20, [2, 365], "days it reads"),
      features: whole(16, [1, 256], "numbers of its state"),
      epochs: whole(30, [1, 1000], "most passes over the history"),
      lr: { kind: "number", default: 0.005, min: 1e-6, max: 1, description: "Adam's step" },
    },
    create: (settings) =>
      lstmForecaster({
        window: settings.number("window"),
        features: settings.number("features"),
        epochs: settings.number("epochs"),
        lr: settings.number("lr"),
      }),
  },
];

/** Names of the families of forecasts, simplest first. */
export const forecastFamilyNames: readonly string[] = families.map(({ name }) => name);

/** A forecaster of a family. @throws SoukError `FAMILY_UNKNOWN`, `SETTING_UNKNOWN`, `SETTING_INVALID`. */
export function createForecaster(
  task: ForecastTask,
  { family, settings: given }: { family: string; settings?: Record<string, SettingValue> },
): { forecaster: Forecaster; settings: Readonly<Record<string, SettingValue>> } {
  const found = families.find(({ name }) => name === family);
  if (found === undefined)
    throw new SoukError(
      "FAMILY_UNKNOWN",
      `expected a family of forecasts (${forecastFamilyNames.join(", ")}), got "${family}"`,
    );
  const settings = resolveSettings(found.settings, given);
  const forecaster = { ...found.create(settings, task), name: family };
  return { forecaster, settings: settings.values };
}

function whole(
  fallback: number,
  [min, max]: readonly [number, number],
  description: string,
): SettingSpec {
  return { kind: "number", default: fallback, min, max, integer: true, description };
}
