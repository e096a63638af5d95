import type { RouteAnswer } from "@souk/api";
import type { ReactElement, ReactNode } from "react";
import { authorWords } from "../../parts/author-words.ts";
import { formatNumber, formatTime } from "../../parts/format.ts";
import { Icon, type IconName } from "../../parts/icon.tsx";
import { PageLink } from "../../parts/page-link.tsx";
import { memberOf } from "../../wire/answers.ts";
import { useApi } from "../../wire/hooks.ts";
import styles from "./lineage.module.css";
import { deploymentsOf, type LogEntry, type Version } from "../deciding/standing.ts";

/** From the rows it learnt to where it answered: dataset version, run, version, deployments. */
export function Lineage({
  version,
  log,
}: {
  version: Version;
  log: readonly LogEntry[];
}): ReactElement {
  const { runId, createdAt, createdBy, summary } = version;
  const run = useApi("getRun", { params: { id: runId ?? "" } }, { enabled: runId !== undefined });
  const rows = memberOf(memberOf(summary, "rows"), "train");
  return (
    <ol className={styles["lineage"]}>
      <DataStep run={run.data} rows={typeof rows === "number" ? rows : undefined} />
      <Step icon="pulse" title="Run">
        {runId ? (
          <>
            <p>
              <PageLink to="/runs/$id" params={{ id: runId }}>
                {run.data?.name ?? runId}
              </PageLink>
            </p>
            <small>
              {runId}
              {run.data && `, ${run.data.status}`}
              {wordsOf(run.data?.params)}
            </small>
          </>
        ) : (
          <p>Registered without a run</p>
        )}
      </Step>
      <Step icon="stamp" title="Version">
        <p>
          {version.model} version {version.version}
        </p>
        <small>
          registered {formatTime(createdAt)}
          {createdBy && ` by ${authorWords(createdBy)}`}
        </small>
      </Step>
      <Deployments version={version} log={log} />
    </ol>
  );
}

function DataStep({
  run,
  rows,
}: {
  run: RouteAnswer<"getRun"> | undefined;
  rows: number | undefined;
}): ReactElement {
  const data = memberOf(run, "data");
  const dataset = memberOf(data, "dataset");
  const hash = memberOf(data, "hash");
  if (typeof dataset !== "string")
    return (
      <Step icon="database" title="Data">
        <p>Not recorded</p>
      </Step>
    );
  return (
    <Step icon="database" title="Data">
      <p>
        <PageLink to="/datasets/$name" params={{ name: dataset }}>
          {dataset} version {String(memberOf(data, "version"))}
        </PageLink>
      </p>
      {rows !== undefined && <small>{formatNumber(rows)} rows to learn from</small>}
      {typeof hash === "string" && <small>hash {hash}</small>}
    </Step>
  );
}

function wordsOf(params: Readonly<Record<string, string>> | undefined): string {
  const pairs = Object.entries(params ?? {}).slice(0, 6);
  return pairs.length === 0 ? "" : `; ${pairs.map(([key, value]) => `${key} ${value}`).join(", ")}`;
}

function Deployments({
  version: { version },
  log,
}: {
  version: Version;
  log: readonly LogEntry[];
}): ReactElement {
  const deployments = deploymentsOf(log, version);
  return (
    <Step icon="server" title="Deployments">
      {deployments.length === 0 && <p>It never served</p>}
      {deployments.map(({ alias, from, until, by, reason }) => (
        <div key={`${alias} ${from}`}>
          <p>
            {alias} from {formatTime(from)} until {until === undefined ? "now" : formatTime(until)}
          </p>
          <small>
            {authorWords(by)}: {reason}
          </small>
        </div>
      ))}
    </Step>
  );
}

function Step({
  icon,
  title,
  children,
}: {
  icon: IconName;
  title: string;
  children: ReactNode;
}): ReactElement {
  return (
    <li>
      <span className={styles["mark"]}>
        <Icon name={icon} size={17} />
      </span>
      <div>
        <h3>{title}</h3>
        {children}
      </div>
    </li>
  );
}
