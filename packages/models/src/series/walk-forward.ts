import { SoukError } from "@souk/core";
import { dayText } from "./calendar.ts";
import { dieboldMariano, holmAdjusted } from "./diebold-mariano.ts";
import { forecastErrors, naiveScale, type StepForecasts } from "./forecast-errors.ts";
import type { FittedForecaster, ForecastContext, Forecaster } from "./forecaster.ts";
import { meanForecaster, naiveForecaster, zeroForecaster } from "./naive.ts";
import { type Series, seriesGaps, seriesWindow } from "./series.ts";
import { deriveTarget, type ForecastTarget } from "./target.ts";
import { walkForwardVerdict } from "./verdict.ts";
import type { ForecasterReport, HorizonReport, WalkForwardReport } from "./walk-forward-report.ts";

/** How forecasters are walked over a series. */
export interface WalkForwardOptions {
  readonly target?: ForecastTarget;
  /** Days ahead to be measured, each from 1. */
  readonly horizons?: readonly number[];
  /** Share of the series before the first origin, in (0, 1). */
  readonly firstShare?: number;
  /** `expanding`: all days before the origin; a number: only so many of them. */
  readonly window?: "expanding" | number;
  /** Days from origin to origin. */
  readonly step?: number;
  /** Origins from one fit to the next; between them a forecaster sees new days without learning anew. */
  readonly refitEvery?: number;
  /** Share of outcomes the intervals should hold. */
  readonly coverage?: number;
  readonly seed?: number;
  readonly threads?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (event: {
    readonly forecaster: string;
    /** Origins forecast from, of all forecasters. */
    readonly done: number;
    readonly total: number;
  }) => void;
}

type Plan = Required<Omit<WalkForwardOptions, "signal" | "onProgress">> &
  Pick<WalkForwardOptions, "signal" | "onProgress"> & { readonly first: number };

/** A forecaster's steps, one entry per horizon. */
interface Walked {
  readonly forecaster: Forecaster;
  readonly steps: readonly StepForecasts[];
}

/**
 * Forecasts from one origin after the other, as if each were today, and measures what came. The benchmark of the
 * target (value and volatility: `naive`; return: `zero`; direction: `mean`) and `naive` are always walked along, and
 * every other forecaster is compared with the benchmark on the same days.
 *
 * @throws SoukError `SERIES_WALK` on options that fit no walk over this series, `SERIES_SHORT` when a forecaster has
 * too little to learn from at the first origin; the signal's reason when aborted.
 * Source: L. J. Tashman, "Out-of-sample tests of forecasting accuracy", International Journal of Forecasting 16 (2000).
 */
export async function walkForward(
  series: Series,
  forecasters: readonly Forecaster[],
  options: WalkForwardOptions = {},
): Promise<WalkForwardReport> {
  const target = options.target ?? "value";
  const derived = deriveTarget(series, target);
  const plan = planWalk(derived, options);
  const benchmark = benchmarkOf(target);
  const all = withBenchmarks(forecasters, benchmark);
  const walked: Walked[] = [];
  for (const [index, forecaster] of all.entries())
    walked.push({
      forecaster,
      steps: await walkOne(derived, forecaster, { plan, index, of: all.length }),
    });
  const loss = target === "direction" ? "squared" : "absolute";
  const reports = compare(walked, { plan, benchmark: benchmark.name, loss });
  return {
    target,
    ...describeWalk(derived, plan),
    coverage: plan.coverage,
    benchmark: benchmark.name,
    loss,
    forecasters: reports,
    verdict: walkForwardVerdict({ forecasters: reports, benchmark: benchmark.name, loss }),
  };
}

function planWalk(series: Series, options: WalkForwardOptions): Plan {
  const plan = {
    target: "value" as const,
    horizons: [1, 5, 20],
    firstShare: 0.6,
    window: "expanding" as const,
    step: 1,
    refitEvery: 20,
    coverage: 0.9,
    seed: 0,
    threads: 1,
    ...options,
  };
  const { horizons, firstShare, window, coverage } = plan;
  const first = Math.floor(series.length * firstShare);
  requireThat(
    horizons.length > 0 && new Set(horizons).size === horizons.length,
    "horizons",
    "at least one, each once",
    horizons.join(", "),
  );
  for (const horizon of horizons) requireCount("horizons", horizon);
  requireCount("step", plan.step);
  requireCount("refitEvery", plan.refitEvery);
  requireThat(coverage > 0 && coverage < 1, "coverage", "a share in (0, 1)", coverage);
  requireThat(
    firstShare > 0 && firstShare < 1 && first >= 2,
    "firstShare",
    "a share in (0, 1) that leaves 2 days",
    firstShare,
  );
  const furthest = Math.max(...horizons);
  requireThat(
    first + furthest <= series.length,
    "horizons",
    `at most ${series.length - first} days ahead`,
    furthest,
  );
  if (window !== "expanding")
    requireThat(
      Number.isInteger(window) && window >= 2 && window <= first,
      "window",
      `2 to ${first} whole days`,
      window,
    );
  return { ...plan, horizons: horizons.toSorted((a, b) => a - b), first };
}

function requireCount(name: string, value: number): void {
  requireThat(Number.isInteger(value) && value >= 1, name, "an integer of at least 1", value);
}

function requireThat(holds: boolean, name: string, wanted: string, got: string | number): void {
  if (!holds) throw new SoukError("SERIES_WALK", `${name}: expected ${wanted}, got ${got}`);
}

function benchmarkOf(target: ForecastTarget): Forecaster {
  if (target === "return") return zeroForecaster();
  return target === "direction" ? meanForecaster() : naiveForecaster();
}

function withBenchmarks(
  given: readonly Forecaster[],
  benchmark: Forecaster,
): readonly Forecaster[] {
  const first = benchmark.name === "naive" ? [benchmark] : [benchmark, naiveForecaster()];
  const names = new Set(first.map(({ name }) => name));
  const others = given.filter(({ name }) => !names.has(name));
  if (new Set(others.map(({ name }) => name)).size < others.length)
    throw new SoukError("SERIES_WALK", "forecasters: expected different names, got one twice");
  return [...first, ...others];
}

async function walkOne(
  series: Series,
  forecaster: Forecaster,
  { plan, index, of }: { plan: Plan; index: number; of: number },
): Promise<readonly StepForecasts[]> {
  const furthest = plan.horizons[plan.horizons.length - 1];
  const context: ForecastContext = { ...plan, horizon: furthest };
  const steps = plan.horizons.map((horizon) => emptySteps(countOrigins(series, plan, horizon)));
  const total = countOrigins(series, plan, 1);
  let fitted: FittedForecaster | undefined;
  for (let count = 0; count < total; count++) {
    plan.signal?.throwIfAborted();
    const origin = plan.first + count * plan.step;
    const from = plan.window === "expanding" ? 0 : origin - plan.window;
    const history = seriesWindow(series, from, origin);
    if (fitted === undefined || count % plan.refitEvery === 0)
      fitted = await forecaster.fit(history, context);
    const forecasts = await fitted.forecast(furthest, history);
    plan.horizons.forEach((horizon, i) => {
      if (count >= steps[i].mean.length) return;
      steps[i].mean[count] = forecasts[horizon - 1].mean;
      steps[i].low[count] = forecasts[horizon - 1].low;
      steps[i].high[count] = forecasts[horizon - 1].high;
      steps[i].actual[count] = series.value[origin + horizon - 1];
      steps[i].last[count] = series.value[origin - 1];
      steps[i].scale[count] = naiveScale(history.value);
    });
    plan.onProgress?.({
      forecaster: forecaster.name,
      done: index * total + count + 1,
      total: of * total,
    });
  }
  return steps;
}

/** Origins from which `horizon` days ahead is still in the series. */
function countOrigins(series: Series, { first, step }: Plan, horizon: number): number {
  return Math.floor((series.length - first - horizon) / step) + 1;
}

function emptySteps(count: number): StepForecasts {
  const column = (): Float64Array => new Float64Array(count);
  return {
    mean: column(),
    low: column(),
    high: column(),
    actual: column(),
    last: column(),
    scale: column(),
  };
}

function compare(
  walked: readonly Walked[],
  { plan, benchmark, loss }: { plan: Plan; benchmark: string; loss: WalkForwardReport["loss"] },
): ForecasterReport[] {
  const base = walked.find(({ forecaster }) => forecaster.name === benchmark);
  const tests = walked.flatMap(({ forecaster, steps }, f) =>
    forecaster.name === benchmark || base === undefined
      ? []
      : plan.horizons.flatMap((horizon, h) => {
          const [own, theirs] = [losses(steps[h], loss), losses(base.steps[h], loss)];
          const test = dieboldMariano(own, theirs, Math.ceil(horizon / plan.step) - 1);
          return test === undefined ? [] : [{ f, h, test, lossRatio: ratioOfSums(own, theirs) }];
        }),
  );
  const adjusted = holmAdjusted(tests.map(({ test }) => test.pValue));
  return walked.map(({ forecaster: { name, summary }, steps }, f) => ({
    name,
    summary,
    horizons: plan.horizons.map((horizon, h): HorizonReport => {
      const index = tests.findIndex((each) => each.f === f && each.h === h);
      const errors = forecastErrors(steps[h], plan.target);
      const report = { horizon, forecasts: steps[h].mean.length, ...errors };
      if (index < 0) return report;
      const { test, lossRatio } = tests[index];
      const { statistic, pValue } = test;
      const versusBenchmark = { lossRatio, statistic, pValue, adjustedPValue: adjusted[index] };
      return { ...report, versusBenchmark };
    }),
  }));
}

function losses({ mean, actual }: StepForecasts, loss: WalkForwardReport["loss"]): Float64Array {
  const absolute = mean.map((told, i) => Math.abs(actual[i] - told));
  return loss === "absolute" ? absolute : absolute.map((error) => error * error);
}

function ratioOfSums(own: Float64Array, theirs: Float64Array): number | null {
  const [above, below] = [own, theirs].map((each) => each.reduce((sum, value) => sum + value, 0));
  return below === 0 ? null : above / below;
}

function describeWalk(series: Series, plan: Plan): Pick<WalkForwardReport, "series" | "origins"> {
  return {
    series: {
      days: series.length,
      from: dayText(series.days[0]),
      to: dayText(series.days[series.length - 1]),
      missing: seriesGaps(series).reduce((sum, gap) => sum + gap.missing, 0),
    },
    origins: {
      count: countOrigins(series, plan, plan.horizons[0]),
      from: dayText(series.days[plan.first - 1]),
      step: plan.step,
      refitEvery: plan.refitEvery,
      window: plan.window === "expanding" ? "expanding" : "rolling",
      windowDays: plan.window === "expanding" ? plan.first : plan.window,
    },
  };
}
