import { Button, Tabs } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { copyTextsOf } from "../../parts/copy-as.tsx";
import { Icon } from "../../parts/icon.tsx";
import { exportableOf, PageHeader } from "../../parts/page-header.tsx";
import { usePathParameter } from "../../parts/path-parameter.ts";
import { Answer } from "../../parts/state-of.tsx";
import { useUrlState } from "../../parts/url-state.ts";
import { useApi, useMay } from "../../wire/hooks.ts";
import {
  evaluationOf,
  type Job,
  nameOfRun,
  type Run,
  verdictOfRun,
} from "../learning/run-words.ts";
import { StopJob } from "../learning/stop-job.tsx";
import { Files } from "./files.tsx";
import { Log } from "./log.tsx";
import { Overview } from "./overview.tsx";
import { Report } from "./report.tsx";
import { Resume } from "./resume.tsx";
import styles from "./run.module.css";
import { useLiveRun } from "./use-live-run.ts";

/** One run: what came of it, how it went there, and how to do it again. */
export function Page(): ReactElement {
  const id = usePathParameter("id");
  const query = useApi("getRun", { params: { id } });
  return (
    <>
      {!query.data && <PageHeader title={id} />}
      <Answer query={query} permission="runs:read">
        {(run) => <Whole key={run.id} run={run} />}
      </Answer>
    </>
  );
}

/** Status and latest values of a run that runs are asked for this often. */
const RUNNING_MS = 3000;

const views = ["overview", "report", "log", "files"] as const;

function Whole({ run }: { run: Run }): ReactElement {
  const live = useLiveRun(run.id);
  const job = useJobOf(run);
  // Runs of other programs end without an event of ours, and a resumed one begins after its job: status and figures are asked
  // for as long as either is at work.
  const isAtWork = run.status === "running" || ["queued", "running"].includes(job?.status ?? "");
  useApi("getRun", { params: { id: run.id } }, { enabled: isAtWork, everyMs: RUNNING_MS });
  const report = useApi(
    "runReport",
    { params: { id: run.id } },
    { enabled: run.status === "finished" },
  ).data;
  const evaluation = evaluationOf(report);
  const { text, tone } = verdictOfRun(run, evaluation);
  const [view, setView] = useUrlState("view", "overview");
  return (
    <>
      <PageHeader
        title={nameOfRun(run)}
        verdict={text}
        tone={tone}
        copy={copyTextsOf("getRun", { params: { id: run.id } }, `npx souk runs show ${run.id}`)}
        exports={exportableOf(`run-${run.id}`, pairColumns, pairsOf(run))}
      >
        {job?.kind === "tuning" && <ToStudy run={run} />}
        <CompareWith run={run} />
        {run.status === "running" ? <Cancel job={job} /> : <Resume run={run} job={job} />}
      </PageHeader>
      <Tabs
        value={views.find((one) => one === view) ?? "overview"}
        onChange={(next) => setView(next ?? "overview")}
        keepMounted={false}
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="overview">Overview</Tabs.Tab>
          <Tabs.Tab value="report">Report</Tabs.Tab>
          <Tabs.Tab value="log">Log</Tabs.Tab>
          <Tabs.Tab value="files">Files</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="overview">
          <Overview run={run} live={live} evaluation={evaluation} />
        </Tabs.Panel>
        <Tabs.Panel value="report">
          <Report id={run.id} name={nameOfRun(run)} />
        </Tabs.Panel>
        <Tabs.Panel value="log">
          <Log job={job} lines={live.lines} />
        </Tabs.Panel>
        <Tabs.Panel value="files" className={styles["stack"]}>
          <Files id={run.id} />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

interface Pair {
  readonly kind: "param" | "metric" | "tag";
  readonly name: string;
  readonly value: string | number;
}

const pairColumns = [
  { id: "kind", value: ({ kind }: Pair) => kind },
  { id: "name", value: ({ name }: Pair) => name },
  { id: "value", value: ({ value }: Pair) => value },
];

function pairsOf({ params = {}, metrics = {}, tags = {} }: Run): Pair[] {
  const named = (kind: Pair["kind"], pairs: Readonly<Record<string, string | number>>): Pair[] =>
    Object.entries(pairs).map(([name, value]) => ({ kind, name, value }));
  return [...named("param", params), ...named("metric", metrics), ...named("tag", tags)];
}

/** The job that worked on the run, among the latest thousand. */
function useJobOf({ id }: Run): Job | undefined {
  const jobs = useApi("listJobs", { query: { limit: 1000 } }, { enabled: useMay("jobs:read") });
  return jobs.data?.items.find(({ runId }) => runId === id);
}

function CompareWith({ run }: { run: Run }): ReactElement {
  const navigate = useNavigate();
  return (
    <Button
      size="xs"
      variant="default"
      leftSection={<Icon name="chart" size={14} />}
      onClick={() => void navigate({ href: `/compare?runs=${encodeURIComponent(run.id)}` })}
    >
      Compare
    </Button>
  );
}

/** A study is a run as well; its trials have a page of their own. */
function ToStudy({ run }: { run: Run }): ReactElement {
  const navigate = useNavigate();
  return (
    <Button
      size="xs"
      variant="default"
      leftSection={<Icon name="sliders" size={14} />}
      onClick={() => void navigate({ href: `/tune?study=${encodeURIComponent(run.id)}` })}
    >
      Open the study
    </Button>
  );
}

function Cancel({ job }: { job: Job | undefined }): ReactElement | null {
  const mayStop = useMay("training:run");
  if (!job || !mayStop || !["queued", "running"].includes(job.status)) return null;
  return (
    <StopJob
      jobId={job.id}
      what="run"
      after="What it learned so far is not kept as a model. Its curves stay."
    />
  );
}
