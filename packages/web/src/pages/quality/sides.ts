import type { RouteAnswer, RouteBody } from "@souk/api";

export type Sides = Pick<RouteBody<"driftDataset">, "from" | "to">;
export type DriftAnswer = RouteAnswer<"driftDataset">;
export type DriftColumn = DriftAnswer["columns"][number];

/** What the address says about a comparison; "" where it says nothing. */
export interface Asked {
  readonly by: "version" | "date";
  readonly from: string;
  readonly to: string;
  /** Of dates: the column, and the ends of both periods. */
  readonly column: string;
  readonly fromEnd: string;
  readonly toEnd: string;
}

/** The two sides of a comparison, or undefined while something is missing or not meant. */
export function sidesOf({ by, from, to, column, fromEnd, toEnd }: Asked): Sides | undefined {
  if (by === "version") {
    if (!/^\d+$/.test(from) || !/^\d+$/.test(to) || from === to) return undefined;
    return { from: { version: Number(from) }, to: { version: Number(to) } };
  }
  const days = [from, fromEnd, to, toEnd];
  if (column === "" || days.some((day) => !/^\d{4}-\d{2}-\d{2}$/.test(day))) return undefined;
  if (from >= fromEnd || to >= toEnd) return undefined;
  return {
    from: { period: { column, from, to: fromEnd } },
    to: { period: { column, from: to, to: toEnd } },
  };
}

/** A range of days cut in two: the earlier half against the later. The ends of periods are not in them. */
export function halves(least: string, most: string): Omit<Asked, "by" | "column"> | undefined {
  const first = Date.parse(least.slice(0, 10));
  const last = Date.parse(most.slice(0, 10));
  if (!(last > first)) return undefined;
  const day = (time: number): string => new Date(time).toISOString().slice(0, 10);
  const middle = day(first + Math.ceil((last - first) / 2 / DAY_MS) * DAY_MS);
  return { from: day(first), fromEnd: middle, to: middle, toEnd: day(last + DAY_MS) };
}

const DAY_MS = 86_400_000;

/** One cell of the heat-map. */
export interface Heat {
  readonly value: number;
  /** [0, 1]: how red; 0.5 where the value begins to matter, at most 0.3 in columns that did not move beyond chance. */
  readonly heat: number;
}

/** The measures of the heat-map: from which value each matters. Sources: as the lake's drift; Siddiqi 2006 for PSI. */
export const measures = [
  {
    id: "effect",
    title: "Moved",
    matters: 0.1,
    about: "How far the values moved, 0 is not at all",
  },
  {
    id: "jensenShannon",
    title: "Shape",
    matters: 0.1,
    about: "Jensen-Shannon distance of the two distributions, 0 to 1",
  },
  {
    id: "populationStability",
    title: "Stability",
    matters: 0.25,
    about: "Population stability index: below 0.1 stable, above 0.25 moved",
  },
  {
    id: "missing",
    title: "Empty",
    matters: 0.05,
    about: "By how much the share of empty values changed",
  },
] as const;
export type Measure = (typeof measures)[number];

/** What a column is by a measure; undefined where the measure does not fit its kind. */
export function heatOf(column: DriftColumn, { id, matters }: Measure): Heat | undefined {
  const value =
    id === "effect"
      ? column.effect
      : id === "missing"
        ? Math.abs(column.missing.to - column.missing.from)
        : column.measures[id];
  if (value === undefined) return undefined;
  // What chance alone may do stays pale, however large it looks.
  return { value, heat: Math.min(column.drifted ? 1 : 0.3, value / matters / 2) };
}

/** Columns with what moved most first. */
export function byMove(columns: readonly DriftColumn[]): DriftColumn[] {
  return columns.toSorted((a, b) => Number(b.drifted) - Number(a.drifted) || b.effect - a.effect);
}
