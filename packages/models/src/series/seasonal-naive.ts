import { SoukError } from "@souk/core";
import { withIntervals } from "./conformal.ts";
import type { Forecaster } from "./forecaster.ts";
import { seasonOf } from "./period.ts";

/**
 * Repeats the last season. Without `period` (days of the series) it is detected in the history it is fitted on, and
 * is the length of the week where nothing repeats.
 *
 * @throws SoukError `SERIES_PERIOD` unless the period is an integer >= 1; when fitted, `SERIES_SHORT` on less than one
 * season.
 */
export function seasonalNaiveForecaster({ period }: { period?: number } = {}): Forecaster {
  requirePeriod(period);
  return withIntervals({
    name: "seasonal-naive",
    summary: "Repeats the last season.",
    shortest: period ?? 7,
    fit: (history) => {
      const season = period ?? seasonOf(history);
      return {
        points: ({ value, length }, horizon) =>
          Float64Array.from({ length: horizon }, (_, i) => value[length - season + (i % season)]),
      };
    },
  });
}

/** @throws SoukError `SERIES_PERIOD`. */
export function requirePeriod(period: number | undefined, least = 1): void {
  if (period !== undefined && !(Number.isInteger(period) && period >= least))
    throw new SoukError(
      "SERIES_PERIOD",
      `expected a period of at least ${least} whole days, got ${period}`,
    );
}
