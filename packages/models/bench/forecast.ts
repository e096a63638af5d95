/**
 * Whether anything beats repeating the last value on three daily series of a stock exchange: closes walked forward over
 * the last 40 % of the days, at 1, 5 and 20 days ahead, then the other targets. Trees forecast direction, return and
 * volatility, an LSTM the values. Needs the daily prices.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { mean } from "@souk/core";
import {
  boostedTreesForecaster,
  builtInForecasters,
  type Forecaster,
  type ForecastTarget,
  forestForecaster,
  lstmForecaster,
  parseSeries,
  type Series,
  walkForward,
  type WalkForwardReport,
} from "../src/index.ts";

const shared =
  process.env["SOUK_SHARED_DATA"] ?? join(import.meta.dirname, "../../../../shared/data");
const symbols = ["ADRO", "BBCA", "TLKM"];
const targets: readonly ForecastTarget[] = ["value", "return", "direction", "volatility"];
/** Days from fit to fit: networks and trees take seconds to learn. */
const REFIT_DAYS = 90;

function forecastersOf(target: ForecastTarget): readonly Forecaster[] {
  const learnt =
    target === "value" ? [lstmForecaster()] : [boostedTreesForecaster(), forestForecaster()];
  return [...builtInForecasters(), ...learnt];
}

/**
 * The days, in the prices of the last day: where the exchange restates the close of the day before (a split of
 * shares, BBCA 2021-10-13), all days before are restated with it. The files hold one Saturday, 2021-05-22, a trial
 * session whose prices the exchange's next day does not know; it is left out.
 */
async function readDays(symbol: string): Promise<Series> {
  const packed = await readFile(join(shared, "idx-daily-ohlcv", `${symbol}.JK.csv.gz`));
  const [header, ...lines] = gunzipSync(packed)
    .toString("utf8")
    .trimEnd()
    .split("\n")
    .map((line) => line.split(","));
  const days = lines.filter((line) => ![0, 6].includes(new Date(line[0]).getUTCDay()));
  const column = (name: string): string[] => days.map((line) => line[header.indexOf(name)]);
  const close = column("close").map(Number);
  const previous = column("previous").map(Number);
  const factors = new Float64Array(close.length).fill(1);
  for (let t = factors.length - 1; t > 0; t--)
    factors[t - 1] = factors[t] * (previous[t] / close[t - 1]);
  const restated = (name: string): number[] => column(name).map((text, t) => +text * factors[t]);
  return parseSeries({
    date: column("date"),
    value: restated("close"),
    high: restated("high"),
    low: restated("low"),
    volume: column("volume").map(Number),
  });
}

function print(symbol: string, { target, forecasters, verdict }: WalkForwardReport): void {
  console.log(`\n${symbol} ${target}`);
  for (const { name, horizons } of forecasters)
    for (const at of horizons) {
      const { versusBenchmark: versus } = at;
      console.log(
        [
          name.padEnd(22),
          `h ${at.horizon}`.padEnd(5),
          `n ${at.forecasts}`,
          `mae ${at.mae.toPrecision(4)}`,
          `rmse ${at.rmse.toPrecision(4)}`,
          `mase ${at.mase?.toFixed(3)}`,
          `smape ${at.smape.toFixed(2)}`,
          `direction ${at.directionAccuracy?.toFixed(3) ?? "-"}`,
          `coverage ${at.intervalCoverage.toFixed(3)}`,
          versus === undefined
            ? ""
            : `ratio ${versus.lossRatio?.toFixed(4)} p ${versus.pValue.toFixed(4)} adjusted ${versus.adjustedPValue.toFixed(4)}`,
        ].join("  "),
      );
    }
  console.log(verdict);
}

/** What a reader compares; numbers of five digits. */
function shortened({
  series,
  origins,
  benchmark,
  verdict,
  forecasters,
}: WalkForwardReport): object {
  const short = (value: unknown): unknown =>
    typeof value === "number" ? Number(value.toPrecision(5)) : value;
  const figures = (horizons: object): unknown =>
    JSON.parse(JSON.stringify(horizons, (_name, value: unknown) => short(value)));
  return {
    days: series.days,
    from: series.from,
    to: series.to,
    origins: origins.count,
    benchmark,
    verdict,
    forecasters: Object.fromEntries(
      forecasters.map(({ name, horizons }) => [
        name,
        horizons.map(({ horizon, mae, mase, directionAccuracy, intervalCoverage, ...rest }) =>
          figures({
            horizon,
            mae,
            mase,
            directionAccuracy,
            intervalCoverage,
            lossRatio: rest.versusBenchmark?.lossRatio,
            adjustedPValue: rest.versusBenchmark?.adjustedPValue,
          }),
        ),
      ]),
    ),
  };
}

/** Runs the benchmark; the ratio is the mean absolute error of linear-lags to that of repeating the last value, closes one day ahead. */
export async function run(): Promise<object> {
  const reports: Record<string, WalkForwardReport> = {};
  for (const symbol of symbols)
    for (const target of targets) {
      const startedMs = performance.now();
      const report = await walkForward(await readDays(symbol), forecastersOf(target), {
        target,
        refitEvery: REFIT_DAYS,
        seed: 1,
      });
      print(symbol, report);
      console.log(`(${((performance.now() - startedMs) / 1000).toFixed(0)} s)`);
      reports[`${symbol} ${target}`] = report;
    }
  const ratios = symbols.flatMap((symbol) => {
    const learnt = reports[`${symbol} value`].forecasters.find(
      ({ name }) => name === "linear-lags",
    );
    return learnt?.horizons[0].versusBenchmark?.lossRatio ?? [];
  });
  return {
    name: "forecast",
    ratio: mean(ratios),
    goal: 1,
    lowerIsBetter: true,
    peer: "repeating the last value",
    figures: Object.fromEntries(
      Object.entries(reports).map(([name, report]) => [name, shortened(report)]),
    ),
  };
}
