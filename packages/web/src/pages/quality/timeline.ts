import type { RouteAnswer, RouteBody } from "@souk/api";
import { formatNumber, formatShare } from "../../parts/format.ts";

export type Timeline = RouteAnswer<"driftTimeline">;
export type TimelineColumn = Timeline["columns"][number];
export type TimelineCell = TimelineColumn["cells"][number];
export type TimelineStep = Timeline["steps"][number];
type Request = RouteBody<"driftTimeline">;

/** From these on the population stability index says "somewhat" and "moved". Source: Siddiqi, "Credit Risk Scorecards", 2006. */
const SOMEWHAT = 0.1;
const MOVED = 0.25;

export const unitOptions = [
  { value: "", label: "As fits" },
  { value: "day", label: "Days" },
  { value: "week", label: "Weeks" },
  { value: "month", label: "Months" },
  { value: "quarter", label: "Quarters" },
  { value: "year", label: "Years" },
] as const;

/** What the address says of the map; "" where it says nothing. */
export interface AskedTimeline {
  /** A column of dates, or "" for versions. */
  readonly on: string;
  readonly unit: string;
  /** A side as `againstOf` writes it. */
  readonly against: string;
}

/** The question for the API; what the address says wrongly is left out. */
export function requestOf({ on, unit, against }: AskedTimeline): Request {
  const known = unitOptions.find(({ value }) => value !== "" && value === unit)?.value;
  const reference = sideOf(on, against);
  return {
    ...(on !== "" && { by: on }),
    ...(on !== "" && known && { unit: known }),
    ...(reference && { reference }),
  };
}

/** A step as the address names it when the others are held against it: "3", "2024-01-01:2024-02-01". */
export function againstOf({ side: { version, period } }: Pick<TimelineStep, "side">): string {
  return period ? `${period.from}:${period.to}` : String(version ?? "");
}

function sideOf(on: string, against: string): Request["reference"] {
  if (on === "") return /^\d{1,9}$/.test(against) ? { version: Number(against) } : undefined;
  const [, from, to] = /^(\d{4}-\d{2}-\d{2}):(\d{4}-\d{2}-\d{2})$/.exec(against) ?? [];
  return from && to ? { period: { column: on, from, to } } : undefined;
}

/** [0, 1]: how red; 0.5 where the index begins to say "moved", at most 0.3 where chance may have done it. */
export function heatOfCell({ value, drifted }: TimelineCell): number {
  return Math.min(drifted ? 1 : 0.3, Math.max(0, value ?? 0) / MOVED / 2);
}

/** Columns with those that moved most often first, then by how far. */
export function byTimesMoved(columns: readonly TimelineColumn[]): TimelineColumn[] {
  const times = ({ cells }: TimelineColumn): number =>
    cells.filter(({ drifted }) => drifted).length;
  const most = ({ cells }: TimelineColumn): number =>
    Math.max(0, ...cells.map(({ value }) => value ?? 0));
  return columns.toSorted((a, b) => times(b) - times(a) || most(b) - most(a));
}

/** A cell in words, for people who do not see its colour. */
export function cellWords(name: string, step: TimelineStep, cell: TimelineCell): string {
  const { value, drifted } = cell;
  if (value === null) return `${name}, ${step.label}: nothing to compare`;
  const moved = drifted ? "moved" : value < SOMEWHAT ? "stable" : "not beyond chance";
  return `${name}, ${step.label}: ${moved}, stability index ${value.toFixed(2)}`;
}

/** What is said above the two distributions of a cell. */
export function cellSentence({ drifted, value }: TimelineCell, reference: string): string {
  if (value === null) return "There is nothing to compare here.";
  if (!drifted) return `It did not move beyond chance, against ${reference}.`;
  return value >= MOVED || value < SOMEWHAT
    ? `It moved, against ${reference}.`
    : `It moved somewhat, against ${reference}.`;
}

/** The statistics of a cell by name. */
export function cellFacts(
  cell: TimelineCell,
  rows: { readonly before: number; readonly after: number },
): (readonly [string, string])[] {
  const { value, chance, pValue, missing } = cell;
  return [
    ["Population stability index", value === null ? "–" : value.toFixed(3)],
    ["By chance alone", `about ${chance < 0.001 ? "0" : chance.toFixed(3)}`],
    [
      "Chance would do this",
      pValue === null
        ? "not tested"
        : pValue < 0.001
          ? "less than 0.1 % of times"
          : formatShare(pValue),
    ],
    ["Empty", formatShare(missing)],
    ["Rows", `${formatNumber(rows.before)} before, ${formatNumber(rows.after)} in this step`],
  ];
}
