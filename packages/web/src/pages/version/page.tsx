import { type ReactElement, useMemo, useState } from "react";
import { Card } from "../../parts/card.tsx";
import { copyTextsOf } from "../../parts/copy-as.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { Figures } from "../../parts/figures.tsx";
import { exportableOf, PageHeader } from "../../parts/page-header.tsx";
import { PageLink } from "../../parts/page-link.tsx";
import { usePathParameter } from "../../parts/path-parameter.ts";
import { Answer, StateOf } from "../../parts/state-of.tsx";
import { useApi } from "../../wire/hooks.ts";
import { DecideButton, PromoteButton, RollbackButton } from "../deciding/decide.tsx";
import { LogTable } from "../deciding/log-table.tsx";
import layout from "../../parts/layout.module.css";
import {
  CHAMPION,
  type LogEntry,
  type Model,
  standingOf,
  type Version,
} from "../deciding/standing.ts";
import {
  type MetricRow,
  metricColumns,
  metricRows,
  versionFigures,
  versionVerdict,
} from "./facts.ts";
import { GateCard } from "./gate-card.tsx";
import { Lineage } from "./lineage.tsx";

/** One version: how good it is, where it comes from, where it served, and the buttons that decide about it. */
export function Page(): ReactElement {
  const name = usePathParameter("name");
  const wanted = Number(usePathParameter("version"));
  const model = useApi("getModel", { params: { name } });
  const log = useApi("modelLog", { params: { name } });
  return (
    <>
      {!model.data && <PageHeader title={`${name} version ${wanted}`} />}
      <Answer query={model} permission="models:read">
        {(found) => {
          const version = found.versions.find((one) => one.version === wanted);
          if (!version) return <NoVersion model={found} />;
          return (
            <Answer query={log} permission="models:read">
              {({ items }) => <Shown model={found} version={version} log={items} />}
            </Answer>
          );
        }}
      </Answer>
    </>
  );
}

function NoVersion({ model: { name, versions } }: { model: Model }): ReactElement {
  const newest = versions.at(-1)?.version;
  return (
    <>
      <PageHeader title={name} />
      <StateOf
        kind="empty"
        icon="stamp"
        title="There is no such version"
        text={
          newest === undefined ? (
            "The model has none yet."
          ) : (
            <>
              The newest is{" "}
              <PageLink to="/registry/$name/$version" params={{ name, version: String(newest) }}>
                version {newest}
              </PageLink>
              .
            </>
          )
        }
      />
    </>
  );
}

function Shown({
  model,
  version,
  log,
}: {
  model: Model;
  version: Version;
  log: readonly LogEntry[];
}): ReactElement {
  const { name } = model;
  const [nowMs] = useState(() => Date.now());
  const standing = useMemo(() => standingOf(model, log), [model, log]);
  const rows = useMemo(() => metricRows(version, standing.champion), [version, standing]);
  const mine = useMemo(
    () =>
      log.filter(
        (entry) => entry.version === version.version || entry.previousVersion === version.version,
      ),
    [log, version],
  );
  const verdict = versionVerdict(version, { standing, log, nowMs });
  const cli = `npx souk promote ${name} --version ${version.version} --reason 'why'`;
  const params = { name, version: version.version };
  return (
    <>
      <PageHeader
        title={`${name} version ${version.version}`}
        verdict={verdict.text}
        tone={verdict.tone}
        copy={copyTextsOf("promoteVersion", { params, body: { reason: "why" } }, cli)}
        exports={exportableOf(`${name}-${version.version}-metrics`, metricColumns, rows)}
      >
        <Decisions model={model} version={version} />
      </PageHeader>
      <div className={layout["stack"]}>
        <Figures figures={versionFigures(version, { standing, nowMs })} />
        <div className={layout["columns"]}>
          <Card title="Where it comes from, where it served">
            <Lineage version={version} log={log} />
          </Card>
          <GateCard version={version} log={log} />
        </div>
        <Card title="Metrics on rows it never saw">
          <Metrics rows={rows} />
        </Card>
        <Card title="Decisions about it">
          <LogTable log={mine} />
        </Card>
      </div>
    </>
  );
}

function Decisions({ model, version }: { model: Model; version: Version }): ReactElement {
  const serves = model.aliases[CHAMPION] === version.version;
  const mine = { model: model.name, version: version.version };
  if (serves) return <RollbackButton {...mine} />;
  return (
    <>
      {version.stage !== "approved" && <DecideButton {...mine} verdict="approve" />}
      {version.stage !== "rejected" && <DecideButton {...mine} verdict="reject" />}
      {version.stage !== "rejected" && <PromoteButton {...mine} />}
    </>
  );
}

function Metrics({ rows }: { rows: readonly MetricRow[] }): ReactElement {
  return (
    <DataTable
      name="metrics"
      label="metrics"
      columns={metricColumns}
      rows={rows}
      rowId={({ metric }) => metric}
      withSearch={false}
      empty={
        <StateOf
          kind="empty"
          icon="chart"
          title="Nothing was measured"
          text="Versions that other tools registered bring what they logged."
        />
      }
    />
  );
}
