import { useComputedColorScheme } from "@mantine/core";
import { type ReactElement, useMemo } from "react";
import { Card } from "../../parts/card.tsx";
import { Chart } from "../../parts/chart.tsx";
import { formatShare } from "../../parts/format.ts";
import { StateOf } from "../../parts/state-of.tsx";
import { capital, formatMetric, nameOfMetric } from "../learning/metric-words.ts";
import { bestSoFar, type Study } from "./study-words.ts";

/** Every trial as a point, and the best so far as a line that only gets better. */
export function BestSoFar({ study }: { study: Study }): ReactElement {
  const { trials, direction, metric } = study;
  const curve = useMemo(() => bestSoFar(trials, direction), [trials, direction]);
  const done = useMemo(
    () =>
      trials.flatMap(({ trial, state, value }) =>
        state === "done" && value !== undefined ? [[trial, value]] : [],
      ),
    [trials],
  );
  const option = useMemo(
    () => ({
      grid: { left: 8, right: 24, top: 36, bottom: 28, containLabel: true },
      legend: { top: 0, right: 0 },
      tooltip: { trigger: "axis", renderMode: "richText" },
      xAxis: { type: "value", name: "trial", nameLocation: "middle", nameGap: 26, minInterval: 1 },
      yAxis: {
        type: "value",
        scale: true,
        axisLabel: { formatter: (value: number) => formatMetric(metric, value) },
      },
      series: [
        {
          type: "line",
          step: "end",
          name: "best so far",
          symbol: "none",
          lineStyle: { width: 2.5 },
          data: curve.map(({ trial, best }) => [trial, best]),
        },
        { type: "scatter", name: "one trial", symbolSize: 7, data: done },
      ],
    }),
    [curve, done, metric],
  );
  const table = useMemo(
    () => ({
      columns: ["trial", "best so far"],
      rows: curve.map(({ trial, best }) => [trial, best]),
    }),
    [curve],
  );
  return (
    <Card title={`${capital(nameOfMetric(metric))} on validation rows, trial by trial`}>
      {curve.length === 0 ? (
        <StateOf kind="empty" icon="chart" title="No trial has ended yet" />
      ) : (
        <Chart
          option={option}
          table={table}
          label={`${nameOfMetric(metric)} of each trial and the best so far`}
        />
      )}
    </Card>
  );
}

/** Which settings explain the differences between trials. */
export function Importance({ study: { importance } }: { study: Study }): ReactElement {
  const scheme = useComputedColorScheme("light");
  const shares = useMemo(
    () => (importance ?? []).toSorted((a, b) => a.share - b.share),
    [importance],
  );
  const option = useMemo(() => importanceOption(shares, scheme), [shares, scheme]);
  const table = useMemo(
    () => ({
      columns: ["setting", "share"],
      rows: shares.map(({ setting, share }) => [setting, share]),
    }),
    [shares],
  );
  return (
    <Card title="Which settings matter">
      {shares.length === 0 ? (
        <StateOf
          kind="empty"
          icon="sliders"
          title="Too few trials to tell"
          text="From ten ended trials on, this says how much of the differences each setting explains."
        />
      ) : (
        <Chart
          option={option}
          table={table}
          height={Math.max(160, 34 * shares.length + 20)}
          label="Share of the differences between trials that each setting explains"
        />
      )}
    </Card>
  );
}

function importanceOption(
  shares: readonly { readonly setting: string; readonly share: number }[],
  scheme: "light" | "dark",
) {
  return {
    grid: { left: 8, right: 48, top: 8, bottom: 8, containLabel: true },
    xAxis: { type: "value", show: false },
    yAxis: {
      type: "category",
      data: shares.map(({ setting }) => setting),
      axisTick: { show: false },
    },
    series: [
      {
        type: "bar",
        name: "share",
        barMaxWidth: 18,
        data: shares.map(({ share }) => share),
        label: {
          show: true,
          position: "right",
          color: scheme === "dark" ? "#dfe3e8" : "#1b2027",
          textBorderWidth: 0,
          formatter: ({ value }: { value: number }) => formatShare(value, 0),
        },
      },
    ],
  };
}
