import { member, textOf } from "../plain.ts";
import { bar } from "./progress.ts";
import { cellText, type ResultRows } from "./result-table.ts";
import { clip, harmless, type Style, visibleWidth } from "./style.ts";
import { pad } from "./table.ts";

/** How a chart is drawn. */
export interface ChartCanvas {
  readonly width: number;
  readonly style: Style;
}

const MAX_BARS = 24;
const MAX_LABEL = 24;
const SPARKS = "▁▂▃▄▅▆▇█";

/**
 * A chart of an answer in block letters, by the question's chart description (`kind`, `x`, `y`, `series`, `percent`, …).
 * @returns no lines where a table says it better.
 */
export function renderChart(spec: object, result: ResultRows, canvas: ChartCanvas): string[] {
  const kind = textOf(spec, "kind");
  const y = member(spec, "y");
  const columns: Columns = {
    x: indexOf(result, textOf(spec, "x")),
    y: indexOf(result, Array.isArray(y) ? String(y[0]) : textOf(spec, "y")),
    series: indexOf(result, textOf(spec, "series")),
  };
  if (columns.x < 0 || columns.y < 0 || result.rows.length === 0) return [];
  const points = pointsOf(result, columns);
  if (kind === "stacked-bar")
    return stackedBars(points, { ...canvas, asShare: member(spec, "percent") === true });
  if (kind === "line") return lines(points, canvas);
  if (kind !== "bar" && kind !== "histogram") return [];
  const max = Number(textOf(spec, "yMax")) || undefined;
  return kind === "histogram" ? bars(rebinned(points), canvas, max) : bars(points, canvas, max);
}

interface Columns {
  readonly x: number;
  readonly y: number;
  readonly series: number;
}

interface Point {
  readonly x: string;
  readonly y: number;
  readonly shown: string;
  readonly series: string;
}

function indexOf(result: ResultRows, name: string): number {
  return result.columns.findIndex((column) => column.name === name);
}

function pointsOf(result: ResultRows, { x, y, series }: Columns): Point[] {
  return result.rows.map((row) => ({
    x: harmless(cellText(row[x], "")),
    y: Number(row[y] ?? 0),
    shown: cellText(row[y], result.columns[y]!.type),
    series: series < 0 ? "" : harmless(cellText(row[series], "")),
  }));
}

function bars(points: readonly Point[], { width, style }: ChartCanvas, max?: number): string[] {
  const shown = points.slice(0, MAX_BARS);
  const labelWidth = labelColumns(
    shown.map(({ x }) => x),
    width,
  );
  const numberWidth = Math.max(...shown.map((point) => point.shown.length));
  const top = max ?? Math.max(...shown.map(({ y }) => y), Number.MIN_VALUE);
  const room = Math.max(8, width - labelWidth - numberWidth - 4);
  const drawn = shown.map(({ x, y, shown: text }) => {
    const label = pad(clip(x, labelWidth), labelWidth, "right");
    return `${label}  ${style.cyan(bar(y / top, room, " "))}  ${pad(text, numberWidth, "right")}`;
  });
  if (points.length > MAX_BARS) drawn.push(style.dim(`… ${points.length - MAX_BARS} more`));
  return drawn;
}

/** Neighbouring bins added up until no more than a screenful are left. */
function rebinned(points: readonly Point[]): Point[] {
  const step = Math.ceil(points.length / MAX_BARS);
  const out: Point[] = [];
  for (let i = 0; i < points.length; i += step) {
    const sum = points.slice(i, i + step).reduce((total, { y }) => total + y, 0);
    out.push({ ...points[i]!, y: sum, shown: sum.toLocaleString("en-US") });
  }
  return out;
}

function stackedBars(
  points: readonly Point[],
  { width, style, asShare }: ChartCanvas & { asShare: boolean },
): string[] {
  const groups = Map.groupBy(points, ({ x }) => x);
  const names = inOrder(points.map(({ series }) => series));
  const totals = [...groups.values()].map((group) => group.reduce((sum, { y }) => sum + y, 0));
  const labelWidth = labelColumns([...groups.keys()], width);
  const room = Math.max(10, width - labelWidth - 2);
  const drawn = [...groups].slice(0, MAX_BARS).map(([x, group], g) => {
    const scale = room / (asShare ? totals[g]! : Math.max(...totals));
    let position = 0;
    let line = "";
    for (const [i, name] of names.entries()) {
      const y = group.find(({ series }) => series === name)?.y ?? 0;
      const start = Math.round(position * scale);
      position += y;
      line += style.series(i, fill(i).repeat(Math.round(position * scale) - start));
    }
    return `${pad(clip(x, labelWidth), labelWidth, "right")}  ${line}`;
  });
  const indent = " ".repeat(labelWidth + 2);
  return [...drawn, ...legendLines(names, { width: room, style }).map((line) => indent + line)];
}

function legendLines(names: readonly string[], { width, style }: ChartCanvas): string[] {
  const lines: string[] = [];
  let line = "";
  for (const [i, name] of names.entries()) {
    const entry = `${style.series(i, fill(i))} ${clip(name, width - 2)}`;
    if (line !== "" && visibleWidth(line) + 3 + visibleWidth(entry) > width) {
      lines.push(line);
      line = entry;
    } else line += (line === "" ? "" : "   ") + entry;
  }
  return [...lines, line];
}

/** Shades that stay apart without colours. */
function fill(index: number): string {
  return ["█", "▓", "▒", "░", "▚", "▤"][index % 6]!;
}

function lines(points: readonly Point[], { width, style }: ChartCanvas): string[] {
  const groups = Map.groupBy(points, ({ series }) => series);
  const labelWidth = labelColumns([...groups.keys()], width);
  const endsWidth = 2 * Math.max(...points.map(({ shown }) => shown.length)) + 7;
  const room = Math.max(8, width - labelWidth - endsWidth);
  const xs = thinned(inOrder(points.map(({ x }) => x)), room);
  const low = Math.min(...points.map(({ y }) => y));
  const high = Math.max(...points.map(({ y }) => y));
  const cell = Math.max(1, Math.min(5, Math.floor(room / xs.length)));
  const drawn = [...groups].slice(0, MAX_BARS).map(([name, group], g) => {
    const byX = new Map(group.map((point) => [point.x, point]));
    const spark = xs.map((x) => sparkOf(byX.get(x)?.y, low, high).repeat(cell)).join("");
    const ends = `${group[0]!.shown} → ${group.at(-1)!.shown}`;
    return `${pad(clip(name, labelWidth), labelWidth, "right")}  ${style.series(g, spark)}  ${ends}`;
  });
  const [first, last] = [xs[0]!, xs.at(-1)!];
  const gap = " ".repeat(Math.max(1, cell * xs.length - first.length - last.length));
  const axis = clip(`${first}${gap}${last}`, width - labelWidth - 2);
  return [...drawn, `${" ".repeat(labelWidth + 2)}${style.dim(axis)}`];
}

/** Each name once, numbers by size. */
export function inOrder(names: readonly string[]): string[] {
  return [...new Set(names)].toSorted((a, b) => a.localeCompare(b, "en", { numeric: true }));
}

/** At most `count` of the items, evenly spread. */
function thinned(items: readonly string[], count: number): readonly string[] {
  const step = Math.ceil(items.length / count);
  return items.filter((_, i) => i % step === 0);
}

/** Columns for the labels: as many as the longest needs, at most a third of the width. */
function labelColumns(labels: readonly string[], width: number): number {
  return Math.min(MAX_LABEL, Math.floor(width / 3), Math.max(0, ...labels.map(visibleWidth)));
}

function sparkOf(y: number | undefined, low: number, high: number): string {
  if (y === undefined) return " ";
  const level = high === low ? 0.5 : (y - low) / (high - low);
  return SPARKS[Math.min(SPARKS.length - 1, Math.floor(level * SPARKS.length))]!;
}
