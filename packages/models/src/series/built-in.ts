import { smoothingForecaster } from "./exponential-smoothing.ts";
import type { Forecaster } from "./forecaster.ts";
import { linearLagsForecaster } from "./linear-lags.ts";
import { driftForecaster, meanForecaster, naiveForecaster } from "./naive.ts";
import { seasonalNaiveForecaster } from "./seasonal-naive.ts";

/** One of each forecaster, simplest first; `period` (days of the series) is detected when not given. */
export function builtInForecasters({ period }: { period?: number } = {}): readonly Forecaster[] {
  return [
    naiveForecaster(),
    meanForecaster(),
    driftForecaster(),
    seasonalNaiveForecaster({ period }),
    smoothingForecaster({ period }),
    linearLagsForecaster(),
  ];
}
