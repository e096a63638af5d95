import { useComputedColorScheme } from "@mantine/core";
import { type ReactElement, useMemo } from "react";
import { Card } from "../../parts/card.tsx";
import { Chart } from "../../parts/chart.tsx";
import { colorAt } from "../../parts/palette.ts";
import { nameOfMetric } from "../learning/metric-words.ts";
import type { Run } from "../learning/run-words.ts";
import styles from "./compare.module.css";
import { coordinatesOf } from "./differences.ts";

/** Nearer to each other, the names of the axes would overlap; on a phone one scrolls. */
const AXIS_PX = 76;

/** Each run as a line through what it was told and what came of it. */
export function Coordinates({
  runs,
  names,
  figures,
}: {
  runs: readonly Run[];
  names: ReadonlyMap<string, string>;
  /** Keys of the metrics that end the lines. */
  figures: readonly string[];
}): ReactElement | null {
  const scheme = useComputedColorScheme("light");
  const { axes, lines } = useMemo(() => coordinatesOf(runs, figures), [runs, figures]);
  const option = useMemo(
    () => ({
      parallel: { left: 40, right: 60, top: 40, bottom: 24 },
      parallelAxis: axes.map(({ name, words }, dim) => ({
        dim,
        name: name.startsWith("test_") ? nameOfMetric(name) : name,
        nameTruncate: { maxWidth: 110 },
        // The lines run through the words.
        axisLabel: {
          textBorderColor: scheme === "dark" ? "#191d23" : "#ffffff",
          textBorderWidth: 4,
        },
        ...(words ? { type: "category", data: words } : { type: "value", scale: true }),
      })),
      legend: { show: false },
      series: runs.map(({ id }, place) => ({
        type: "parallel",
        name: names.get(id),
        data: [lines[place]],
        lineStyle: { width: 2.5, opacity: 0.85, color: colorAt(place, scheme) },
      })),
      tooltip: { trigger: "item", renderMode: "richText" },
    }),
    [axes, lines, runs, names, scheme],
  );
  const table = useMemo(
    () => ({
      columns: ["run", ...axes.map(({ name }) => name)],
      rows: runs.map(({ id }, place) => [names.get(id) ?? id, ...(lines[place] ?? [])]),
    }),
    [axes, lines, runs, names],
  );
  if (axes.length < 2) return null;
  return (
    <Card title="What was told and what came of it">
      <div className={styles["scroller"]} role="group" aria-label="Coordinates" tabIndex={0}>
        <div style={{ minWidth: axes.length * AXIS_PX }}>
          <Chart
            option={option}
            table={table}
            height={320}
            label="One line for each run, through the params that differ to the figures on test rows"
          />
        </div>
      </div>
    </Card>
  );
}
