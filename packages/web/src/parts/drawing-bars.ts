import { type ChartSpec, numberOfCell, placeOf, type ResultTable } from "./chart-spec.ts";
import {
  type Drawing,
  gridBelow,
  gridTable,
  legendOf,
  notesOf,
  type ValueGrid,
  valueGrid,
  valueText,
} from "./drawing-frame.ts";
import { formatNumber, formatShare } from "./format.ts";

/** Bars that can still be read. */
const MOST_BARS = 60;
/** Names longer than this, or more bars than this, lie on their side. */
const LONG_NAME = 10;
const MANY_BARS = 14;
const BAR_PX = 26;
const BINS = 30;

/** Bars beside or, with a series, upon each other. */
export function bars(spec: ChartSpec, result: ResultTable): Drawing {
  const whole = valueGrid(spec, result);
  const cut = firstOf(isShares(spec) ? sharesOf(whole) : whole, MOST_BARS);
  const { categories, series } = cut;
  const lies = categories.length > MANY_BARS || categories.some((name) => name.length > LONG_NAME);
  const hasLabels = series.length === 1 && categories.length <= 40;
  const option = {
    grid: { ...gridBelow(series.length), right: lies && hasLabels ? 56 : 24 },
    tooltip: {
      trigger: "axis",
      axisPointer: { type: "shadow" },
      valueFormatter: (value: unknown) => shown(value, spec),
    },
    ...barAxes(spec, cut, lies),
    series: series.map(({ name, values: data }) => ({
      type: "bar",
      name,
      data,
      barMaxWidth: 46,
      ...(spec.kind !== "bar" && { stack: "all" }),
      ...(hasLabels && {
        label: {
          show: true,
          color: "inherit",
          textBorderWidth: 0,
          position: lies ? "right" : "top",
          formatter: ({ value }: { value: unknown }) => shown(value, spec),
        },
      }),
    })),
    ...legendOf(series.length),
  };
  const left = whole.categories.length - categories.length;
  return {
    kind: "chart",
    option,
    table: gridTable(spec.x ?? "", cut),
    height: lies ? 60 + Math.max(4, categories.length) * BAR_PX : 320,
    ...notesOf(
      whole,
      left > 0
        ? `The first ${MOST_BARS} are drawn; ${formatNumber(left)} more are in the table.`
        : undefined,
    ),
  };
}

/** Names along one axis, values along the other; lying bars read from the top. */
function barAxes(spec: ChartSpec, { categories, series }: ValueGrid, lies: boolean): object {
  const isCounts = series.every(({ values }) =>
    values.every((value) => value === null || Number.isInteger(value)),
  );
  const names = {
    type: "category",
    data: categories,
    axisLabel: { width: 180, overflow: "truncate" },
  };
  const values = {
    type: "value",
    ...(isCounts && { minInterval: 1 }),
    ...(isShares(spec)
      ? { max: 1, interval: 0.25 }
      : spec.yMax !== undefined && { max: spec.yMax }),
    axisLabel: {
      hideOverlap: true,
      formatter: (value: number) => (isShares(spec) ? formatShare(value, 0) : formatNumber(value)),
    },
  };
  return lies
    ? { xAxis: values, yAxis: { ...names, inverse: true } }
    : { xAxis: names, yAxis: values };
}

function isShares({ kind }: ChartSpec): boolean {
  return kind === "share-bar";
}

function shown(value: unknown, spec: ChartSpec): string {
  const number = numberOfCell(value);
  return number === null ? "–" : valueText(number, spec);
}

function firstOf({ categories, series }: ValueGrid, most: number): ValueGrid {
  return {
    categories: categories.slice(0, most),
    series: series.map(({ name, values }) => ({ name, values: values.slice(0, most) })),
  };
}

/** Each value as its share of its category's sum. */
export function sharesOf({ categories, series }: ValueGrid): ValueGrid {
  const sums = categories.map((_name, place) =>
    series.reduce((sum, { values }) => sum + (values[place] ?? 0), 0),
  );
  const shareAt = (value: number | null, place: number): number | null =>
    value === null ? null : value / (sums[place] || 1);
  return {
    categories,
    series: series.map(({ name, values }) => ({ name, values: values.map(shareAt) })),
  };
}

/** Bins side by side: counted by the statement, or here from the numbers of x. */
export function histogram(spec: ChartSpec, result: ResultTable): Drawing {
  const bins = spec.binWidth === undefined ? countedBins(spec, result) : givenBins(spec, result);
  if (bins.length === 0) return { kind: "none", why: "A histogram needs numbers." };
  const mark = markOf(spec, result, bins);
  const option = {
    grid: { ...gridBelow(1), top: 34 },
    tooltip: { trigger: "axis", axisPointer: { type: "shadow" } },
    xAxis: { type: "category", data: bins.map(({ from }) => formatNumber(from)) },
    yAxis: { type: "value" },
    series: [
      {
        type: "bar",
        name: spec.yLabel ?? "Rows",
        data: bins.map(({ count }) => count),
        barCategoryGap: "4%",
        ...(mark && {
          markLine: {
            symbol: "none",
            silent: true,
            label: { formatter: mark.label },
            data: [{ xAxis: mark.bin }],
          },
        }),
      },
    ],
  };
  const table = {
    columns: [`${spec.xLabel ?? spec.x ?? ""} from`, "to below", spec.yLabel ?? "Rows"],
    rows: bins.map(({ from, to, count }) => [from, to, count]),
  };
  return { kind: "chart", option, table, height: 320 };
}

interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

function givenBins(spec: ChartSpec, result: ResultTable): Bin[] {
  const [x, y] = [spec.x, spec.y].map((name) => placeOf(result, name));
  return result.rows.flatMap((row) => {
    const [from, count] = [numberOfCell(row[x ?? 0]), numberOfCell(row[y ?? 0])];
    return from === null || count === null
      ? []
      : [{ from, to: from + (spec.binWidth ?? 1), count }];
  });
}

/** At most 30 bins of a round width: 1, 2 or 5 times a power of ten. */
function countedBins(spec: ChartSpec, result: ResultTable): Bin[] {
  const x = placeOf(result, spec.x);
  const values = result.rows.flatMap((row) => numberOfCell(row[x]) ?? []);
  if (values.length === 0) return [];
  const low = values.reduce((least, value) => Math.min(least, value));
  const high = values.reduce((most, value) => Math.max(most, value));
  const width = roundWidth((high - low) / BINS);
  const first = Math.floor(low / width);
  const counts = Array.from({ length: Math.floor(high / width) - first + 1 }, () => 0);
  for (const value of values) {
    const bin = Math.floor(value / width) - first;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts.map((count, bin) => ({
    from: tidy((first + bin) * width),
    to: tidy((first + bin + 1) * width),
    count,
  }));
}

function roundWidth(least: number): number {
  if (least <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].find((one) => one * power >= least) ?? 10;
  return step * power;
}

/** Without the last digits of binary fractions. */
function tidy(value: number): number {
  return Number(value.toPrecision(12));
}

function markOf(
  spec: ChartSpec,
  result: ResultTable,
  bins: readonly Bin[],
): { label: string; bin: number } | undefined {
  if (!spec.mark) return undefined;
  const value = numberOfCell(result.rows[0]?.[placeOf(result, spec.mark.column)]);
  const bin = value === null ? -1 : bins.findIndex(({ from, to }) => value >= from && value < to);
  return value === null || bin < 0
    ? undefined
    : { label: `${spec.mark.label}: ${formatNumber(value)}`, bin };
}
