import { memberOf } from "../wire/answers.ts";
import type { Cell } from "./export.ts";

/** Rows as SQL answers with them. */
export interface ResultTable {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly unknown[])[];
}

export const chartKinds = [
  "bar",
  "stacked-bar",
  "share-bar",
  "line",
  "scatter",
  "histogram",
  "number",
  "table",
] as const;
export type ChartKind = (typeof chartKinds)[number];

/** How an answer is drawn: a kind, the columns it takes, and words. The saved questions of the server come in this form too. */
export interface ChartSpec {
  readonly kind: ChartKind;
  readonly x?: string;
  readonly y?: string;
  /** Column whose values tell stacks, lines or clouds apart. */
  readonly series?: string;
  readonly title?: string;
  readonly xLabel?: string;
  readonly yLabel?: string;
  /** Ends of the value axis. */
  readonly yMin?: number;
  readonly yMax?: number;
  /** Digits after the point of the values. */
  readonly digits?: number;
  /** Columns of a shaded band around a line. */
  readonly band?: { readonly low: string; readonly high: string; readonly label: string };
  /** Histogram: `y` counts what lies in bins this wide, which begin at `x`. Without: `x` is counted here. */
  readonly binWidth?: number;
  /** Histogram: a line at the value that every row has in `column`. */
  readonly mark?: { readonly column: string; readonly label: string };
}

const texts = ["x", "y", "series", "title", "xLabel", "yLabel"] as const;
const numbers = ["yMin", "yMax", "digits", "binWidth"] as const;

/** Reads the chart of a question as the server sends it; what is no chart is a table. */
export function chartSpecOf(value: unknown): ChartSpec {
  const kind = chartKinds.find((one) => one === memberOf(value, "kind")) ?? "table";
  const found: Record<string, unknown> = {};
  for (const name of texts)
    if (typeof memberOf(value, name) === "string") found[name] = memberOf(value, name);
  for (const name of numbers)
    if (typeof memberOf(value, name) === "number") found[name] = memberOf(value, name);
  const y: unknown = memberOf(value, "y");
  if (Array.isArray(y) && typeof y[0] === "string") found["y"] = y[0];
  const [low, high, bandLabel] = ["low", "high", "label"].map((name) =>
    memberOf(memberOf(value, "band"), name),
  );
  if (typeof low === "string" && typeof high === "string")
    found["band"] = { low, high, label: textOfCell(bandLabel) };
  const [column, markLabel] = ["column", "label"].map((name) =>
    memberOf(memberOf(value, "mark"), name),
  );
  if (typeof column === "string") found["mark"] = { column, label: textOfCell(markLabel) };
  const isShares = kind === "stacked-bar" && memberOf(value, "percent") === true;
  return { kind: isShares ? "share-bar" : kind, ...found };
}

/** What a column of an answer is to a chart. */
export type ColumnSort = "number" | "time" | "period" | "words" | "other";

const periods = /(^|_)(year|quarter|month|week|day|hour|decade|words_from|bin)$/i;

/** Sorts a column by its DuckDB type; whole numbers named after a piece of time are periods. */
export function sortOfColumn({ name, type }: { name: string; type: string }): ColumnSort {
  if (/\[\]|STRUCT|MAP|BLOB|UNION/.test(type)) return "other";
  if (/INT/.test(type) && !type.startsWith("INTERVAL"))
    return periods.test(name) ? "period" : "number";
  if (/^(DOUBLE|FLOAT|REAL|DECIMAL|NUMERIC)/.test(type)) return "number";
  if (/^(DATE|TIMESTAMP)/.test(type)) return "time";
  return /^(VARCHAR|ENUM|BOOLEAN|UUID)/.test(type) ? "words" : "other";
}

/** Stacks and lines that can still be told apart. */
const MOST_SERIES = 8;
/** Bars that can still be read. */
const MOST_BARS = 60;

/** The chart that fits the types of an answer's columns; a table when none does. */
export function suggestChart(result: ResultTable): ChartSpec {
  const { rows } = result;
  const columns = result.columns.map((column) => ({
    name: column.name,
    sort: sortOfColumn(column),
  }));
  const measures = columns.filter(({ sort }) => sort === "number").map(({ name }) => name);
  const y = measures[0];
  if (rows.length === 0 || y === undefined) return { kind: "table" };
  if (rows.length === 1) return measures.length === 1 ? { kind: "number", y } : { kind: "table" };
  const time = columns.find(({ sort }) => sort === "time" || sort === "period")?.name;
  const words = columns.filter(({ sort }) => sort === "words").map(({ name }) => name);
  const few = words.filter((name) => hasAtMost(result, name, MOST_SERIES));
  if (time !== undefined) return lineOver(result, { x: time, y, few });
  const x = words.find((name) => hasAtMost(result, name, MOST_BARS));
  if (x !== undefined)
    return barsBy(result, { x, measures, few: few.filter((name) => name !== x) });
  if (words.length > 0) return { kind: "table" };
  return numbersAlone(result, measures);
}

/** A line where each moment has one row, or one for each of a few words; rows of one moment are not one point. */
function lineOver(
  result: ResultTable,
  { x, y, few }: { x: string; y: string; few: readonly string[] },
): ChartSpec {
  if (isKey(result, [x])) return { kind: "line", x, y };
  const series = few.find((name) => isKey(result, [x, name]));
  return series === undefined ? { kind: "table" } : { kind: "line", x, y, series };
}

function barsBy(
  result: ResultTable,
  { x, measures, few }: { x: string; measures: readonly string[]; few: readonly string[] },
): ChartSpec {
  const [first = "", second] = measures;
  // One row a word is a bar each.
  if (isKey(result, [x])) return { kind: "bar", x, y: first };
  const series = few.find((name) => isKey(result, [x, name]));
  if (series !== undefined) return { kind: "stacked-bar", x, y: first, series };
  // Stars and the like: a number of few values that splits another.
  const splits =
    second !== undefined && hasAtMost(result, first, MOST_SERIES) && isKey(result, [x, first]);
  return splits ? { kind: "stacked-bar", x, y: second, series: first } : { kind: "table" };
}

function numbersAlone(result: ResultTable, [first = "", second]: readonly string[]): ChartSpec {
  if (second === undefined) return { kind: "histogram", x: first };
  const isBar = result.rows.length <= 30 && isKey(result, [first]);
  return { kind: isBar ? "bar" : "scatter", x: first, y: second };
}

/** The place of a column, -1 when there is none of that name. */
export function placeOf({ columns }: ResultTable, name: string | undefined): number {
  return columns.findIndex((column) => column.name === name);
}

/** True when a column has at most so many different values; looks no further than it must. */
function hasAtMost(result: ResultTable, name: string, most: number): boolean {
  const place = placeOf(result, name);
  const seen = new Set<string>();
  return result.rows.every((row) => seen.add(textOfCell(row[place])).size <= most);
}

/** True when no two rows agree in all of these columns; looks no further than the first two that do. */
function isKey(result: ResultTable, names: readonly string[]): boolean {
  const places = names.map((name) => placeOf(result, name));
  const seen = new Set<string>();
  return result.rows.every((row) => {
    const size = seen.size;
    return seen.add(places.map((place) => textOfCell(row[place])).join("\n")).size > size;
  });
}

/** A cell as a person reads it; nothing is a dash. */
export function textOfCell(cell: unknown): string {
  if (cell === null || cell === undefined) return "–";
  if (typeof cell === "string") return cell;
  if (typeof cell === "number" || typeof cell === "boolean") return String(cell);
  return JSON.stringify(cell);
}

/** A cell as data: lists and structs as JSON. */
export function dataOfCell(cell: unknown): Cell {
  if (typeof cell === "number" || typeof cell === "string" || typeof cell === "boolean")
    return cell;
  return cell === null || cell === undefined ? null : JSON.stringify(cell);
}

/** A cell as a number, `null` when it is none; long integers come as text. */
export function numberOfCell(cell: unknown): number | null {
  const value = typeof cell === "string" && cell.trim() !== "" ? Number(cell) : cell;
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}
