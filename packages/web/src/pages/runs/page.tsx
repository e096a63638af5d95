import { Button, Select, TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { type ReactElement, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { copyTextsOf } from "../../parts/copy-as.tsx";
import { formatNumber } from "../../parts/format.ts";
import { Icon } from "../../parts/icon.tsx";
import { exportableOf, PageHeader } from "../../parts/page-header.tsx";
import { addressOf } from "../../parts/page-link.tsx";
import { PagedTable } from "../../parts/paged-table.tsx";
import { Loading, StateOf } from "../../parts/state-of.tsx";
import { useUrlState } from "../../parts/url-state.ts";
import { useTyped } from "../../parts/use-typed.ts";
import { useApi, useMay } from "../../wire/hooks.ts";
import { MOST_COMPARED, pickedIn } from "../learning/picked-runs.ts";
import { useMetricOfTask } from "../learning/use-metric-of-task.ts";
import { runColumns } from "./run-columns.tsx";
import { type RunFilters, runQueryOf, runStatuses } from "./run-filter.ts";
import { StartTraining } from "./start-training.tsx";
import { type ListedRun, type RunPages, useRunPages } from "./use-run-pages.ts";

const idOf = ({ id }: ListedRun): string => id;

/** Everything that was tried: found, ordered, picked to compare; and where a training is begun. */
export function Page(): ReactElement {
  const { query, isFiltered, pages, columns, picked, pick } = useShownRuns();
  const [sort, setSort] = useUrlState("sort");
  const [status] = useUrlState("status");
  const navigate = useNavigate();
  const [isStarting, setStarting] = useState(false);
  const mayTrain = useMay("training:run");
  return (
    <>
      <PageHeader
        title="Runs"
        verdict={verdictOf(pages, isFiltered)}
        copy={copyTextsOf("listRuns", { query: { ...query, limit: 100 } }, cliOf(status))}
        exports={exportableOf("runs", columns.slice(1), pages.runs ?? [])}
      >
        <CompareButton picked={picked} />
        {mayTrain && (
          <Button
            size="xs"
            onClick={() => setStarting(true)}
            leftSection={<Icon name="play" size={14} />}
          >
            Start a training
          </Button>
        )}
      </PageHeader>
      {mayTrain && <StartTraining opened={isStarting} onClose={() => setStarting(false)} />}
      <Body pages={pages} isFiltered={isFiltered}>
        {(runs) => (
          <PagedTable
            label="runs"
            columns={columns}
            rows={runs}
            rowId={idOf}
            sort={sort}
            onSort={setSort}
            onOpen={({ id }) => void navigate({ to: addressOf("/runs/$id", { id }) })}
            onMark={pick}
            beginning={JSON.stringify(query)}
            hasMore={pages.hasMore}
            isLoading={pages.isLoading}
            onMore={pages.more}
            tools={<Filters pages={pages} />}
          />
        )}
      </Body>
    </>
  );
}

/** The runs that the address asks for, and the columns to show them in. */
function useShownRuns() {
  const [task] = useUrlState("task");
  const [name] = useUrlState("name");
  const [status] = useUrlState("status");
  const [where] = useUrlState("where");
  const [sort] = useUrlState("sort");
  const metricOfTask = useMetricOfTask();
  const metric = metricOfTask.get(task);
  const query = useMemo(
    () => runQueryOf({ name, task, status, where }, { sort, metric }),
    [name, task, status, where, sort, metric],
  );
  const pages = useRunPages(query);
  const [picked, pick] = usePicked();
  const [nowMs] = useState(() => Date.now());
  const columns = useMemo(
    () =>
      runColumns({
        metricOfTask,
        picked: new Set(picked),
        onPick: pick,
        nowMs,
        canSortMetric: metric !== undefined,
      }),
    [metricOfTask, picked, pick, nowMs, metric],
  );
  const isFiltered = [name, task, status, where].some(Boolean);
  return { query, isFiltered, pages, columns, picked, pick };
}

function Body({
  pages: { runs, error, renew },
  isFiltered,
  children,
}: {
  pages: RunPages;
  isFiltered: boolean;
  children: (runs: readonly ListedRun[]) => ReactElement;
}): ReactElement {
  if (error && error.code !== "TRACKING_FILTER")
    return (
      <StateOf
        kind="error"
        title="The runs could not be read"
        text={`${error.message} (${error.code})`}
        onRetry={renew}
      />
    );
  if (!runs && !error && !isFiltered) return <Loading />;
  if (runs?.length === 0 && !isFiltered)
    return (
      <StateOf
        kind="empty"
        icon="pulse"
        title="Nothing was trained yet"
        text="A training learns from a dataset, is measured on rows it never saw, and shows up here while it runs."
      />
    );
  return children(runs ?? []);
}

function verdictOf({ runs, hasMore }: RunPages, isFiltered: boolean): string | undefined {
  if (!runs) return undefined;
  if (runs.length === 0 && !isFiltered) return "No training has run yet.";
  const running = runs.filter(({ status }) => status === "running").length;
  const count = `${formatNumber(runs.length)}${hasMore ? " or more" : ""}`;
  const fit = isFiltered ? " fit these filters" : " so far";
  const now = running === 0 ? "none is running now" : `${formatNumber(running)} running now`;
  return runs.length === 1 ? `One run${fit}, ${now}.` : `${count} runs${fit}, ${now}.`;
}

function cliOf(status: string): string {
  return `npx souk runs list${status && ` --status ${status}`}`;
}

/** Runs picked to compare, in the address. */
function usePicked(): readonly [readonly string[], (run: ListedRun) => void] {
  const [text, setText] = useUrlState("pick");
  const picked = useMemo(() => pickedIn(text), [text]);
  // The address follows a moment later: two quick marks must both count.
  const latest = useRef(picked);
  useEffect(() => {
    latest.current = picked;
  }, [picked]);
  const pick = useCallback(
    ({ id }: ListedRun) => {
      const before = latest.current;
      const others = before.filter((one) => one !== id);
      latest.current =
        others.length < before.length ? others : [...before, id].slice(-MOST_COMPARED);
      setText(latest.current.join(","));
    },
    [setText],
  );
  return [picked, pick];
}

function CompareButton({ picked }: { picked: readonly string[] }): ReactElement {
  const navigate = useNavigate();
  return (
    <Button
      size="xs"
      variant="default"
      disabled={picked.length < 2}
      leftSection={<Icon name="chart" size={14} />}
      onClick={() => void navigate({ href: `/compare?runs=${picked.join(",")}` })}
    >
      {picked.length < 2 ? "Compare" : `Compare ${picked.length}`}
    </Button>
  );
}

function Filters({ pages: { error, isOld, renew } }: { pages: RunPages }): ReactElement {
  const [task, setTask] = useUrlState("task");
  const [status, setStatus] = useUrlState("status");
  const tasks = useApi("listTasks", {}).data?.items ?? [];
  return (
    <>
      <Typed name="name" label="Name" placeholder="Name" />
      <Select
        size="xs"
        w={150}
        aria-label="Task"
        placeholder="Any task"
        data={tasks.map(({ name }) => name)}
        value={task || null}
        onChange={(next) => setTask(next ?? "")}
        clearable
        searchable
      />
      <Select
        size="xs"
        w={140}
        aria-label="Status"
        placeholder="Any status"
        data={[...runStatuses]}
        value={status || null}
        onChange={(next) => setStatus(next ?? "")}
        clearable
      />
      <Typed
        name="where"
        label="Condition"
        placeholder="metrics.test_accuracy > 0.7"
        width={250}
        error={error?.code === "TRACKING_FILTER" ? error.message : undefined}
      />
      {isOld && (
        <Button size="xs" variant="light" onClick={renew}>
          Show newer runs
        </Button>
      )}
    </>
  );
}

/** A filter that is typed: the address follows when the typing rests. */
function Typed({
  name,
  label,
  placeholder,
  width = 150,
  error,
}: {
  name: keyof RunFilters;
  label: string;
  placeholder: string;
  width?: number;
  error?: string | undefined;
}): ReactElement {
  const [kept, setKept] = useUrlState(name);
  const [text, setText] = useTyped(kept, setKept);
  return (
    <TextInput
      size="xs"
      w={width}
      aria-label={label}
      placeholder={placeholder}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      maxLength={1000}
      error={error}
    />
  );
}
