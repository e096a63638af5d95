import { NativeSelect } from "@mantine/core";
import type { ReactElement } from "react";
import {
  chartKinds,
  type ChartKind,
  type ChartSpec,
  type ResultTable,
} from "../../parts/chart-spec.ts";
import styles from "./explore.module.css";
import { NO_SERIES, takesSeries, type useChartChoice } from "./use-chart-choice.ts";

const kindNames: Readonly<Record<ChartKind, string>> = {
  bar: "Bars",
  "stacked-bar": "Stacked bars",
  "share-bar": "Shares",
  line: "Lines",
  scatter: "Points",
  histogram: "Histogram",
  number: "One number",
  table: "No chart",
};

/** Kind and columns of the chart. */
export function ChartPicker({
  spec,
  suggested,
  choose,
  result: { columns },
}: { spec: ChartSpec; result: ResultTable } & Pick<
  ReturnType<typeof useChartChoice>,
  "suggested" | "choose"
>): ReactElement {
  const names = [...new Set(columns.map(({ name }) => name))];
  const kinds = chartKinds.map((kind) => ({
    value: kind,
    label: kindNames[kind],
  }));
  const none = { value: NO_SERIES, label: "–" };
  return (
    <div className={styles["pickers"]} role="group" aria-label="Chart">
      <Pick
        label="Chart"
        value={spec.kind}
        options={kinds}
        onPick={(kind) => choose.kind(kind === suggested ? "" : kind)}
      />
      {spec.x !== undefined && <Pick label="x" value={spec.x} options={names} onPick={choose.x} />}
      {spec.y !== undefined && <Pick label="y" value={spec.y} options={names} onPick={choose.y} />}
      {takesSeries(spec.kind) && (
        <Pick
          label="Series"
          value={spec.series ?? NO_SERIES}
          options={[none, ...names.map((name) => ({ value: name, label: name }))]}
          onPick={choose.series}
        />
      )}
    </div>
  );
}

function Pick({
  label,
  value,
  options,
  onPick,
}: {
  label: string;
  value: string;
  options: readonly (string | { value: string; label: string })[];
  onPick: (value: string) => void;
}): ReactElement {
  return (
    <NativeSelect
      size="xs"
      label={label}
      value={value}
      data={[...options]}
      onChange={(event) => onPick(event.currentTarget.value)}
    />
  );
}
