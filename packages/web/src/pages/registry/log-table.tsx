import { useState, type ReactElement } from "react";
import { type Column, DataTable } from "../../parts/data-table.tsx";
import { formatAgo, formatTime, isoOf } from "../../parts/format.ts";
import { StateOf } from "../../parts/state-of.tsx";
import { Tag } from "../../parts/tag.tsx";
import { type LogEntry, sentenceOf } from "./standing.ts";

/** Columns of the promotion log, for the table and the export. */
export const logColumns: readonly Column<LogEntry>[] = [
  { id: "at", title: "When", value: ({ at }) => isoOf(at), width: 135, grow: 0 },
  { id: "what", title: "What", value: sentenceOf, width: 210, grow: 3 },
  { id: "by", title: "By", value: ({ by }) => by, width: 80 },
  { id: "reason", title: "Why", value: ({ reason }) => reason, width: 110, grow: 2 },
  {
    id: "gate",
    title: "Gate",
    value: ({ gate, forced }) => gateWord(gate?.passed, forced),
    width: 100,
    grow: 0,
  },
];

function gateWord(passed: boolean | undefined, forced: boolean): string {
  if (forced) return "overruled";
  return passed === undefined ? "" : passed ? "passed" : "failed";
}

/** The promotion log, newest first. */
export function LogTable({ log }: { log: readonly LogEntry[] }): ReactElement {
  const [nowMs] = useState(() => Date.now());
  const columns = logColumns.map((column): Column<LogEntry> => {
    if (column.id === "at")
      return {
        ...column,
        show: ({ at }) => <span title={formatTime(at)}>{formatAgo(at, nowMs)}</span>,
      };
    if (column.id === "gate") return { ...column, show: GateTag };
    return column;
  });
  return (
    <DataTable
      name="log"
      label="promotion log"
      columns={columns}
      rows={log}
      rowId={({ sequence }) => String(sequence)}
      maxHeight={360}
      empty={
        <StateOf
          kind="empty"
          icon="stamp"
          title="Nothing was decided yet"
          text="Promotions, roll backs, approvals and rejections are kept here for good."
        />
      }
    />
  );
}

function GateTag({ gate, forced }: LogEntry): ReactElement | string {
  const word = gateWord(gate?.passed, forced);
  if (word === "") return "–";
  return <Tag tone={word === "passed" ? "good" : "warn"}>{word}</Tag>;
}
