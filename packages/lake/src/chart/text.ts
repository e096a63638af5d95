import type { SqlResult } from "../sql/types.ts";
import { displayWidth, fit, oneLine } from "./columns-wide.ts";
import {
  asShares,
  cellText,
  type ChartData,
  chartData,
  chartMark,
  chartNumber,
  numberText,
  shownRows,
  sortedByCategory,
} from "./data.ts";
import type { ChartSpec } from "./spec.ts";

const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
/** Told apart without colour, dark to light. */
const SHADES = ["█", "▓", "▒", "░", "▚", "╳", "·", "▞"];
const MARKS = ["●", "▲", "■", "◆", "○", "△", "□", "◇", "+", "×"];
const LINE_ROWS = 13;

/**
 * A result as a chart for the terminal, lines of at most `width` columns, without colour.
 *
 * @param options `width` in columns, at least 40; default 80.
 * @throws SoukError `CHART_COLUMN`.
 */
export function renderChartText(spec: ChartSpec, result: SqlResult, { width = 80 } = {}): string {
  const columns = Math.max(40, Math.floor(width));
  const body = drawBody(spec, result, columns);
  const cut = result.truncated ? [`(first ${result.rowCount} rows)`] : [];
  return [oneLine(spec.title), "", ...body, ...cut].map((line) => line.trimEnd()).join("\n");
}

function drawBody(spec: ChartSpec, result: SqlResult, width: number): string[] {
  if (result.rowCount === 0) return ["(no rows)"];
  switch (spec.kind) {
    case "bar":
      return bars(spec, chartData(spec, result), width);
    case "stacked-bar":
      return stacks(spec, chartData(spec, result), width);
    case "line":
      return lines(spec, sortedByCategory(chartData(spec, result)), width);
    case "histogram":
      return bins(spec, result, width);
    case "number":
      return [bigNumber(spec, result)];
    default:
      return renderTableText(result, { width }).split("\n");
  }
}

function bigNumber(spec: ChartSpec, result: SqlResult): string {
  const value = chartNumber(spec, result);
  const text = value === null ? "–" : numberText(value, spec.digits);
  return spec.yLabel === undefined ? `  ${text}` : `  ${text}  ${spec.yLabel}`;
}

function bars(spec: ChartSpec, data: ChartData, width: number): string[] {
  const values = data.series[0]?.values ?? [];
  const texts = values.map((value) => (value === null ? "–" : numberText(value, spec.digits)));
  const labelWidth = labelColumns(data.categories, width);
  const textWidth = Math.max(...texts.map((text) => text.length));
  const room = width - labelWidth - textWidth - 3;
  const top = Math.max(spec.yMax ?? 0, ...values.map((value) => value ?? 0), Number.MIN_VALUE);
  return data.categories.map((name, i) => {
    const bar = blocks(((values[i] ?? 0) / top) * room);
    return `${fit(name, labelWidth)} │${fit(bar, room)} ${fit(texts[i] ?? "", textWidth, "right")}`;
  });
}

/** A bar of `length` columns, to the eighth. */
function blocks(length: number): string {
  const eighths = Math.max(0, Math.round(length * 8));
  return "█".repeat(eighths >> 3) + (EIGHTHS[eighths & 7] ?? "");
}

function stacks(spec: ChartSpec, raw: ChartData, width: number): string[] {
  const data = spec.percent ? asShares(raw) : raw;
  const labelWidth = labelColumns(data.categories, width);
  const room = width - labelWidth - 3;
  const totals = data.categories.map((_name, i) =>
    data.series.reduce((sum, { values }) => sum + (values[i] ?? 0), 0),
  );
  const top = spec.percent ? 1 : Math.max(...totals, Number.MIN_VALUE);
  const rows = data.categories.map((name, i) => {
    const parts = data.series.map(({ values }) => ((values[i] ?? 0) / top) * room);
    return `${fit(name, labelWidth)} │${stackLine(parts)}`;
  });
  const axis = spec.percent
    ? [`${" ".repeat(labelWidth + 2)}0 %${fit("100 %", room - 3, "right")}`]
    : [];
  const legend = data.series.map(({ name }, i) => `${SHADES[i % SHADES.length]} ${oneLine(name)}`);
  return [...rows, ...axis, "", `${spec.series ?? ""}: ${legend.join("  ")}`];
}

/** Ends of the parts are rounded, not the parts, so that the whole keeps its length. */
function stackLine(parts: readonly number[]): string {
  let line = "";
  let end = 0;
  let drawn = 0;
  for (const [i, part] of parts.entries()) {
    end += part;
    const upto = Math.round(end);
    line += (SHADES[i % SHADES.length] ?? "█").repeat(Math.max(0, upto - drawn));
    drawn = Math.max(drawn, upto);
  }
  return line;
}

function bins(spec: ChartSpec, result: SqlResult, width: number): string[] {
  const data = chartData(spec, result);
  const binWidth = spec.binWidth ?? 0;
  const ranges = data.categories.map((from) => `${from}–${Number(from) + binWidth - 1}`);
  const [series] = data.series;
  const drawn = bars(
    { ...spec, yMax: 0 },
    { categories: binWidth > 0 ? ranges : data.categories, series: series ? [series] : [] },
    width,
  );
  const mark = chartMark(spec, result);
  if (mark === null || spec.mark === undefined) return drawn;
  const after = data.categories.findLastIndex((from) => Number(from) <= mark);
  const text = ` ${spec.mark.label}: at most ${numberText(mark)} ${(spec.xLabel ?? "").toLowerCase()} `;
  const line = `──${text}${"─".repeat(Math.max(0, width - displayWidth(text) - 2))}`;
  return drawn.toSpliced(after + 1, 0, line);
}

function lines(spec: ChartSpec, data: ChartData, width: number): string[] {
  const all = data.series.flatMap(({ values }) => values.filter((value) => value !== null));
  const low = Math.min(spec.yMin ?? 0, ...all);
  const high = Math.max(spec.yMax ?? Number.NEGATIVE_INFINITY, ...all);
  const span = high - low || 1;
  const ticks = Array.from({ length: LINE_ROWS }, (_, i) =>
    numberText(high - (span * i) / (LINE_ROWS - 1), spec.digits ?? 1),
  );
  const tickWidth = Math.max(...ticks.map((tick) => tick.length));
  const room = width - tickWidth - 3;
  const step = Math.max(1, Math.floor(room / Math.max(1, data.categories.length)));
  const grid = Array.from({ length: LINE_ROWS }, () => Array<string>(room).fill(" "));
  for (const [index, { values }] of data.series.entries()) {
    const points = values.map((value) =>
      value === null ? null : Math.round(((high - value) / span) * (LINE_ROWS - 1)),
    );
    drawPoints(grid, points, { step, mark: MARKS[index % MARKS.length] ?? "●" });
  }
  const rows = grid.map((row, i) => `${fit(ticks[i] ?? "", tickWidth, "right")} ┤${row.join("")}`);
  const legend = data.series.map(({ name }, i) => `${MARKS[i % MARKS.length]} ${oneLine(name)}`);
  const names = data.series.length > 1 ? ["", legend.join("  ")] : [];
  return [...rows, axisLine(data.categories, { step, room, indent: tickWidth + 2 }), ...names];
}

/** Later marks never hide earlier ones: where two fall together the first stays. */
function drawPoints(
  grid: string[][],
  points: readonly (number | null)[],
  { step, mark }: { step: number; mark: string },
): void {
  for (const [i, row] of points.entries()) {
    if (row === null) continue;
    const cells = grid[row];
    const column = i * step + Math.floor(step / 2);
    if (cells !== undefined && (cells[column] === " " || cells[column] === undefined))
      cells[column] = mark;
  }
}

function axisLine(
  categories: readonly string[],
  { step, room, indent }: { step: number; room: number; indent: number },
): string {
  const widest = Math.max(...categories.map(displayWidth));
  const every = Math.max(1, Math.ceil((widest + 1) / step));
  let line = "";
  for (const [i, name] of categories.entries()) {
    const start = i * step + Math.max(0, Math.floor((step - displayWidth(name)) / 2));
    if (i % every === 0 && start >= line.length && start + displayWidth(name) <= room)
      line = line.padEnd(start) + oneLine(name);
  }
  return " ".repeat(indent) + line;
}

/** A result as an aligned table of at most `width` columns; numbers on the right, long texts cut with `…`. */
export function renderTableText(result: SqlResult, { width = 80 } = {}): string {
  const numeric = result.columns.map((_column, i) =>
    result.rows.every((row) => typeof row[i] === "number" || row[i] === null),
  );
  const cells = shownRows(result).map((row) => row.map((cell) => oneLine(cellText(cell))));
  const heads = result.columns.map((column) => oneLine(column.name));
  const wanted = heads.map((head, i) =>
    Math.max(displayWidth(head), ...cells.map((row) => displayWidth(row[i] ?? ""))),
  );
  const widths = shrinkTo(wanted, width - 2 * (wanted.length - 1));
  const draw = (row: readonly string[]): string =>
    row
      .map((cell, i) => fit(cell, widths[i] ?? 0, numeric[i] ? "right" : "left"))
      .join("  ")
      .trimEnd();
  const rule = widths.map((columns) => "─".repeat(columns)).join("  ");
  const more = result.rows.length - cells.length;
  return [draw(heads), rule, ...cells.map(draw), ...(more > 0 ? [`… ${more} more`] : [])].join(
    "\n",
  );
}

/** Takes columns from the widest until all fit; none goes below 4. */
function shrinkTo(wanted: readonly number[], room: number): number[] {
  const widths = [...wanted];
  let excess = widths.reduce((sum, columns) => sum + columns, 0) - room;
  while (excess > 0) {
    const widest = Math.max(...widths);
    if (widest <= 4) break;
    const next = Math.max(4, ...widths.filter((columns) => columns < widest));
    const at = widths.indexOf(widest);
    const taken = Math.min(excess, Math.max(1, widest - next));
    widths[at] = widest - taken;
    excess -= taken;
  }
  return widths;
}

function labelColumns(names: readonly string[], width: number): number {
  return Math.min(
    Math.max(...names.map((name) => displayWidth(oneLine(name)))),
    Math.floor(width / 3),
  );
}
