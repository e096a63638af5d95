import { type ReactElement, useMemo } from "react";
import { Chart } from "../../parts/chart.tsx";
import { formatMetric } from "../learning/metric-words.ts";
import { baselineOf, type Standing, type Version } from "../deciding/standing.ts";

/** A model's metric, version by version, beside the plainest answer. */
export function MetricChart({
  versions,
  standing: { model, metric, champion },
}: {
  versions: readonly Version[];
  standing: Standing;
}): ReactElement {
  const { option, table } = useMemo(() => {
    const names = versions.map(
      ({ version }) => `${version}${version === champion?.version ? " (champion)" : ""}`,
    );
    const values = versions.map(({ metrics }) => metrics[metric] ?? null);
    const baselines = versions.map((version) => baselineOf(version, metric) ?? null);
    return {
      option: {
        grid: { left: 8, right: 16, top: 32, bottom: 8, containLabel: true },
        legend: { top: 0, left: 0 },
        tooltip: { trigger: "axis" },
        xAxis: { type: "category", data: names, axisLabel: { formatter: "version {value}" } },
        yAxis: {
          type: "value",
          scale: true,
          axisLabel: { formatter: (value: number) => formatMetric(metric, value) },
        },
        series: [
          { type: "line", name: metric, data: values, symbol: "circle", symbolSize: 8 },
          {
            type: "line",
            name: "plainest answer",
            data: baselines,
            symbol: "none",
            lineStyle: { type: "dashed" },
          },
        ],
      },
      table: {
        columns: ["version", metric, "plainest answer"],
        rows: names.map((name, place) => [name, values[place], baselines[place]]),
      },
    };
  }, [versions, metric, champion]);
  return (
    <Chart
      option={option}
      table={table}
      label={`${metric} of each version of ${model}`}
      height={240}
    />
  );
}
