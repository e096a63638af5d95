import {
  type ChartSpec,
  numberOfCell,
  placeOf,
  type ResultTable,
  textOfCell,
} from "./chart-spec.ts";
import {
  type Drawing,
  gridBelow,
  gridTable,
  isTimeAxis,
  legendOf,
  notesOf,
  type ValueGrid,
  valueGrid,
  valueText,
} from "./drawing-frame.ts";
import { formatNumber } from "./format.ts";

/** Years and the like in between are shown even when nothing happened in them, as far as this many fit. */
const MOST_FILLED = 400;
const MOST_LINES = 20;
const COLORS = 8;
/** Dots on a line of more points than this hide it. */
const MOST_DOTS = 60;

/** Lines over time, numbers or words in order; with a band, an area around them. */
export function lines(spec: ChartSpec, result: ResultTable): Drawing {
  const whole = inOrder(valueGrid(spec, result));
  const { categories } = whole;
  const series = whole.series.slice(0, MOST_LINES);
  const onTime = isTimeAxis(spec, result) && spec.band === undefined;
  const option = {
    grid: gridBelow(series.length + (spec.band ? 1 : 0)),
    tooltip: { trigger: "axis", valueFormatter: (value: unknown) => textAt(value, spec) },
    xAxis: onTime ? { type: "time" } : { type: "category", data: categories, boundaryGap: false },
    yAxis: {
      type: "value",
      ...(spec.yMin !== undefined && { min: spec.yMin }),
      ...(spec.yMax !== undefined && { max: spec.yMax }),
      scale: spec.band !== undefined,
    },
    series: [
      ...series.map(({ name, values }, place) => ({
        type: "line",
        name,
        // Colours begin again after the eighth.
        lineStyle: { type: place < COLORS ? "solid" : "dashed" },
        data: onTime ? values.map((value, place) => [categories[place], value]) : values,
        showSymbol: categories.length <= MOST_DOTS,
        connectNulls: series.length > 1 && spec.band === undefined,
        sampling: "lttb",
      })),
      ...bandSeries(spec, result, categories),
    ],
    ...legendOf(series.length + (spec.band ? 1 : 0)),
  };
  const left = whole.series.length - series.length;
  return {
    kind: "chart",
    option,
    table: gridTable(spec.x ?? "", whole),
    height: 340,
    ...notesOf(
      whole,
      left > 0
        ? `The first ${MOST_LINES} lines are drawn; ${formatNumber(left)} more are in the table.`
        : undefined,
    ),
  };
}

function textAt(value: unknown, spec: ChartSpec): string {
  const number = numberOfCell(value);
  return number === null ? "–" : valueText(number, spec);
}

/** An area from low to high: an unseen line with the difference stacked upon it. */
function bandSeries(spec: ChartSpec, result: ResultTable, categories: readonly string[]): object[] {
  if (!spec.band) return [];
  const [x, low, high] = [spec.x, spec.band.low, spec.band.high].map((name) =>
    placeOf(result, name),
  );
  const ends = new Map<string, readonly [number, number]>();
  for (const row of result.rows) {
    const [from, to] = [numberOfCell(row[low ?? 0]), numberOfCell(row[high ?? 0])];
    if (from !== null && to !== null) ends.set(textOfCell(row[x ?? 0]), [from, to]);
  }
  const found = categories.map((category) => ends.get(category));
  const hidden = {
    type: "line",
    stack: "band",
    stackStrategy: "all",
    lineStyle: { opacity: 0 },
    symbol: "none",
    silent: true,
    tooltip: { show: false },
  };
  return [
    { ...hidden, name: "", data: found.map((end) => end?.[0] ?? null) },
    {
      ...hidden,
      name: spec.band.label,
      data: found.map((end) => (end ? end[1] - end[0] : null)),
      areaStyle: { opacity: 0.18 },
    },
  ];
}

/** The positions in order of the axis: whole numbers with those in between, others as numbers or text sort. */
export function inOrder({ categories, series, hasMeans = false }: ValueGrid): ValueGrid {
  const order = positions(categories);
  const at = new Map(categories.map((name, place) => [name, place]));
  return {
    categories: order,
    hasMeans,
    series: series.map(({ name, values }) => ({
      name,
      values: order.map((position) => values[at.get(position) ?? -1] ?? null),
    })),
  };
}

function positions(categories: readonly string[]): string[] {
  const known = categories.filter((name) => name !== "–");
  const numbers = known.map(Number);
  if (!numbers.every(Number.isFinite)) return known.toSorted();
  const first = numbers.reduce((least, value) => Math.min(least, value), Infinity);
  const last = numbers.reduce((most, value) => Math.max(most, value), -Infinity);
  if (numbers.every(Number.isInteger) && last - first < MOST_FILLED)
    return Array.from({ length: last - first + 1 }, (_, step) => String(first + step));
  return known.toSorted((a, b) => Number(a) - Number(b));
}
