import type { RouteAnswer } from "@souk/api";
import { memberOf } from "../../wire/answers.ts";
import { formatDifference } from "../learning/metric-words.ts";

export type Board = RouteAnswer<"getLeaderboard">;
export type Place = Board["rows"][number];

/** How a place stands to the first: told apart, or not. */
export interface ToBest {
  readonly text: string;
  readonly isToldApart: boolean;
}

/** The difference to the first place, undefined in the first place itself. */
export function toBestOf({ toBest }: Place, metric: string): ToBest | undefined {
  const difference = memberOf(toBest, "difference");
  if (typeof difference !== "number") return undefined;
  const isToldApart = memberOf(toBest, "isToldApart") === true;
  return {
    text: isToldApart ? formatDifference(metric, difference, 0) : "cannot be told apart",
    isToldApart,
  };
}

/** Round values of an axis between `least` and `most`, about four. */
export function ticksOf(least: number, most: number): readonly number[] {
  const rough = (most - least) / 4;
  if (!(rough > 0) || !Number.isFinite(rough)) return [];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(least / step);
  const count = Math.floor(most / step) - first + 1;
  return Array.from({ length: count }, (_none, place) =>
    Number(((first + place) * step).toPrecision(12)),
  );
}

/** Where a value stands on an axis that holds every interval with a little room, in percent. */
export function scaleOf(rows: readonly Pick<Place, "low" | "high">[]): (value: number) => number {
  const least = Math.min(...rows.map(({ low }) => low));
  const most = Math.max(...rows.map(({ high }) => high));
  const room = (most - least) * 0.05 || 1;
  const from = least - room;
  const width = most + room - from;
  return (value) => (100 * (value - from)) / width;
}
