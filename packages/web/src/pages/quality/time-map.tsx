import { UnstyledButton } from "@mantine/core";
import type { KeyboardEvent, ReactElement } from "react";
import styles from "./quality.module.css";
import {
  byTimesMoved,
  cellWords,
  heatOfCell,
  type Timeline,
  type TimelineCell,
  type TimelineColumn,
  type TimelineStep,
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
  timeline: { steps, columns },
  picked,
  onPick,
}: {
  timeline: Timeline;
  picked: Picked;
  onPick: (picked: Picked) => void;
}): ReactElement {
  const sorted = byTimesMoved(columns);
  const stop = stopOf({ columns: sorted, steps }, picked);
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
          {sorted.map((column) => (
            <Row
              key={column.name}
              column={column}
              steps={steps}
              picked={picked}
              stop={stop}
              onPick={onPick}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The one cell that Tab stops at: what is picked, else the first. */
function stopOf({ columns, steps }: Pick<Timeline, "columns" | "steps">, picked: Picked): Picked {
  const isThere =
    columns.some(({ name }) => name === picked.column) &&
    steps.some(({ label }) => label === picked.step);
  return isThere ? picked : { column: columns[0]?.name ?? "", step: steps[0]?.label ?? "" };
}

/** One column through time. */
function Row({
  column: { name, cells },
  steps,
  picked,
  stop,
  onPick,
}: {
  column: TimelineColumn;
  steps: readonly TimelineStep[];
  picked: Picked;
  stop: Picked;
  onPick: (picked: Picked) => void;
}): ReactElement {
  return (
    <tr data-picked={name === picked.column || undefined}>
      <th scope="row">{name}</th>
      {steps.map((step, at) => {
        const cell = cells[at];
        const here = { column: name, step: step.label };
        const isPicked = isSame(here, picked);
        return (
          <td key={step.label}>
            {cell && (
              <HeatCell
                cell={cell}
                label={cellWords(name, step, cell)}
                isPicked={isPicked}
                isStop={isSame(here, stop)}
                onPick={() => onPick(isPicked ? { column: "", step: "" } : here)}
              />
            )}
          </td>
        );
      })}
    </tr>
  );
}

function isSame(a: Picked, b: Picked): boolean {
  return a.column === b.column && a.step === b.step;
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
