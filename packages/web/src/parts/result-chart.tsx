import { type ReactElement, useMemo } from "react";
import { Chart } from "./chart.tsx";
import type { ChartSpec, ResultTable } from "./chart-spec.ts";
import { captionOf, drawingOf } from "./drawing.ts";
import styles from "./result-chart.module.css";
import { ResultRows } from "./result-rows.tsx";
import { StateOf } from "./state-of.tsx";

/** An answer of SQL, drawn as `spec` says: a chart, a number or a table. Pass a stable `spec` and `result`. */
export function ResultChart({
  spec,
  result,
  label,
  name = "answer",
}: {
  spec: ChartSpec;
  result: ResultTable;
  /** What the answer is about, for those who cannot see it. */
  label: string;
  /** Names the table's part of the address; unique in its page. */
  name?: string;
}): ReactElement {
  const drawing = useMemo(() => drawingOf(spec, result), [spec, result]);
  if (drawing.kind === "none")
    return <StateOf kind="empty" icon="chart" title="Nothing to draw" text={drawing.why} />;
  if (drawing.kind === "table")
    return (
      <ResultRows result={result} label={label} name={name} maxHeight={420} withSearch={false} />
    );
  if (drawing.kind === "number")
    return (
      <p className={styles["number"]}>
        <strong>{drawing.value}</strong>
        <span>{drawing.label}</span>
      </p>
    );
  const { option, table, height, note } = drawing;
  return (
    <div className={styles["drawn"]}>
      <div className={styles["scroller"]}>
        <p className={styles["caption"]}>{captionOf(spec)}</p>
        <Chart option={option} table={table} label={label} height={height} />
      </div>
      {note && <p className={styles["note"]}>{note}</p>}
    </div>
  );
}
