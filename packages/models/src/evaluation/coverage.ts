import { mean, quantile, wilsonInterval } from "@souk/core";

/** How often the bounds of predictions held the actual number, on the rows of a report. */
export interface Coverage {
  /** The probability that was asked for. */
  readonly level: number;
  /** Share of rows whose actual number was within its bounds, and where that share would lie on other rows, 95 %. */
  readonly coverage: number;
  readonly low: number;
  readonly high: number;
  /** Of high minus low, in the target's unit. */
  readonly meanWidth: number;
  readonly medianWidth: number;
}

/** Bounds of predicted numbers, in the target's unit, [rows] each. */
export interface Bounds {
  readonly level: number;
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** Coverage and widths of `bounds` for the actual numbers `targets`; both ends are inside. */
export function coverageOf({ level, low, high }: Bounds, targets: Float64Array): Coverage {
  const inside = targets.filter((target, i) => low[i] <= target && target <= high[i]).length;
  const widths = high.map((value, i) => value - low[i]);
  return {
    level,
    coverage: inside / targets.length,
    ...wilsonInterval(inside, targets.length),
    meanWidth: mean(widths),
    medianWidth: quantile(widths, 0.5),
  };
}
