import { UnstyledButton } from "@mantine/core";
import type { KeyboardEvent, ReactElement } from "react";
import styles from "./quality.module.css";
import {
  byTimesMoved,
  cellWords,
  heatOfCell,
  type Timeline,
  type TimelineCell,
} from "./timeline.ts";

/** Per cent of red: with more, words in dark pages lose their contrast. */
const MOST_RED = 55;
/** With more steps than this a cell has no room for its number. */
const NUMBERED = 13;

/** A column and a step of time. */
export interface Picked {
  readonly column: string;
  readonly step: string;
}

/** Columns against time: the redder a cell, the more the column had moved by then; a click shows both distributions. */
export function TimeMap({
  timeline,
  picked,
  onPick,
}: {
  timeline: Timeline;
  picked: Picked;
  onPick: (picked: Picked) => void;
}): ReactElement {
  const { steps } = timeline;
  const columns = byTimesMoved(timeline.columns);
  const isPicked = (column: string, at: number): boolean =>
    column === picked.column && steps[at]?.label === picked.step;
  const hasPicked = columns.some(({ name }) => steps.some((_step, at) => isPicked(name, at)));
  return (
    <div className={styles["heatFrame"]}>
      <table
        className={styles["timeMap"]}
        onKeyDown={moveFocus}
        data-numbered={steps.length <= NUMBERED || undefined}
      >
        <thead>
          <tr>
            <th scope="col">Column</th>
            {steps.map(({ label }) => (
              <th key={label} scope="col">
                <span>{label}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {columns.map(({ name, cells }, row) => (
            <tr key={name} data-picked={name === picked.column || undefined}>
              <th scope="row">{name}</th>
              {steps.map((step, at) => {
                const cell = cells[at];
                const isHere = isPicked(name, at);
                return (
                  <td key={step.label}>
                    {cell && (
                      <HeatCell
                        cell={cell}
                        label={cellWords(name, step, cell)}
                        isPicked={isHere}
                        isStop={isHere || (!hasPicked && row === 0 && at === 0)}
                        onPick={() =>
                          onPick(
                            isHere ? { column: "", step: "" } : { column: name, step: step.label },
                          )
                        }
                      />
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function HeatCell({
  cell,
  label,
  isPicked,
  isStop,
  onPick,
}: {
  cell: TimelineCell;
  label: string;
  isPicked: boolean;
  /** Whether Tab stops here; arrows reach the others. */
  isStop: boolean;
  onPick: () => void;
}): ReactElement {
  const red = `${Math.round(heatOfCell(cell) * MOST_RED)}%`;
  return (
    <UnstyledButton
      className={styles["timeCell"]}
      aria-label={label}
      title={label}
      aria-pressed={isPicked}
      tabIndex={isStop ? 0 : -1}
      data-drifted={cell.drifted || undefined}
      style={{ background: `color-mix(in srgb, var(--souk-heat) ${red}, var(--souk-cold))` }}
      onClick={onPick}
    >
      <span className={styles["timeValue"]}>
        {cell.value === null ? "–" : cell.value.toFixed(2)}
      </span>
      {cell.drifted && <span className={styles["timeMark"]} aria-hidden="true" />}
    </UnstyledButton>
  );
}

const moves: Readonly<Record<string, readonly [rows: number, cells: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** Arrows walk from cell to cell. */
function moveFocus(event: KeyboardEvent<HTMLTableElement>): void {
  const move = moves[event.key];
  const cell = event.target instanceof Element ? event.target.closest("td") : null;
  const row = cell?.closest("tr");
  if (!move || !cell || !row) return;
  event.preventDefault();
  const rows = [...event.currentTarget.tBodies].flatMap((body) => [...body.rows]);
  const next = rows[rows.indexOf(row) + move[0]]?.cells[cell.cellIndex + move[1]];
  next?.querySelector("button")?.focus();
}
