import { type ReactElement, useMemo } from "react";
import { Card } from "../../parts/card.tsx";
import { Chart } from "../../parts/chart.tsx";
import { formatNumber } from "../../parts/format.ts";
import { StateOf } from "../../parts/state-of.tsx";
import { batchSizes, type VersionStats } from "./facts.ts";
import layout from "../../parts/layout.module.css";

/** How requests were put together: rows in a batch, since the server started. */
export function Batching({ stats }: { stats: VersionStats }): ReactElement {
  const { count, rows } = stats.batches;
  // The answer is new every two seconds; the chart only when its bars are.
  const key = JSON.stringify(batchSizes(stats));
  const { option, table } = useMemo(() => {
    const bars = batchSizesOf(key);
    return {
      option: {
        grid: { left: 8, right: 8, top: 12, bottom: 26, containLabel: true },
        tooltip: { trigger: "axis" },
        xAxis: {
          type: "category",
          data: bars.map((bar) => bar.rows),
          name: "rows in a batch",
          nameLocation: "middle",
          nameGap: 28,
        },
        yAxis: { type: "value", minInterval: 1 },
        series: [{ type: "bar", name: "batches", data: bars.map((bar) => bar.count) }],
      },
      table: {
        columns: ["rows in a batch", "batches"],
        rows: bars.map((bar) => [bar.rows, bar.count]),
      },
    };
  }, [key]);
  return (
    <Card title="Batching">
      {count === 0 ? (
        <StateOf kind="empty" icon="table" title="No batch yet" />
      ) : (
        <>
          <p className={layout["note"]}>
            {count === 1 ? "One batch" : `${formatNumber(count)} batches`} with{" "}
            {formatNumber(Number((rows / count).toFixed(1)))} {rows === count ? "row" : "rows"} each
            on average; {waiting(stats.queue.rows)}.
          </p>
          <Chart
            option={option}
            table={table}
            label={`Rows in a batch of ${stats.model} version ${stats.version}`}
            height={200}
          />
        </>
      )}
    </Card>
  );
}

function batchSizesOf(key: string): ReturnType<typeof batchSizes> {
  return JSON.parse(key);
}

function waiting(rows: number): string {
  return rows === 0 ? "none waits now" : `${formatNumber(rows)} wait now`;
}
