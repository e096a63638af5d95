import { SoukError } from "@souk/core";
import { dayText } from "./calendar.ts";
import { type Series, seriesWindow } from "./series.ts";

/**
 * What is forecast of a series: its `value`; its one-day log `return`; its `direction` (1 up, 0 not); or its
 * `volatility`, the standard deviation of the last five log returns.
 */
export type ForecastTarget = "value" | "return" | "direction" | "volatility";

const VOLATILITY_DAYS = 5;

/**
 * The target as a series of its own; day `t` of it depends on days up to `t` only. One day shorter for `return` and
 * `direction`, five for `volatility`. What it was derived from stays beside it: the values as `base`, and the bars.
 *
 * @throws SoukError `SERIES_SHORT` on too few days, `SERIES_VALUE` when a logarithm is needed of a value <= 0.
 */
export function deriveTarget(series: Series, target: ForecastTarget): Series {
  if (target === "value") return series;
  const dropped = target === "volatility" ? VOLATILITY_DAYS : 1;
  if (series.length <= dropped)
    throw new SoukError(
      "SERIES_SHORT",
      `${target}: expected more than ${dropped} days, got ${series.length}`,
    );
  const value = new Float64Array(series.length - dropped);
  const returns = target === "direction" ? undefined : logReturns(series);
  for (let i = 0; i < value.length; i++) {
    const at = i + dropped;
    if (returns === undefined) value[i] = series.value[at] > series.value[at - 1] ? 1 : 0;
    else if (target === "return") value[i] = returns[at - 1];
    else value[i] = deviation(returns.subarray(at - VOLATILITY_DAYS, at));
  }
  const known = seriesWindow(series, dropped, series.length);
  return { ...known, value, base: known.value };
}

/** Sample standard deviation, n - 1 below; 0 of a single value. */
export function deviation(values: Float64Array): number {
  if (values.length < 2) return 0;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}

/** Entry `i` is ln(value[i + 1] / value[i]), [length - 1]. */
function logReturns({ value, days, length }: Series): Float64Array {
  const returns = new Float64Array(length - 1);
  for (let i = 0; i < length; i++) {
    if (!(value[i] > 0))
      throw new SoukError(
        "SERIES_VALUE",
        `returns need values above 0, got ${value[i]} on ${dayText(days[i])}`,
      );
    if (i > 0) returns[i - 1] = Math.log(value[i] / value[i - 1]);
  }
  return returns;
}
