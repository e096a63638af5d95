import type { SettingValue } from "../families/settings.ts";
import type { Dimension } from "./space.ts";

type NumberDimension = Extract<Dimension, { kind: "number" }>;

/**
 * Where a value lies in its dimension. Numbers: in [0, 1] after the scale, a whole number in the middle (before a log
 * scale) of a cell that reaches half a step to both sides, so that the ends are as likely as the rest. Choices: the
 * index of the option.
 */
export function coordinateOf(dimension: Dimension, value: SettingValue): number {
  if (dimension.kind === "choice") return dimension.options.indexOf(value);
  return place(dimension, Number(value));
}

/** The value at a coordinate; the inverse of `coordinateOf`, whole numbers rounded to their cell. */
export function valueAt(dimension: Dimension, coordinate: number): SettingValue {
  if (dimension.kind === "choice") return dimension.options[coordinate];
  const { min, max, integer } = dimension;
  const { low, high } = ends(dimension);
  const scaled = low + coordinate * (high - low);
  const value = dimension.scale === "log" ? Math.exp(scaled) : scaled;
  return Math.min(max, Math.max(min, integer ? Math.round(value) : value));
}

/** The ends in [0, 1] of the cell of a whole number. */
export function cellOf(
  dimension: NumberDimension,
  coordinate: number,
): { from: number; to: number } {
  const value = Number(valueAt(dimension, coordinate));
  return { from: place(dimension, value - 0.5), to: place(dimension, value + 0.5) };
}

function place(dimension: NumberDimension, value: number): number {
  const { low, high } = ends(dimension);
  return ((dimension.scale === "log" ? Math.log(value) : value) - low) / (high - low);
}

function ends({ min, max, scale, integer }: NumberDimension): { low: number; high: number } {
  const half = integer ? 0.5 : 0;
  return scale === "log"
    ? { low: Math.log(min - half), high: Math.log(max + half) }
    : { low: min - half, high: max + half };
}
