import { useNavigate } from "@tanstack/react-router";
import { type ReactElement, useMemo, useState } from "react";
import { Card } from "../../parts/card.tsx";
import { CommandLine } from "../../parts/command-line.tsx";
import { copyTextsOf } from "../../parts/copy-as.tsx";
import { type Column, DataTable } from "../../parts/data-table.tsx";
import { exportableOf, PageHeader } from "../../parts/page-header.tsx";
import { addressOf } from "../../parts/page-link.tsx";
import { Answer, StateOf } from "../../parts/state-of.tsx";
import { timeColumn } from "../../parts/time-column.tsx";
import { Tag } from "../../parts/tag.tsx";
import { useApi } from "../../wire/hooks.ts";
import { LogTable } from "../deciding/log-table.tsx";
import { formatDifference, formatMetric, nameOfMetric } from "../learning/metric-words.ts";
import layout from "../../parts/layout.module.css";
import { ServedAt } from "../deciding/served-at.tsx";
import {
  registryVerdict,
  type Standing,
  standingsOf,
  versionsInWords,
} from "../deciding/standing.ts";

/** Every model: which version serves, how good it is, since when, and what waits for a decision. */
export function Page(): ReactElement {
  const models = useApi("listModels", {});
  const log = useApi("promotionLog", {});
  const [nowMs] = useState(() => Date.now());
  const standings = useMemo(
    () => models.data && standingsOf(models.data.items, log.data?.items ?? []),
    [models.data, log.data],
  );
  const verdict = standings && registryVerdict(standings);
  const columns = useMemo(() => columnsAt(nowMs), [nowMs]);
  return (
    <>
      <PageHeader
        title="Registry"
        {...(verdict && { verdict: verdict.text, tone: verdict.tone })}
        copy={copyTextsOf("listModels", {}, "npx souk models")}
        {...(standings && { exports: exportableOf("models", columns, standings) })}
      />
      <div className={layout["stack"]}>
        <Card title="Models">
          <Answer query={models} permission="models:read">
            {() => <Models standings={standings ?? []} columns={columns} />}
          </Answer>
        </Card>
        <ServedAt log={log.data?.items ?? []} />
        <Card title="Promotion log">
          <Answer query={log} permission="models:read">
            {({ items }) => <LogTable log={items} />}
          </Answer>
        </Card>
      </div>
    </>
  );
}

function Models({
  standings,
  columns,
}: {
  standings: readonly Standing[];
  columns: readonly Column<Standing>[];
}): ReactElement {
  const navigate = useNavigate();
  return (
    <DataTable
      name="models"
      label="models"
      columns={columns}
      rows={standings}
      rowId={({ model }) => model}
      onOpen={({ model }) => void navigate({ to: addressOf("/registry/$name", { name: model }) })}
      empty={
        <StateOf
          kind="empty"
          icon="stamp"
          title="No model yet"
          text="A training registers what it learnt as the first version of a model."
        >
          <CommandLine text="npx souk train star-rating" />
        </StateOf>
      }
    />
  );
}

function columnsAt(nowMs: number): Column<Standing>[] {
  return [
    { id: "model", title: "Model", value: ({ model }) => model, width: 165, grow: 2 },
    {
      id: "champion",
      title: "Champion",
      value: ({ champion }) => champion?.version,
      show: ({ champion }) =>
        champion ? (
          <Tag tone="accent">version {champion.version}</Tag>
        ) : (
          <Tag tone="warn">none</Tag>
        ),
    },
    {
      id: "value",
      title: "Metric",
      value: ({ value }) => value,
      show: ({ metric, value }) =>
        value === undefined ? "–" : `${formatMetric(metric, value)} ${nameOfMetric(metric)}`,
      width: 165,
    },
    {
      id: "gain",
      title: "Over plainest",
      value: ({ value, baseline }) =>
        value === undefined || baseline === undefined ? undefined : value - baseline,
      show: ({ metric, value, baseline }) =>
        value === undefined || baseline === undefined
          ? "–"
          : formatDifference(metric, value, baseline),
      width: 145,
    },
    timeColumn({ id: "since", title: "Took over", at: ({ since }) => since, nowMs }),
    timeColumn({
      id: "trained",
      title: "Trained",
      at: ({ champion }) => champion?.createdAt,
      nowMs,
    }),
    { id: "versions", title: "Versions", value: ({ versions }) => versions, width: 90 },
    {
      id: "waiting",
      title: "Waiting",
      width: 124,
      value: ({ waiting }) => waiting.join(", "),
      show: ({ waiting }) =>
        waiting.length === 0 ? (
          "–"
        ) : (
          <span title={versionsInWords(waiting)}>
            <Tag tone="warn">
              {waiting.length === 1 ? `version ${waiting.join()}` : `${waiting.length} versions`}
            </Tag>
          </span>
        ),
    },
  ];
}
