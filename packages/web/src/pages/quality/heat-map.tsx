import { UnstyledButton } from "@mantine/core";
import type { ReactElement } from "react";
import { formatShare } from "../../parts/format.ts";
import { Icon } from "../../parts/icon.tsx";
import styles from "./quality.module.css";
import {
  byMove,
  type DriftAnswer,
  type DriftColumn,
  heatOf,
  type Measure,
  measures,
} from "./sides.ts";

/** Per cent of red: with more, words in dark pages lose their contrast. */
const MOST_RED = 45;

/** A line for each column, the redder the more it moved; a line is a button that shows its distributions. */
export function HeatMap({
  report,
  picked,
  onPick,
}: {
  report: DriftAnswer;
  picked: string;
  onPick: (column: string) => void;
}): ReactElement {
  return (
    <div className={styles["heatFrame"]}>
      <table className={styles["heat"]}>
        <thead>
          <tr>
            <th scope="col">Column</th>
            {measures.map(({ id, title, about }) => (
              <th key={id} scope="col" title={about}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {byMove(report.columns).map((column) => (
            <tr key={column.name} data-picked={column.name === picked || undefined}>
              <th scope="row">
                <UnstyledButton
                  className={styles["pick"]}
                  aria-pressed={column.name === picked}
                  onClick={() => onPick(column.name === picked ? "" : column.name)}
                >
                  <span>{breakable(column.name)}</span>
                  {column.drifted && <Icon name="warning" size={14} label="moved" />}
                </UnstyledButton>
              </th>
              {measures.map((measure) => (
                <Cell key={measure.id} column={column} measure={measure} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A column's name that may break after its underscores. */
function breakable(name: string): string {
  return name.replaceAll("_", "_\u200b");
}

function Cell({ column, measure }: { column: DriftColumn; measure: Measure }): ReactElement {
  const found = heatOf(column, measure);
  if (!found) return <td className={styles["noHeat"]}>–</td>;
  const { value, heat } = found;
  const share = `${Math.round(heat * MOST_RED)}%`;
  return (
    <td
      style={{ background: `color-mix(in srgb, var(--souk-heat) ${share}, var(--souk-card))` }}
      title={measure.about}
    >
      {measure.id === "missing" ? formatShare(value) : value.toFixed(3)}
    </td>
  );
}
