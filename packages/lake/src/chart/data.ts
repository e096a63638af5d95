import { SoukError } from "@souk/core";
import type { SqlCell, SqlResult } from "../sql/types.ts";
import type { ChartSpec } from "./spec.ts";

/** Most rows a picture or a printed table shows. */
const MOST_ROWS = 400;

/** A result arranged for drawing: one value per series and category, `null` where there is none. */
export interface ChartData {
  readonly categories: readonly string[];
  readonly series: readonly {
    readonly name: string;
    readonly values: readonly (number | null)[];
  }[];
}

/**
 * Arranges the rows by `spec.x` and `spec.series`, both in order of first appearance.
 * @throws SoukError `CHART_COLUMN` when the specification names a column that the result does not have.
 */
export function chartData(spec: ChartSpec, result: SqlResult): ChartData {
  const x = columnIndex(result, spec.x, "x");
  const y = columnIndex(result, firstY(spec), "y");
  const by = spec.series === undefined ? undefined : columnIndex(result, spec.series, "series");
  const categories = distinct(result, x);
  const names = by === undefined ? [firstY(spec) ?? ""] : distinct(result, by);
  const at = new Map(categories.map((name, i) => [name, i]));
  const grid = new Map(
    names.map((name) => [name, Array<number | null>(categories.length).fill(null)]),
  );
  for (const row of shownRows(result)) {
    const name = by === undefined ? (names[0] ?? "") : cellText(row[by] ?? null);
    const column = at.get(cellText(row[x] ?? null));
    if (column !== undefined) grid.get(name)?.splice(column, 1, numberOf(row[y] ?? null));
  }
  return {
    categories,
    series: [...grid].map(([name, values]) => ({ name, values })),
  };
}

/** Each category's values as shares of their sum; stays `null` where a category is empty. */
export function asShares({ categories, series }: ChartData): ChartData {
  const totals = categories.map((_name, i) =>
    series.reduce((sum, { values }) => sum + (values[i] ?? 0), 0),
  );
  const shares = series.map(({ name, values }) => ({
    name,
    values: values.map((value, i) => (value === null ? null : value / (totals[i] || 1))),
  }));
  return { categories, series: shares };
}

/** Lines need their positions in order of the axis, with the years in which nothing happened. */
export function sortedByCategory({ categories, series }: ChartData): ChartData {
  const order = axisPositions(categories);
  const at = new Map(categories.map((name, i) => [name, i]));
  return {
    categories: order,
    series: series.map(({ name, values }) => ({
      name,
      values: order.map((position) => values[at.get(position) ?? -1] ?? null),
    })),
  };
}

/** Whole numbers become every number from the first to the last; anything else is sorted as text. */
function axisPositions(categories: readonly string[]): string[] {
  const numbers = categories.map(Number);
  const first = Math.min(...numbers);
  const span = Math.max(...numbers) - first;
  if (numbers.every(Number.isInteger) && span < MOST_ROWS)
    return Array.from({ length: span + 1 }, (_, i) => String(first + i));
  if (numbers.every(Number.isFinite)) return categories.toSorted((a, b) => Number(a) - Number(b));
  return categories.toSorted();
}

/** The number of a `number` chart, or of any one cell: first row, column `spec.y`. */
export function chartNumber(spec: ChartSpec, result: SqlResult): number | null {
  return numberOf(result.rows[0]?.[columnIndex(result, firstY(spec), "y")] ?? null);
}

/** The value of `spec.mark` in the first row. */
export function chartMark(spec: ChartSpec, result: SqlResult): number | null {
  if (spec.mark === undefined) return null;
  return numberOf(result.rows[0]?.[columnIndex(result, spec.mark.column, "mark")] ?? null);
}

/** Low end and width of `spec.band` at each of `categories`; `null` where it has none. */
export function chartBand(
  spec: ChartSpec,
  result: SqlResult,
  categories: readonly string[],
): { readonly low: readonly (number | null)[]; readonly width: readonly (number | null)[] } {
  const x = columnIndex(result, spec.x, "x");
  const [low, high] = [spec.band?.low, spec.band?.high].map((name) =>
    columnIndex(result, name, "band"),
  );
  const ends = new Map<string, readonly [number, number]>();
  for (const row of shownRows(result)) {
    const [from, to] = [numberOf(row[low ?? 0] ?? null), numberOf(row[high ?? 0] ?? null)];
    if (from !== null && to !== null) ends.set(cellText(row[x] ?? null), [from, to]);
  }
  const found = categories.map((name) => ends.get(name));
  return {
    low: found.map((end) => end?.[0] ?? null),
    width: found.map((end) => (end === undefined ? null : end[1] - end[0])),
  };
}

/** The rows that are drawn. */
export function shownRows(result: SqlResult): readonly (readonly SqlCell[])[] {
  return result.rows.slice(0, MOST_ROWS);
}

/** A cell as a person reads it; NULL is a dash. */
export function cellText(cell: SqlCell, digits?: number): string {
  if (cell === null) return "–";
  if (typeof cell === "number") return numberText(cell, digits);
  return typeof cell === "object" ? JSON.stringify(cell) : String(cell);
}

/** A number with up to 3 significant decimals, or exactly `digits`; never grouped, so that it can be copied. */
export function numberText(value: number, digits?: number): string {
  if (digits !== undefined) return value.toFixed(digits);
  if (Number.isInteger(value)) return String(value);
  const size = Math.abs(value);
  return size >= 100 ? value.toFixed(1) : String(Number(value.toPrecision(size >= 1 ? 4 : 3)));
}

function firstY({ y }: ChartSpec): string | undefined {
  return typeof y === "string" ? y : y?.[0];
}

function columnIndex(result: SqlResult, name: string | undefined, role: string): number {
  const index = result.columns.findIndex((column) => column.name === name);
  if (index >= 0) return index;
  const known = result.columns.map((column) => column.name).join(", ");
  throw new SoukError(
    "CHART_COLUMN",
    `the chart's ${role} is column "${name ?? ""}", the result has ${known}`,
  );
}

function distinct(result: SqlResult, index: number): string[] {
  return [...new Set(shownRows(result).map((row) => cellText(row[index] ?? null)))];
}

function numberOf(cell: SqlCell): number | null {
  const value = typeof cell === "string" && cell !== "" ? Number(cell) : cell;
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}
