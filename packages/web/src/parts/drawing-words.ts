import {
  type ChartSpec,
  numberOfCell,
  placeOf,
  type ResultTable,
  textOfCell,
} from "./chart-spec.ts";
import { sharesOf } from "./drawing-bars.ts";
import { type ValueGrid, valueGrid, valueText } from "./drawing-frame.ts";
import { inOrder } from "./drawing-lines.ts";
import { formatNumber, formatShare } from "./format.ts";

/** What a chart says, in a plain sentence; "" when there is nothing plain to say. */
export function sentenceOf(spec: ChartSpec, result: ResultTable): string {
  if (result.rows.length === 0) return "The answer has no rows.";
  const hasColumns = [spec.x, spec.y].every(
    (name) => name === undefined || placeOf(result, name) >= 0,
  );
  if (!hasColumns || spec.kind === "scatter") return "";
  if (spec.kind === "number") return numberSentence(spec, result);
  if (spec.kind === "histogram") return markSentence(spec, result);
  if (spec.kind === "table") return tableSentence(result);
  if (spec.x === undefined || spec.y === undefined) return "";
  const grid = valueGrid(spec, result);
  if (spec.kind === "line") return lineSentence(spec, inOrder(grid));
  return spec.kind === "bar" ? barSentence(spec, grid) : stackSentence(spec, grid);
}

function numberSentence(spec: ChartSpec, result: ResultTable): string {
  const value = numberOfCell(result.rows[0]?.[placeOf(result, spec.y)]);
  if (value === null) return "";
  const shown = valueText(value, spec);
  if (spec.title !== undefined) return `${shown} ${lowerFirst(spec.title)}.`;
  return `${upperFirst(inWords(spec.yLabel ?? spec.y ?? "the answer"))}: ${shown}.`;
}

function markSentence(spec: ChartSpec, result: ResultTable): string {
  if (!spec.mark) return "";
  const value = numberOfCell(result.rows[0]?.[placeOf(result, spec.mark.column)]);
  if (value === null) return "";
  return `${spec.mark.label} have at most ${formatNumber(value)} ${lowerFirst(spec.xLabel ?? spec.x ?? "")}.`;
}

function tableSentence({ columns, rows }: ResultTable): string {
  if (rows.length === 1 && columns.length === 1)
    return `The answer is ${textOfCell(rows[0]?.[0])}.`;
  return "";
}

interface Point {
  readonly name: string;
  readonly value: number;
}

function pointsOf({ categories, series }: ValueGrid, place = 0): Point[] {
  return categories.flatMap((name, at) => {
    const value = series[place]?.values[at];
    return typeof value === "number" ? [{ name: momentOf(name, categories), value }] : [];
  });
}

function extremes(points: readonly Point[]): { top: Point; bottom: Point } | undefined {
  const first = points[0];
  if (!first) return undefined;
  return {
    top: points.reduce((best, point) => (point.value > best.value ? point : best), first),
    bottom: points.reduce((least, point) => (point.value < least.value ? point : least), first),
  };
}

function barSentence(spec: ChartSpec, grid: ValueGrid): string {
  const points = pointsOf(grid);
  const found = extremes(points);
  if (!found) return "";
  const { top, bottom } = found;
  const what = upperFirst(inWords(spec.yLabel ?? spec.y ?? ""));
  if (points.length === 1)
    return `${what}: ${valueText(top.value, spec)} for ${thing(top.name, spec)}; there is nothing to compare it with.`;
  if (top.value === bottom.value) return `${what}: ${valueText(top.value, spec)} everywhere.`;
  return `${what}: highest for ${thing(top.name, spec)} (${valueText(top.value, spec)}), lowest for ${thing(bottom.name, spec)} (${valueText(bottom.value, spec)}).`;
}

/** A number that counts something, with what it counts: "5" of "Stars" is "5 stars". */
function thing(name: string, { xLabel = "" }: ChartSpec): string {
  if (!/^\d+$/.test(name) || !/^[A-Z][a-z]+s$/.test(xLabel)) return name;
  const word = lowerFirst(xLabel);
  return `${name} ${name === "1" ? word.slice(0, -1) : word}`;
}

function stackSentence(spec: ChartSpec, grid: ValueGrid): string {
  const shares = sharesOf(grid);
  const best = shares.series
    .flatMap(({ name }, place) => {
      const found = extremes(pointsOf(shares, place));
      return found ? [{ series: name, ...found }] : [];
    })
    .toSorted((a, b) => b.top.value - a.top.value)[0];
  if (!best) return "";
  const { series, top, bottom } = best;
  const by = spec.series ? `${inWords(spec.series)} ` : "";
  const most = `${upperFirst(by)}${series} takes the largest part: ${formatShare(top.value, 0)} for ${top.name}`;
  if (top.value === bottom.value)
    return `${most}${grid.categories.length === 1 ? "" : ", as everywhere"}.`;
  return `${most}, down to ${formatShare(bottom.value, 0)} for ${bottom.name}.`;
}

function lineSentence(spec: ChartSpec, grid: ValueGrid): string {
  const what = upperFirst(inWords(spec.yLabel ?? spec.y ?? ""));
  if (grid.series.length > 1) return lastBest(what, spec, grid);
  const points = pointsOf(grid);
  const [first, last, found] = [points[0], points.at(-1), extremes(points)];
  if (!first || !last || !found) return "";
  if (first === last)
    return `${what} ${at(first.name)}: ${valueText(first.value, spec)}; there is nothing to compare it with.`;
  const way =
    last.value > first.value ? "rose" : last.value < first.value ? "fell" : "is where it was";
  return `${what} ${way}: ${valueText(first.value, spec)} ${at(first.name)}, ${valueText(last.value, spec)} ${at(last.name)}; the peak was ${valueText(found.top.value, spec)} ${at(found.top.name)}.`;
}

function lastBest(what: string, spec: ChartSpec, { categories, series }: ValueGrid): string {
  const last = categories.length - 1;
  const points = series.flatMap(({ name, values }) => {
    const value = values[last];
    return typeof value === "number" ? [{ name, value }] : [];
  });
  const found = extremes(points);
  if (!found || points.length < 2) return "";
  const { top, bottom } = found;
  return `${what} ${at(momentOf(categories[last] ?? "", categories))}: highest for ${top.name} (${valueText(top.value, spec)}), lowest for ${bottom.name} (${valueText(bottom.value, spec)}).`;
}

/** "on 1 May 2012", "in May 2012", "in 2012". */
function at(moment: string): string {
  return `${/^\d{1,2} [A-Z]/.test(moment) ? "on" : "in"} ${moment}`;
}

/** A column's name as words. */
function inWords(name: string): string {
  return name.replaceAll("_", " ");
}

const day = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeZone: "UTC" });
const month = new Intl.DateTimeFormat("en-GB", {
  month: "long",
  year: "numeric",
  timeZone: "UTC",
});
const dates = /^\d{4}-\d{2}-\d{2}([T ]00:00:00(\.0+)?Z?)?$/;

/** A moment at midnight as its day, or as its month where all of them begin months. */
function momentOf(name: string, all: readonly string[]): string {
  if (!dates.test(name)) return name;
  const isMonthly =
    all.length > 1 && all.every((one) => one === "–" || /^\d{4}-\d{2}-01/.test(one));
  return (isMonthly ? month : day).format(new Date(`${name.slice(0, 10)}T00:00:00Z`));
}

/** "average stars" as "Average stars". */
export function upperFirst(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** "Average stars" as "average stars"; "SQL" stays. */
export function lowerFirst(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? `${text.charAt(0).toLowerCase()}${text.slice(1)}` : text;
}
