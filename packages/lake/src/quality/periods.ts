import { SoukError } from "@souk/core";
import type { DriftSide } from "./distribution.ts";

/** Steps in which time is cut. */
export type PeriodUnit = "day" | "week" | "month" | "quarter" | "year";

/** A stretch of time or a version, with what it is called. */
export interface NamedSide {
  /** "2024-03" for a month, "week of 2024-03-04", "version 7". */
  readonly label: string;
  readonly side: DriftSide;
}

const units = ["day", "week", "month", "quarter", "year"] as const satisfies readonly PeriodUnit[];
const DAY_MS = 86_400_000;

/**
 * The days from `first` to `last` (ISO, UTC) in the finest steps of which there are at most `most`, or in steps of `unit`; of
 * more than `most` steps the latest. Weeks begin on Mondays.
 * @throws SoukError `QUALITY_PERIOD` when the days are no dates.
 */
export function periodsOf(
  { column, first, last }: { column: string; first: string; last: string },
  { unit, most }: { unit?: PeriodUnit; most: number },
): { readonly unit: PeriodUnit; readonly periods: readonly NamedSide[] } {
  const from = dayOf(first);
  const until = dayOf(last);
  const chosen = unit ?? units.find((one) => stepsBetween(from, until, one) <= most) ?? "year";
  const periods: NamedSide[] = [];
  let begins = startOf(until, chosen);
  const oldest = startOf(from, chosen);
  while (begins >= oldest && periods.length < most) {
    const period = { column, from: isoOf(begins), to: isoOf(nextOf(begins, chosen)) };
    periods.push({ label: labelOf(begins, chosen), side: { period } });
    begins = startOf(begins - DAY_MS, chosen);
  }
  return { unit: chosen, periods: periods.toReversed() };
}

/** Midnight, UTC, of the day a text begins with. */
function dayOf(text: string): number {
  const time = Date.parse(text.slice(0, 10));
  if (Number.isFinite(time)) return time;
  throw new SoukError("QUALITY_PERIOD", `expected a column of dates, got "${text.slice(0, 40)}"`);
}

function stepsBetween(from: number, until: number, unit: PeriodUnit): number {
  let steps = 1;
  // A cap: two thousand years of days are not walked through.
  for (let at = startOf(from, unit); nextOf(at, unit) <= until && steps < 1000; steps += 1)
    at = nextOf(at, unit);
  return steps;
}

function startOf(time: number, unit: PeriodUnit): number {
  const day = new Date(time);
  const year = day.getUTCFullYear();
  const month = day.getUTCMonth();
  if (unit === "day") return time;
  if (unit === "week") return time - ((day.getUTCDay() + 6) % 7) * DAY_MS;
  if (unit === "year") return utc(year, 0);
  return utc(year, unit === "quarter" ? month - (month % 3) : month);
}

function nextOf(start: number, unit: PeriodUnit): number {
  const day = new Date(start);
  const year = day.getUTCFullYear();
  if (unit === "day") return start + DAY_MS;
  if (unit === "week") return start + 7 * DAY_MS;
  if (unit === "year") return utc(year + 1, 0);
  return utc(year, day.getUTCMonth() + (unit === "quarter" ? 3 : 1));
}

/** `Date.UTC`, with years before 100 as they are. */
function utc(year: number, month: number): number {
  return new Date(0).setUTCFullYear(year, month, 1);
}

function isoOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

function labelOf(start: number, unit: PeriodUnit): string {
  const iso = isoOf(start);
  if (unit === "day") return iso;
  if (unit === "week") return `week of ${iso}`;
  if (unit === "month") return iso.slice(0, 7);
  if (unit === "year") return iso.slice(0, 4);
  return `${iso.slice(0, 4)} Q${1 + Math.floor(new Date(start).getUTCMonth() / 3)}`;
}
