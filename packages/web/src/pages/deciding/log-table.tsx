import { type ReactElement, useMemo, useState } from "react";
import { authorWords } from "../../parts/author-words.ts";
import { type Column, DataTable } from "../../parts/data-table.tsx";
import { StateOf } from "../../parts/state-of.tsx";
import { Tag } from "../../parts/tag.tsx";
import { timeColumn } from "../../parts/time-column.tsx";
import { type LogEntry, sentenceOf } from "./standing.ts";

/** The promotion log, newest first. */
export function LogTable({ log }: { log: readonly LogEntry[] }): ReactElement {
  const [nowMs] = useState(() => Date.now());
  const columns = useMemo(() => columnsAt(nowMs), [nowMs]);
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

function columnsAt(nowMs: number): Column<LogEntry>[] {
  return [
    timeColumn({ id: "at", title: "When", at: ({ at }) => at, nowMs }),
    { id: "what", title: "What", value: sentenceOf, width: 210, grow: 3 },
    { id: "by", title: "By", value: ({ by }) => authorWords(by), width: 80 },
    { id: "reason", title: "Why", value: ({ reason }) => reason, width: 110, grow: 2 },
    { id: "gate", title: "Gate", value: gateWord, show: GateTag, width: 115, grow: 0 },
  ];
}

function gateWord({ gate, forced }: LogEntry): string {
  if (forced) return "overruled";
  return gate === undefined ? "" : gate.passed ? "passed" : "failed";
}

function GateTag(entry: LogEntry): ReactElement | string {
  const word = gateWord(entry);
  if (word === "") return "–";
  return <Tag tone={word === "passed" ? "good" : "warn"}>{word}</Tag>;
}
