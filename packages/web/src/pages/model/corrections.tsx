import type { RouteAnswer } from "@souk/api";
import { type ReactElement, useState } from "react";
import { authorWords } from "../../parts/author-words.ts";
import { Card } from "../../parts/card.tsx";
import { type Column, DataTable } from "../../parts/data-table.tsx";
import { Answer, Denied, StateOf } from "../../parts/state-of.tsx";
import { timeColumn } from "../../parts/time-column.tsx";
import { useApi, useMay } from "../../wire/hooks.ts";

type Correction = RouteAnswer<"listCorrections">["items"][number];

/** What people said was wrong, newest first: rows of the next training. */
export function Corrections({ model }: { model: string }): ReactElement {
  const isMine = useMay("predictions:read");
  const corrections = useApi(
    "listCorrections",
    { query: { model, limit: 200 } },
    { enabled: isMine },
  );
  const [nowMs] = useState(() => Date.now());
  return (
    <Card title="Corrections">
      {isMine ? (
        <Answer query={corrections} permission="predictions:read">
          {({ items }) => (
            <DataTable
              name="corrections"
              label="corrections"
              columns={columnsAt(nowMs)}
              rows={items}
              rowId={({ id }) => id}
              maxHeight={320}
              empty={
                <StateOf
                  kind="empty"
                  icon="edit"
                  title="Nobody corrected anything yet"
                  text="Whoever sees a wrong answer can say what is right; the next training learns from it."
                />
              }
            />
          )}
        </Answer>
      ) : (
        <Denied permission="predictions:read" />
      )}
    </Card>
  );
}

function columnsAt(nowMs: number): Column<Correction>[] {
  return [
    timeColumn({ id: "at", title: "When", at: ({ at }) => at, nowMs }),
    { id: "label", title: "Should be", value: ({ label }) => label, width: 100 },
    { id: "input", title: "Of", value: inputWords, width: 260, grow: 4 },
    { id: "by", title: "By", value: ({ by }) => by && authorWords(by) },
  ];
}

function inputWords({ input }: Correction): string {
  return Object.values(input)
    .filter((value) => typeof value === "string" || typeof value === "number")
    .join(" · ");
}
