import { Select } from "@mantine/core";
import { type ReactElement, useMemo } from "react";
import { Card } from "../../parts/card.tsx";
import { copyTextsOf } from "../../parts/copy-as.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { Figures } from "../../parts/figures.tsx";
import { exportableOf, PageHeader } from "../../parts/page-header.tsx";
import { Answer, Loading, StateOf } from "../../parts/state-of.tsx";
import { useUrlState } from "../../parts/url-state.ts";
import { useApi } from "../../wire/hooks.ts";
import layout from "../../parts/layout.module.css";
import { Batching } from "./batching.tsx";
import { Curves } from "./curves.tsx";
import { Errors } from "./errors.tsx";
import {
  servingFigures,
  servingVerdict,
  type ServingStats,
  type VersionRow,
  versionRows,
} from "./facts.ts";
import { Playground } from "./playground.tsx";
import { versionColumns } from "./version-columns.tsx";

const POLL_MS = 2000;

/** What answers now, how fast, in batches of how many, and what fails; and a place to ask it something. */
export function Page(): ReactElement {
  const stats = useApi("servingStats", {}, { everyMs: POLL_MS });
  return (
    <Answer
      query={stats}
      permission="monitor:read"
      loading={
        <>
          <PageHeader title="Serving" />
          <Loading />
        </>
      }
    >
      {(answer) => <Shown answer={answer} />}
    </Answer>
  );
}

function Shown({ answer }: { answer: ServingStats }): ReactElement {
  const rows = useMemo(() => versionRows(answer), [answer]);
  const [picked, pick] = useUrlState("version");
  const row = rows.find(({ id }) => id === picked) ?? rows[0];
  const { text, tone } = servingVerdict(answer, rows[0]);
  return (
    <>
      <PageHeader
        title="Serving"
        verdict={text}
        tone={tone}
        copy={copyTextsOf("servingStats", {})}
        exports={exportableOf("serving", versionColumns, rows)}
      >
        {rows.length > 1 && (
          <Select
            size="xs"
            aria-label="Version in the tiles and charts"
            data={rows.map(({ id, model, version }) => ({
              value: id,
              label: `${model} version ${version}`,
            }))}
            value={row?.id ?? null}
            onChange={(id) => pick(id ?? "")}
            allowDeselect={false}
          />
        )}
      </PageHeader>
      <div className={layout["stack"]}>
        <Figures figures={servingFigures(answer, row)} />
        {row && <Charts key={row.id} row={row} nowMs={answer.at} />}
        <Card title="Versions">
          <DataTable
            name="versions"
            label="served versions"
            columns={versionColumns}
            rows={rows}
            rowId={({ id }) => id}
            withSearch={rows.length > 10}
            onOpen={({ id }) => pick(id)}
            empty={
              <StateOf
                kind="empty"
                icon="server"
                title="No version is loaded"
                text="Promote a version in the registry and it begins to answer, without a restart."
              />
            }
          />
        </Card>
        <Playground served={answer.served} />
      </div>
    </>
  );
}

function Charts({ row, nowMs }: { row: VersionRow; nowMs: number }): ReactElement {
  const { model, version, stats } = row;
  if (!stats)
    return (
      <Card title={`${model} version ${version}`}>
        <StateOf
          kind="empty"
          icon="pulse"
          title="Nobody asked it anything yet"
          text="Latency, throughput and batches show up here with the first request. Try the playground below."
        />
      </Card>
    );
  return (
    <>
      {stats.recent.requests > 0 ? (
        <Curves stats={stats} nowMs={nowMs} />
      ) : (
        <Card title="Latency and throughput">
          <StateOf
            kind="empty"
            icon="clock"
            title="Nobody asked it anything in the last ten minutes"
            text="The curves begin again with the next request."
          />
        </Card>
      )}
      <div className={layout["columns"]}>
        <Batching stats={stats} />
        <Errors stats={stats} />
      </div>
    </>
  );
}
