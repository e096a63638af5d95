import type { SettingSpec } from "./settings.ts";

/** The setting every family with epochs has. */
export const epochsSetting = {
  kind: "number",
  default: 0,
  min: 0,
  max: 1000,
  integer: true,
  description: "most passes over the training rows; 0: by their number, 6 to 150",
} as const satisfies SettingSpec;

/** Rows a training should see in all: six epochs of the 76,000 star-rating rows, more did not help its validation. */
const ROWS_SEEN = 450_000;

/** The epochs asked for, or for 0 as many as show a small table often enough: early stopping ends them sooner. */
export function epochCount(setting: number, trainRows: number): number {
  return setting > 0 ? setting : Math.min(150, Math.max(6, Math.round(ROWS_SEEN / trainRows)));
}
