import type { ReactElement } from "react";
import { DataTable } from "../../parts/data-table.tsx";
import {
  formatDifference,
  formatMetric,
  isBetter,
  nameOfMetric,
} from "../learning/metric-words.ts";
import type { Evaluation } from "../learning/run-words.ts";
import styles from "./run.module.css";

/** The figures of the test rows beside guessing and the version that serves. */
export function FiguresTable({ evaluation }: { evaluation: Evaluation }): ReactElement {
  const { metric, metrics, baseline, incumbent, low, high } = evaluation;
  const others = Object.keys(metrics).filter((key) => key !== metric);
  return (
    <div
      className={styles["scroller"]}
      tabIndex={0}
      role="region"
      aria-label="Figures on test rows"
    >
      <table className={styles["table"]}>
        <thead>
          <tr>
            <th scope="col">Figure</th>
            <th scope="col" className={styles["number"]}>
              This run
            </th>
            <th scope="col" className={styles["number"]}>
              Guessing ({baseline.name})
            </th>
            <th scope="col" className={styles["number"]}>
              Difference
            </th>
            {incumbent && (
              <th scope="col" className={styles["number"]}>
                Serving then
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {[metric, ...others].map((key) => (
            <tr key={key} data-lead={key === metric || undefined}>
              <th scope="row">
                {nameOfMetric(key)}
                {key === metric && Number.isFinite(low) && (
                  <span> ({`${formatMetric(key, low)} to ${formatMetric(key, high)}`}, 95 %)</span>
                )}
              </th>
              <td className={styles["number"]}>{told(key, metrics[key])}</td>
              <td className={styles["number"]}>{told(key, baseline.metrics[key])}</td>
              <Difference name={key} value={metrics[key]} other={baseline.metrics[key]} />
              {incumbent && <td className={styles["number"]}>{told(key, incumbent[key])}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Difference({
  name,
  value,
  other,
}: {
  name: string;
  value: number | undefined;
  other: number | undefined;
}): ReactElement {
  if (value === undefined || other === undefined || value === other)
    return <td className={styles["number"]}>–</td>;
  return (
    <td className={styles["number"]} data-tone={isBetter(name, value, other) ? "good" : "bad"}>
      {formatDifference(name, value, other)}
    </td>
  );
}

function told(name: string, value: number | undefined): string {
  return value === undefined ? "–" : formatMetric(name, value);
}

/** Names with values, of any number: params, or the latest value of each metric. */
export function PairsTable({
  name,
  label,
  pairs,
}: {
  name: string;
  label: string;
  pairs: readonly (readonly [string, string | number])[];
}): ReactElement {
  return (
    <DataTable
      name={name}
      label={label}
      columns={[
        { id: "name", title: "Name", value: ([key]) => key, width: 130 },
        { id: "value", title: "Value", value: ([, value]) => value, width: 110 },
      ]}
      rows={pairs}
      rowId={([key]) => key}
      maxHeight={360}
      withSearch={pairs.length > 12}
      empty={<p>None</p>}
    />
  );
}
