import type { RouteAnswer } from "@souk/api";
import type { ChartSpec, ResultTable } from "../../parts/chart-spec.ts";
import { formatNumber, formatShare } from "../../parts/format.ts";

type Forecast = RouteAnswer<"readForecast">;
export type ForecastSeries = Forecast["series"][number];

const names = ["day", "value", "part", "low", "high"] as const;

/** One series as rows for a chart: what is known, and from its last day on what is expected, within what bounds. */
export function drawnForecast(
  { family, target, coverage }: Pick<Forecast, "family" | "target" | "coverage">,
  { history, dates, mean, low, high }: ForecastSeries,
): { spec: ChartSpec; result: ResultTable } {
  const known = history.dates.map((day, at) => [day, history.values[at], "known", null, null]);
  const [lastDay, lastValue] = [history.dates.at(-1), history.values.at(-1)];
  // The forecast begins where the known ends, so that the line does not break.
  const joint = known.length === 0 ? [] : [[lastDay, lastValue, family, lastValue, lastValue]];
  const ahead = dates.map((day, at) => [day, mean[at], family, low[at], high[at]]);
  const band = { low: "low", high: "high", label: `${formatShare(coverage, 0)} interval` };
  return {
    spec: { kind: "line", x: "day", y: "value", series: "part", yLabel: target, band },
    result: {
      columns: names.map((name) => ({
        name,
        type: name === "day" ? "DATE" : name === "part" ? "VARCHAR" : "DOUBLE",
      })),
      rows: [...known, ...joint, ...ahead],
    },
  };
}

/** What is expected on the last day, in a sentence; "" without a day. */
export function lastDayOf({ name, dates, mean, low, high }: ForecastSeries): string {
  const at = dates.length - 1;
  const [day, middle, least, most] = [dates[at], mean[at], low[at], high[at]];
  if (day === undefined || middle === undefined || least === undefined || most === undefined)
    return "";
  return `${name} on ${day}: about ${formatNumber(middle)}, between ${formatNumber(least)} and ${formatNumber(most)}.`;
}

const figures: Readonly<Record<string, { readonly name: string; readonly isShare?: true }>> = {
  lossRatio: { name: "Loss, of naive's", isShare: true },
  mae: { name: "Mean absolute error" },
  rmse: { name: "Root mean squared error" },
  mase: { name: "Error, of naive's in training (MASE)" },
  directionAccuracy: { name: "Right about up or down", isShare: true },
  coverage: { name: "Outcomes inside the interval", isShare: true },
  wins: { name: "Comparisons clearly won" },
  losses: { name: "Comparisons clearly lost" },
  comparisons: { name: "Comparisons" },
};

/** A figure of a forecast in words, with its unit; one without words keeps its name. */
export function measured(key: string, value: number): { name: string; value: string } {
  const { name, isShare } = figures[key] ?? { name: key };
  return { name, value: isShare ? formatShare(value) : formatNumber(value) };
}
