/** One series of an artefact: the end of what is known, and what is expected. */
export interface SeriesForecast {
  readonly name: string;
  readonly history: { readonly dates: readonly string[]; readonly values: readonly number[] };
  /** Consecutive days of the series after the last known; `low` <= `mean` <= `high`. */
  readonly dates: readonly string[];
  readonly mean: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}
