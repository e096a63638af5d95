import type { EChartsCoreOption } from "echarts/core";
import type { ChartTable } from "./chart.tsx";
import {
  type ChartSpec,
  placeOf,
  type ResultTable,
  sortOfColumn,
  textOfCell,
  numberOfCell,
} from "./chart-spec.ts";
import { formatNumber, formatShare } from "./format.ts";

/** An answer, ready to be shown. */
export type Drawing =
  | {
      readonly kind: "chart";
      readonly option: EChartsCoreOption;
      readonly table: ChartTable;
      readonly height: number;
      /** What is left out, in words. */
      readonly note?: string;
    }
  | { readonly kind: "number"; readonly value: string; readonly label: string }
  | { readonly kind: "table" }
  | { readonly kind: "none"; readonly why: string };

/** One value for each series and category; `null` where there is none. */
export interface ValueGrid {
  readonly categories: readonly string[];
  readonly series: readonly {
    readonly name: string;
    readonly values: readonly (number | null)[];
  }[];
  /** True when somewhere several rows became one value. */
  readonly hasMeans?: boolean;
}

/** Arranges rows by x and series, both in order of first appearance; rows of the same place become their mean. */
export function valueGrid(spec: ChartSpec, result: ResultTable): ValueGrid {
  const [x, y, by] = [spec.x, spec.y, spec.series].map((name) => placeOf(result, name));
  const at = new Map<string, number>();
  const cells = new Map<string, Mean[]>();
  let hasMeans = false;
  for (const row of result.rows) {
    const category = textOfCell(row[x ?? 0]);
    const place = at.get(category) ?? at.size;
    at.set(category, place);
    const name = by === undefined || by < 0 ? (spec.yLabel ?? spec.y ?? "") : textOfCell(row[by]);
    const means = cells.get(name) ?? [];
    cells.set(name, means);
    const value = numberOfCell(row[y ?? 0]);
    if (value === null) continue;
    const mean = (means[place] ??= { sum: 0, count: 0 });
    mean.sum += value;
    mean.count += 1;
    hasMeans ||= mean.count > 1;
  }
  const categories = [...at.keys()];
  const series = [...cells].map(([name, means]) => ({
    name,
    values: categories.map((_category, place) => meanOf(means[place])),
  }));
  return { categories, series, hasMeans };
}

interface Mean {
  sum: number;
  count: number;
}

function meanOf(mean: Mean | undefined): number | null {
  return mean === undefined ? null : mean.sum / mean.count;
}

/** What is not as the answer has it, in words. */
export function notesOf(
  { hasMeans }: ValueGrid,
  ...notes: readonly (string | undefined)[]
): { note?: string } {
  const said = [hasMeans ? "Several rows share a place: their mean is drawn." : undefined, ...notes]
    .filter((note) => note !== undefined)
    .join(" ");
  return said === "" ? {} : { note: said };
}

/** The same, as the numbers behind a chart. */
export function gridTable(x: string, { categories, series }: ValueGrid): ChartTable {
  return {
    columns: [x, ...series.map(({ name }) => name)],
    rows: categories.map((category, place) => [
      category,
      ...series.map(({ values }) => values[place]),
    ]),
  };
}

/** A value as this chart writes it. */
export function valueText(value: number, { kind, digits }: ChartSpec): string {
  if (kind === "share-bar") return formatShare(value);
  return digits === undefined
    ? formatNumber(value)
    : value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Room for the legend above the grid. */
export function gridBelow(series: number): object {
  return { left: 8, right: 28, top: series > 1 ? 44 : 16, bottom: 8, containLabel: true };
}

/** Names of the series, when there are several. */
export function legendOf(series: number): object {
  return series > 1
    ? { legend: { type: "scroll", top: 4, left: 0, right: 0, itemWidth: 14, itemHeight: 9 } }
    : {};
}

/** True when the values of x are moments. */
export function isTimeAxis(spec: ChartSpec, result: ResultTable): boolean {
  const column = result.columns[placeOf(result, spec.x)];
  return column !== undefined && sortOfColumn(column) === "time";
}
