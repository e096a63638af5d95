import { useNavigate } from "@tanstack/react-router";
import { type ReactElement, useMemo, useState } from "react";
import { Card } from "../../parts/card.tsx";
import { copyTextsOf } from "../../parts/copy-as.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { Figures } from "../../parts/figures.tsx";
import { exportableOf, PageHeader } from "../../parts/page-header.tsx";
import { addressOf } from "../../parts/page-link.tsx";
import { usePathParameter } from "../../parts/path-parameter.ts";
import { Answer, StateOf } from "../../parts/state-of.tsx";
import { useApi, useMay } from "../../wire/hooks.ts";
import { capital, nameOfMetric } from "../learning/metric-words.ts";
import { RollbackButton } from "../deciding/decide.tsx";
import { LogTable } from "../deciding/log-table.tsx";
import layout from "../../parts/layout.module.css";
import { ServedAt } from "../deciding/served-at.tsx";
import { type LogEntry, type Model, type Standing, standingOf } from "../deciding/standing.ts";
import { Corrections } from "./corrections.tsx";
import { MetricChart } from "./metric-chart.tsx";
import { modelFigures, modelVerdict } from "./figures.ts";
import { versionColumns } from "./version-columns.tsx";

/** One model: what serves and since when, its versions, what people corrected, and who decided what. */
export function Page(): ReactElement {
  const name = usePathParameter("name");
  const model = useApi("getModel", { params: { name } });
  const log = useApi("modelLog", { params: { name } });
  return (
    <>
      {!model.data && <PageHeader title={name} />}
      <Answer query={model} permission="models:read">
        {(found) => (
          <Answer query={log} permission="models:read">
            {({ items }) => <Shown model={found} log={items} />}
          </Answer>
        )}
      </Answer>
    </>
  );
}

function Shown({ model, log }: { model: Model; log: readonly LogEntry[] }): ReactElement {
  const { name } = model;
  const [nowMs] = useState(() => Date.now());
  const standing = useMemo(() => standingOf(model, log), [model, log]);
  const columns = useMemo(
    () => versionColumns({ model, standing, nowMs }),
    [model, standing, nowMs],
  );
  const corrected = useApi(
    "countCorrections",
    { params: { name } },
    { enabled: useMay("predictions:read") && standing.champion !== undefined },
  );
  const facts = { log, ...(corrected.data && { corrected: corrected.data }) };
  const verdict = modelVerdict(standing, { ...facts, nowMs });
  const newestFirst = useMemo(() => model.versions.toReversed(), [model.versions]);
  return (
    <>
      <PageHeader
        title={name}
        verdict={verdict.text}
        tone={verdict.tone}
        copy={copyTextsOf("getModel", { params: { name } }, `npx souk models ${name}`)}
        exports={exportableOf(`${name}-versions`, columns, newestFirst)}
      >
        {standing.champion && <RollbackButton model={name} version={standing.champion.version} />}
      </PageHeader>
      <div className={layout["stack"]}>
        <Figures figures={modelFigures(standing, { ...facts, nowMs, versions: model.versions })} />
        <Card title="Versions">
          <Versions model={model} columns={columns} rows={newestFirst} />
        </Card>
        <MetricByVersion model={model} standing={standing} />
        <ServedAt model={name} log={log} />
        <Card title="Promotion log">
          <LogTable log={log} />
        </Card>
        <Corrections model={name} />
      </div>
    </>
  );
}

function Versions({
  model,
  columns,
  rows,
}: {
  model: Model;
  columns: ReturnType<typeof versionColumns>;
  rows: Model["versions"];
}): ReactElement {
  const navigate = useNavigate();
  return (
    <DataTable
      name="versions"
      label={`versions of ${model.name}`}
      columns={columns}
      rows={rows}
      rowId={({ version }) => String(version)}
      maxHeight={380}
      onOpen={({ version }) =>
        void navigate({
          to: addressOf("/registry/$name/$version", {
            name: model.name,
            version: String(version),
          }),
        })
      }
      empty={<StateOf kind="empty" icon="stamp" title="No version yet" />}
    />
  );
}

function MetricByVersion({
  model,
  standing,
}: {
  model: Model;
  standing: Standing;
}): ReactElement | null {
  const measured = model.versions.filter(({ metrics }) => metrics[standing.metric] !== undefined);
  if (measured.length < 2) return null;
  return (
    <Card title={`${capital(nameOfMetric(standing.metric))} by version`}>
      <MetricChart versions={measured} standing={standing} />
    </Card>
  );
}
