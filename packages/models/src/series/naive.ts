import { withIntervals } from "./conformal.ts";
import type { Forecaster } from "./forecaster.ts";

/** Repeats the last value: what every other forecaster has to beat. */
export function naiveForecaster(): Forecaster {
  return withIntervals({
    name: "naive",
    summary: "Repeats the last value.",
    shortest: 1,
    fit: () => ({
      points: ({ value, length }, horizon) => new Float64Array(horizon).fill(value[length - 1]),
    }),
  });
}

/** Expects 0 at every step: for returns, that the price stays. */
export function zeroForecaster(): Forecaster {
  return withIntervals({
    name: "zero",
    summary: "Expects no change.",
    shortest: 1,
    fit: () => ({ points: (_, horizon) => new Float64Array(horizon) }),
  });
}

/** Expects the average of the history it was fitted on. */
export function meanForecaster(): Forecaster {
  return withIntervals({
    name: "mean",
    summary: "Repeats the average so far.",
    shortest: 1,
    fit: ({ value, length }) => {
      const mean = value.reduce((sum, each) => sum + each, 0) / length;
      return { points: (_, horizon) => new Float64Array(horizon).fill(mean) };
    },
  });
}

/**
 * Goes on along the line from the first value to the last.
 * Source: Hyndman and Athanasopoulos, "Forecasting: Principles and Practice", 3rd edition, section 5.2.
 */
export function driftForecaster(): Forecaster {
  return withIntervals({
    name: "drift",
    summary: "Goes on along the line from the first value to the last.",
    shortest: 2,
    fit: () => ({
      points: ({ value, length }, horizon) => {
        const slope = (value[length - 1] - value[0]) / (length - 1);
        return Float64Array.from(
          { length: horizon },
          (_, i) => value[length - 1] + slope * (i + 1),
        );
      },
    }),
  });
}
