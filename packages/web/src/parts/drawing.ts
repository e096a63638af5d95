import {
  type ChartSpec,
  numberOfCell,
  placeOf,
  type ResultTable,
  textOfCell,
} from "./chart-spec.ts";
import { bars, histogram } from "./drawing-bars.ts";
import { type Drawing, gridBelow, legendOf, valueText } from "./drawing-frame.ts";
import { lines } from "./drawing-lines.ts";
import { lowerFirst, upperFirst } from "./drawing-words.ts";
import { formatNumber } from "./format.ts";

/** Points of a cloud beyond this say nothing more. */
const MOST_POINTS = 5000;

/** Draws an answer as its specification says, or tells why it cannot be. */
export function drawingOf(spec: ChartSpec, result: ResultTable): Drawing {
  if (result.rows.length === 0) return { kind: "none", why: "The answer has no rows." };
  if (spec.kind === "table") return { kind: "table" };
  const missing = missingColumn(spec, result);
  if (missing !== undefined) return { kind: "none", why: missing };
  if (spec.kind === "number") return numberDrawing(spec, result);
  if (spec.kind === "histogram") return histogram(spec, result);
  if (spec.kind === "line") return lines(spec, result);
  return spec.kind === "scatter" ? cloud(spec, result) : bars(spec, result);
}

function missingColumn(spec: ChartSpec, result: ResultTable): string | undefined {
  const needsY = !(spec.kind === "histogram" && spec.binWidth === undefined);
  const needed = [
    ...(spec.kind === "number" ? [] : [["x", spec.x] as const]),
    ...(needsY ? [["y", spec.y] as const] : []),
    ...(spec.series === undefined ? [] : [["series", spec.series] as const]),
  ];
  for (const [role, name] of needed) {
    if (name === undefined) return `Choose a column for ${role}.`;
    if (placeOf(result, name) < 0) return `The answer has no column “${name}” for ${role}.`;
  }
  return undefined;
}

function numberDrawing(spec: ChartSpec, result: ResultTable): Drawing {
  const value = numberOfCell(result.rows[0]?.[placeOf(result, spec.y)]);
  return {
    kind: "number",
    value: value === null ? "–" : valueText(value, spec),
    label: spec.yLabel ?? spec.y ?? "",
  };
}

function cloud(spec: ChartSpec, result: ResultTable): Drawing {
  const [x, y, by] = [spec.x, spec.y, spec.series].map((name) => placeOf(result, name));
  const step = Math.max(1, Math.ceil(result.rows.length / MOST_POINTS));
  const groups = new Map<string, [number, number][]>();
  for (let at = 0; at < result.rows.length; at += step) {
    const row = result.rows[at] ?? [];
    const point = [numberOfCell(row[x ?? 0]), numberOfCell(row[y ?? 0])] as const;
    if (point[0] === null || point[1] === null) continue;
    const name = by === undefined || by < 0 ? (spec.y ?? "") : textOfCell(row[by]);
    const group = groups.get(name) ?? [];
    if (group.push([point[0], point[1]]) === 1) groups.set(name, group);
  }
  if (groups.size === 0) return { kind: "none", why: "Clouds need numbers for x and y." };
  const series = [...groups].map(([name, data]) => ({
    type: "scatter",
    name,
    data,
    symbolSize: 6,
    itemStyle: { opacity: 0.6 },
  }));
  const axis = { type: "value", scale: true };
  return {
    kind: "chart",
    option: {
      grid: gridBelow(series.length),
      xAxis: axis,
      yAxis: axis,
      series,
      ...legendOf(series.length),
    },
    table: {
      columns: [spec.x ?? "x", spec.y ?? "y"],
      rows: [...groups.values()].flat().slice(0, 1000),
    },
    height: 360,
    ...(step > 1 && {
      note: `Every ${step}th of ${formatNumber(result.rows.length)} rows is drawn.`,
    }),
  };
}

/** The words below a chart: what is drawn over what. */
export function captionOf(spec: ChartSpec): string {
  const y = spec.yLabel ?? spec.y;
  const x = spec.xLabel ?? spec.x;
  const words =
    spec.kind === "histogram" && spec.binWidth === undefined
      ? `Rows by ${x ?? ""}`
      : [y, x && `by ${lowerFirst(x)}`, spec.series && `and ${lowerFirst(spec.series)}`]
          .filter(Boolean)
          .join(" ");
  return upperFirst(words.replaceAll("_", " "));
}
