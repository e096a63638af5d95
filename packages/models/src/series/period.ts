import { usualWeekdays } from "./calendar.ts";
import type { Series } from "./series.ts";

/** Correlations below are not worth repeating a season for. */
const LEAST_CORRELATION = 0.3;
/** In standard errors of a white noise: 4 keeps the chance of a false season over 400 lags near 1 %. */
const LEAST_ERRORS = 4;
const LONGEST = 400;

/**
 * The period at which a series repeats itself, in days of the series; `undefined` if there is none.
 *
 * It is the peak of the autocorrelation of the differenced values (differences take out a trend), among lags from 2
 * to a third of the series; of peaks nearly as high as the highest the shortest counts, as multiples repeat too.
 */
export function detectPeriod(values: Float64Array): number | undefined {
  const changes = values.subarray(1).map((value, i) => value - values[i]);
  const longest = Math.min(LONGEST, Math.floor(values.length / 3));
  if (longest < 2) return undefined;
  const correlations = autocorrelations(changes, longest + 1);
  const least = Math.max(LEAST_CORRELATION, LEAST_ERRORS / Math.sqrt(changes.length));
  const peaks: number[] = [];
  for (let lag = 2; lag <= longest; lag++) {
    const height = correlations[lag];
    if (height < least || height < correlations[lag - 1] || height < correlations[lag + 1])
      continue;
    peaks.push(lag);
  }
  const highest = Math.max(...peaks.map((lag) => correlations[lag]));
  return peaks.find((lag) => correlations[lag] >= 0.9 * highest);
}

/**
 * The detected period if it is at most `longest`, otherwise the days of the week the series is kept on: 5 for a
 * market, 7 for a shop.
 */
export function seasonOf(series: Series, longest = LONGEST): number {
  const detected = detectPeriod(series.value);
  if (detected !== undefined && detected <= longest) return detected;
  return usualWeekdays(series.days).filter(Boolean).length;
}

/** Autocorrelation at lags 0 to `longest`, each sum over the pairs there are divided by their number. */
function autocorrelations(values: Float64Array, longest: number): Float64Array {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const centred = values.map((value) => value - mean);
  const result = new Float64Array(longest + 1);
  for (let lag = 0; lag <= longest && lag < n; lag++) {
    let sum = 0;
    for (let i = lag; i < n; i++) sum += centred[i] * centred[i - lag];
    result[lag] = sum / (n - lag);
  }
  // Differences of a line are its slope up to rounding: they have no rhythm.
  const negligible = (1e-9 * (1 + Math.abs(mean))) ** 2;
  return result[0] > negligible ? result.map((sum) => sum / result[0]) : result.fill(0);
}
