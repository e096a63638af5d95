/** A declared forecast, as far as it is listed. */
interface ForecastListing {
  readonly name: string;
  readonly title?: string;
  readonly dataset: string;
  readonly target: string;
  /** Days ahead that are measured; the last is how far forecasts go. */
  readonly horizons: readonly number[];
}

/** Which forecasts: of one version (default: the champion), one series (default: all), so many days (default: all). */
export interface ForecastRef {
  readonly version?: number;
  readonly series?: string;
  readonly horizon?: number;
  /** Last known days that come along, default none. */
  readonly history?: number;
}

/** Forecasts as a version holds them; `low` <= `mean` <= `high`, one of each for every date. */
export interface ForecastAnswer {
  readonly model: string;
  readonly version: number;
  readonly family: string;
  readonly target: string;
  /** Share of outcomes the intervals should hold. */
  readonly coverage: number;
  readonly data: { readonly dataset: string; readonly version: number; readonly hash: string };
  readonly createdAt: string;
  /** Of the walk-forward evaluation. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Whether it beats naive, in plain words. */
  readonly verdict: string;
  readonly series: readonly {
    readonly name: string;
    readonly history: { readonly dates: readonly string[]; readonly values: readonly number[] };
    readonly dates: readonly string[];
    readonly mean: readonly number[];
    readonly low: readonly number[];
    readonly high: readonly number[];
  }[];
}

/** Forecasts of daily series; trained as jobs, kept as model versions, read here. */
export interface ForecastsNoun {
  list(): readonly ForecastListing[];
  /** @throws SoukError `FORECAST_UNKNOWN`, `FORECAST_SERIES_UNKNOWN`, `FORECAST_HORIZON`, `TRACKING_VERSION_UNKNOWN`. */
  read(name: string, ref: ForecastRef): Promise<ForecastAnswer>;
  /** The first series chosen: its last days, the forecast and its interval. Errors as `read`. */
  chart(
    name: string,
    options: ForecastRef & { format: "svg" | "png" | "text"; width?: number },
  ): Promise<Uint8Array>;
}
