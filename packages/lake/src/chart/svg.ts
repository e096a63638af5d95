import { createRequire } from "node:module";
import type * as Echarts from "echarts";
import type { SqlResult } from "../sql/types.ts";
import {
  asShares,
  chartBand,
  type ChartData,
  chartData,
  chartMark,
  numberText,
  sortedByCategory,
} from "./data.ts";
import { categoryColours, fontFamily, inkColours, starColours } from "./palette.ts";
import type { ChartSpec } from "./spec.ts";
import { numberSvg, tableSvg } from "./svg-table.ts";

type Option = Echarts.EChartsOption;

type Band = ReturnType<typeof chartBand>;

const WIDTH = 960;
/** Positions up to which each point of a line is marked. */
const MOST_MARKED = 60;

/**
 * A result as a stand-alone SVG picture on white, 960 px wide or, for tables, as wide as it needs.
 * @throws SoukError `CHART_COLUMN`.
 */
export function renderChartSvg(spec: ChartSpec, result: SqlResult): string {
  if (spec.kind === "table") return tableSvg(spec, result);
  if (spec.kind === "number") return numberSvg(spec, result);
  const { option, height } = drawing(spec, result);
  const chart = echarts().init(null, null, { renderer: "svg", ssr: true, width: WIDTH, height });
  try {
    chart.setOption({ ...frame(spec), ...option });
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
}

/** Loaded when the first picture is drawn: it takes 0.15 s, and most commands draw none. */
function echarts(): typeof Echarts {
  const loaded: typeof Echarts = createRequire(import.meta.url)("echarts");
  return loaded;
}

function drawing(spec: ChartSpec, result: SqlResult): { option: Option; height: number } {
  if (spec.kind === "line") {
    const lines = sortedByCategory(chartData(spec, result));
    const band = spec.band && chartBand(spec, result, lines.categories);
    return { option: lineOption(spec, lines, band), height: 500 };
  }
  const data = chartData(spec, result);
  if (spec.kind === "histogram")
    return { option: histogramOption(spec, data, chartMark(spec, result)), height: 500 };
  const height = Math.max(260, 150 + data.categories.length * 46);
  if (spec.kind === "stacked-bar") return { option: stackOption(spec, data), height: height + 30 };
  return { option: barOption(spec, data), height };
}

function frame(spec: ChartSpec): Option {
  return {
    animation: false,
    backgroundColor: inkColours.back,
    color: [...categoryColours],
    textStyle: { fontFamily, color: inkColours.text },
    title: {
      text: spec.title,
      left: 24,
      top: 20,
      textStyle: { fontFamily, fontSize: 20, fontWeight: "bold", color: inkColours.text },
    },
  };
}

/** Lying bars, first row on top: names of any length stay readable. */
function barOption(spec: ChartSpec, data: ChartData): Option {
  const values = data.series[0]?.values ?? [];
  return {
    grid: { left: 40, right: 90, top: 76, bottom: 56, containLabel: true },
    xAxis: valueAxis(spec, { name: spec.yLabel, vertical: false }),
    yAxis: { ...nameAxis(data.categories), inverse: true },
    series: [
      {
        type: "bar",
        data: [...values],
        barMaxWidth: 30,
        itemStyle: { color: categoryColours[0], borderRadius: [0, 3, 3, 0] },
        label: {
          show: true,
          position: "right",
          fontFamily,
          fontSize: 14,
          color: inkColours.text,
          formatter: ({ value }) =>
            typeof value === "number" ? numberText(value, spec.digits) : "–",
        },
      },
    ],
  };
}

function stackOption(spec: ChartSpec, raw: ChartData): Option {
  const data = spec.percent ? asShares(raw) : raw;
  const named = (name: string): string => (spec.series === "star_rating" ? `${name} ★` : name);
  return {
    grid: { left: 40, right: 40, top: 112, bottom: 56, containLabel: true },
    legend: { ...legend(), data: data.series.map(({ name }) => named(name)) },
    xAxis: {
      ...valueAxis(spec, { name: spec.yLabel, vertical: false }),
      ...(spec.percent ? { max: 1 } : {}),
    },
    yAxis: { ...nameAxis(data.categories), inverse: true },
    series: data.series.map(({ name, values }) => ({
      type: "bar",
      name: named(name),
      stack: "all",
      data: [...values],
      barMaxWidth: 34,
      itemStyle: {
        ...(spec.series === "star_rating" ? { color: starColours[name] } : {}),
        borderColor: inkColours.back,
        borderWidth: 1,
      },
      label: {
        show: spec.percent ?? false,
        fontFamily,
        fontSize: 13,
        color: name === "1" || name === "5" ? "#ffffff" : inkColours.text,
        // Below 6 % the figure would not fit its part.
        formatter: ({ value }) =>
          typeof value === "number" && value >= 0.06 ? `${Math.round(value * 100)} %` : "",
      },
    })),
  };
}

function lineOption(spec: ChartSpec, data: ChartData, band?: Band): Option {
  const many = data.series.length > 1 || band !== undefined;
  const isDense = data.categories.length > MOST_MARKED;
  return {
    grid: { left: 68, right: 40, top: many ? 112 : 80, bottom: 60, containLabel: true },
    ...(many ? { legend: { ...legend(), data: legendNames(spec, data) } } : {}),
    xAxis: {
      ...nameAxis(data.categories, spec.xLabel),
      boundaryGap: false,
    },
    yAxis: valueAxis(spec, { name: spec.yLabel, vertical: true }),
    series: [
      ...data.series.map(({ name, values }) => ({
        type: "line" as const,
        name,
        data: [...values],
        connectNulls: true,
        symbol: "circle",
        symbolSize: 7,
        showSymbol: !isDense,
        lineStyle: { width: 2.5 },
      })),
      ...(band === undefined ? [] : bandSeries(spec, band)),
    ],
  };
}

function legendNames({ band }: ChartSpec, { series }: ChartData): string[] {
  return [...series.map(({ name }) => name), ...(band === undefined ? [] : [band.label])];
}

/** An unseen line at the low end carries an area as high as the band is wide. */
function bandSeries(spec: ChartSpec, { low, width }: Band): Echarts.LineSeriesOption[] {
  const unseen = {
    type: "line",
    stack: "band",
    stackStrategy: "all",
    symbol: "none",
    silent: true,
    lineStyle: { opacity: 0 },
  } as const;
  return [
    { ...unseen, name: "", data: [...low] },
    {
      ...unseen,
      name: spec.band?.label ?? "",
      data: [...width],
      itemStyle: { color: categoryColours[1] },
      areaStyle: { color: categoryColours[1], opacity: 0.2 },
    },
  ];
}

/** Standing bars that touch; the mark is a dashed line at its own place on a second, numeric axis. */
function histogramOption(spec: ChartSpec, data: ChartData, mark: number | null): Option {
  const binWidth = spec.binWidth ?? 1;
  const first = Number(data.categories[0] ?? 0);
  const last = Number(data.categories.at(-1) ?? 0) + binWidth;
  const values = data.series[0]?.values ?? [];
  return {
    grid: { left: 68, right: 40, top: 84, bottom: 60, containLabel: true },
    xAxis: [
      { type: "category", data: [...data.categories], show: false },
      {
        ...axisText(spec.xLabel, 34),
        type: "value",
        min: first,
        max: last,
        position: "bottom",
        splitLine: { show: false },
        axisLabel: { fontFamily, fontSize: 13, color: inkColours.soft },
        interval: binWidth * 4,
      },
    ],
    yAxis: valueAxis(spec, { name: spec.yLabel, vertical: true }),
    series: [
      {
        type: "bar",
        data: [...values],
        barCategoryGap: "6%",
        itemStyle: { color: categoryColours[0] },
      },
      {
        type: "line",
        xAxisIndex: 1,
        data: [],
        ...(mark === null || spec.mark === undefined ? {} : { markLine: markAt(mark, spec) }),
      },
    ],
  };
}

function markAt(mark: number, spec: ChartSpec): object {
  const unit = (spec.xLabel ?? "").toLowerCase();
  return {
    silent: true,
    symbol: "none",
    data: [{ xAxis: mark }],
    lineStyle: { color: "#c8443c", type: "dashed", width: 2 },
    label: {
      formatter: `${spec.mark?.label ?? ""}: up to ${numberText(mark)} ${unit}`,
      position: "end",
      fontFamily,
      fontSize: 14,
      color: "#c8443c",
    },
  };
}

function valueAxis(
  spec: ChartSpec,
  { name, vertical }: { name: string | undefined; vertical: boolean },
) {
  return {
    ...axisText(name, vertical ? 52 : 32),
    type: "value" as const,
    min: spec.yMin ?? 0,
    ...(spec.digits === 0 ? { minInterval: 1 } : {}),
    ...(spec.yMax === undefined ? {} : { max: spec.yMax }),
    splitLine: { lineStyle: { color: inkColours.line } },
    axisLabel: {
      fontFamily,
      fontSize: 13,
      color: inkColours.soft,
      formatter: (value: number) =>
        spec.percent ? `${Math.round(value * 100)} %` : groupThousands(value),
    },
  };
}

function nameAxis(names: readonly string[], name?: string) {
  return {
    ...axisText(name, 34),
    type: "category" as const,
    data: [...names],
    axisTick: { show: false },
    axisLabel: {
      fontFamily,
      fontSize: 14,
      color: inkColours.text,
      width: 260,
      overflow: "truncate" as const,
      hideOverlap: true,
    },
  };
}

function axisText(name: string | undefined, nameGap: number) {
  return {
    name: name ?? "",
    nameLocation: "middle" as const,
    nameGap,
    nameTextStyle: { fontFamily, fontSize: 14, color: inkColours.soft },
    axisLine: { lineStyle: { color: inkColours.soft } },
  };
}

function legend(): Echarts.LegendComponentOption {
  return {
    left: 24,
    top: 58,
    itemGap: 18,
    icon: "roundRect",
    textStyle: { fontFamily, fontSize: 14, color: inkColours.text },
  };
}

function groupThousands(value: number): string {
  return value.toLocaleString("en-US");
}
