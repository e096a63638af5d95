import { createRng, errorCode, SoukError } from "@souk/core";
import { dayNumber } from "./calendar.ts";
import type { FittedForecaster, Forecast, ForecastContext, Forecaster } from "./forecaster.ts";
import { type Series, seriesWindow } from "./series.ts";
import { deriveTarget, type ForecastTarget } from "./target.ts";

/** One law of forecasters, by its name; `check` rejects with SoukError `FORECASTER_LAW` when the forecaster breaks it. */
export interface ForecasterLaw {
  readonly name: string;
  check(forecaster: Forecaster): Promise<void>;
}

const DAYS = 200;
const HORIZON = 12;
const context: ForecastContext = { horizon: HORIZON, coverage: 0.9, seed: 1, threads: 1 };

/**
 * The laws every forecaster keeps, to be run one test each:
 * `for (const law of checkForecaster()) test(law.name, () => law.check(forecaster))`. They fit on 200 made-up days.
 */
export function checkForecaster(): readonly ForecasterLaw[] {
  return [
    { name: "intervals are finite and hold their mean", check: checkIntervals },
    { name: "the same history and seed give the same forecasts", check: checkRepeat },
    { name: "fewer steps are the first of more", check: checkPrefix },
    { name: "no day after the origin changes a forecast", check: checkLeaks },
    { name: "a longer history moves the origin without learning anew", check: checkMove },
    { name: "the history is left as it was", check: checkUntouched },
    { name: "a short history and a far horizon are refused", check: checkRefusals },
    { name: "an aborted signal ends the fit with its reason", check: checkAbort },
    { name: "every target is forecast in finite numbers", check: checkTargets },
  ];
}

/** A week's rhythm under noise, with bars, above 0. */
function madeUp(change: (value: number, t: number) => number = (value) => value): Series {
  const rng = createRng("forecaster laws");
  const first = dayNumber("2023-01-02");
  const column = (low: number, high: number): Float64Array =>
    Float64Array.from({ length: DAYS }, (_, t) =>
      change(100 + [5, 3, 8, 1, 9, 2, 7][t % 7] + low + (high - low) * rng.next(), t),
    );
  return {
    length: DAYS,
    days: Int32Array.from({ length: DAYS }, (_, t) => first + t),
    value: column(-1, 1),
    open: column(-1, 1),
    low: column(-3, -2),
    high: column(2, 3),
    volume: column(0, 50),
  };
}

async function forecastsOf(
  fitted: FittedForecaster,
  horizon: number,
  history?: Series,
): Promise<readonly Forecast[]> {
  return fitted.forecast(horizon, history);
}

async function checkIntervals(forecaster: Forecaster): Promise<void> {
  const forecasts = await forecastsOf(await forecaster.fit(madeUp(), context), HORIZON);
  require(forecasts.length === HORIZON, `${HORIZON} steps`, forecasts.length);
  for (const { low, mean, high } of forecasts)
    require(low <= mean &&
      mean <= high &&
      Number.isFinite(low) &&
      Number.isFinite(high), "finite low <= mean <= high", `${low}, ${mean}, ${high}`);
}

async function checkRepeat(forecaster: Forecaster): Promise<void> {
  const [one, other] = [
    await forecaster.fit(madeUp(), context),
    await forecaster.fit(madeUp(), context),
  ];
  same(await forecastsOf(one, HORIZON), await forecastsOf(other, HORIZON));
}

async function checkPrefix(forecaster: Forecaster): Promise<void> {
  const fitted = await forecaster.fit(madeUp(), context);
  same((await forecastsOf(fitted, HORIZON)).slice(0, 4), await forecastsOf(fitted, 4));
}

/** The days after the origin are in the same memory, as in a walk: whoever reads past the end is found out. */
async function checkLeaks(forecaster: Forecaster): Promise<void> {
  const origin = DAYS - 30;
  const known = madeUp();
  const other = madeUp((value, t) => (t < origin ? value : value * 3));
  for (const target of ["value", "volatility"] as const) {
    const made = [];
    for (const series of [known, other]) {
      const derived = deriveTarget(series, target);
      const end = origin - (series.length - derived.length);
      const fitted = await forecaster.fit(seriesWindow(derived, 0, end - 10), {
        ...context,
        target,
      });
      made.push(await forecastsOf(fitted, HORIZON, seriesWindow(derived, 0, end)));
    }
    same(made[0], made[1]);
  }
}

async function checkMove(forecaster: Forecaster): Promise<void> {
  const history = madeUp();
  const fitted = await forecaster.fit(seriesWindow(history, 0, DAYS - 20), context);
  const before = await forecastsOf(fitted, HORIZON);
  const moved = await forecastsOf(fitted, HORIZON, history);
  require(moved.every(({ mean }) => Number.isFinite(mean)), "finite forecasts", "others");
  same(await forecastsOf(fitted, HORIZON), before);
}

async function checkUntouched(forecaster: Forecaster): Promise<void> {
  const history = madeUp();
  await forecastsOf(await forecaster.fit(history, context), HORIZON);
  same(history, madeUp());
}

async function checkRefusals(forecaster: Forecaster): Promise<void> {
  const short = async () => forecaster.fit(seriesWindow(madeUp(), 0, 10), context);
  await refused(short, "SERIES_SHORT");
  const fitted = await forecaster.fit(madeUp(), context);
  for (const horizon of [0, 1.5, HORIZON + 1])
    await refused(async () => fitted.forecast(horizon), "SERIES_HORIZON");
}

async function checkAbort(forecaster: Forecaster): Promise<void> {
  const reason = new Error("enough");
  const signal = AbortSignal.abort(reason);
  const thrown = await caught(async () => forecaster.fit(madeUp(), { ...context, signal }));
  require(thrown === reason, "the signal's reason", String(thrown));
}

async function checkTargets(forecaster: Forecaster): Promise<void> {
  const targets: readonly ForecastTarget[] = ["value", "return", "direction", "volatility"];
  for (const target of targets) {
    const derived = deriveTarget(madeUp(), target);
    const fitted = await forecaster.fit(derived, { ...context, target });
    for (const { mean } of await forecastsOf(fitted, HORIZON))
      require(Number.isFinite(mean), `a finite ${target}`, mean);
  }
}

async function refused(work: () => Promise<unknown>, code: string): Promise<void> {
  const thrown = await caught(work);
  require(errorCode(thrown) === code, code, errorCode(thrown) ?? String(thrown));
}

async function caught(work: () => Promise<unknown>): Promise<unknown> {
  try {
    await work();
    return undefined;
  } catch (thrown) {
    return thrown;
  }
}

function same(got: unknown, wanted: unknown): void {
  const [one, other] = [got, wanted].map((value) => JSON.stringify(value));
  require(one === other, other?.slice(0, 200) ?? "", one?.slice(0, 200) ?? "");
}

function require(holds: boolean, expected: string | number, got: string | number): void {
  if (!holds) throw new SoukError("FORECASTER_LAW", `expected ${expected}, got ${got}`);
}
