import type { RouteAnswer } from "@souk/api";
import { type ReactElement, useMemo } from "react";
import { Chart } from "../../parts/chart.tsx";
import { formatShare } from "../../parts/format.ts";
import { Answer, Loading } from "../../parts/state-of.tsx";
import { useApi } from "../../wire/hooks.ts";
import styles from "./quality.module.css";
import type { DriftColumn, Sides } from "./sides.ts";

type Compared = RouteAnswer<"compareColumn">;

/** The two distributions of a column, what is said of them, and the statistics behind it. */
export function Comparison({
  dataset,
  sides,
  column: { name, kind },
  title = name,
  said,
  facts,
}: {
  dataset: string;
  sides: Sides;
  column: Pick<DriftColumn, "name" | "kind">;
  title?: string;
  said: string;
  facts: readonly (readonly [label: string, value: string])[];
}): ReactElement {
  const query = useApi("compareColumn", {
    params: { name: dataset },
    body: { ...sides, column: name, kind },
  });
  return (
    <section className={styles["comparison"]} aria-label={`Distributions of ${title}`}>
      <h3>{title}</h3>
      <p>{said}</p>
      {query.error?.code === "QUALITY_EMPTY" ? (
        <p>One side has no value at all, so there are no two distributions to show.</p>
      ) : (
        <Answer query={query} loading={<Loading label="Both distributions are being counted" />}>
          {(compared) => <Bars compared={compared} />}
        </Answer>
      )}
      <dl className={styles["statistics"]}>
        {facts.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Bars({ compared }: { compared: Compared }): ReactElement {
  const { cells, column, kind } = compared;
  const isNumber = kind === "number";
  const option = useMemo(() => {
    const names = cells.map(({ label }) => (isNumber ? (label.split(" to ")[0] ?? label) : label));
    const labels = { type: "category", data: names };
    const shares = { type: "value", axisLabel: { formatter: percent } };
    return {
      legend: { top: 0, right: 0 },
      grid: { left: 8, right: 12, top: 30, bottom: 8, containLabel: true },
      tooltip: { trigger: "axis", valueFormatter: percent },
      ...(isNumber
        ? { xAxis: labels, yAxis: shares }
        : {
            xAxis: shares,
            yAxis: { ...labels, inverse: true, axisLabel: { width: 120, overflow: "truncate" } },
          }),
      series: (["from", "to"] as const).map((side) => ({
        type: "bar",
        name: side === "from" ? "before" : "after",
        data: cells.map((cell) => cell[side]),
        barMaxWidth: 16,
        barGap: 0,
      })),
    };
  }, [cells, isNumber]);
  return (
    <Chart
      option={option}
      label={`Values of ${column} before and after`}
      table={{
        columns: [column, "before", "after"],
        rows: cells.map(({ label, from, to }) => [label, from, to]),
      }}
      height={isNumber ? 280 : Math.max(160, 60 + cells.length * 30)}
    />
  );
}

function percent(share: unknown): string {
  return typeof share === "number" ? formatShare(share, share < 0.1 ? 1 : 0) : "";
}
