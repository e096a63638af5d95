import { Button, Select } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { type ReactElement, useMemo } from "react";
import { Card } from "../../parts/card.tsx";
import { copyTextsOf } from "../../parts/copy-as.tsx";
import { Icon } from "../../parts/icon.tsx";
import { LiveChart } from "../../parts/live-chart.tsx";
import { exportableOf, PageHeader } from "../../parts/page-header.tsx";
import { Denied, Loading, StateOf } from "../../parts/state-of.tsx";
import { useUrlState } from "../../parts/url-state.ts";
import { useApi } from "../../wire/hooks.ts";
import {
  figureOf,
  formatDifference,
  formatMetric,
  isLessBetter,
  nameOfMetric,
} from "../learning/metric-words.ts";
import { headlineOf, nameOfRun, type Run } from "../learning/run-words.ts";
import { useMetricOfTask } from "../learning/use-metric-of-task.ts";
import styles from "./compare.module.css";
import { Coordinates } from "./coordinates.tsx";
import { comparedMetrics, comparedParams } from "./differences.ts";
import { MOST_COMPARED, pickedIn } from "../learning/picked-runs.ts";
import { MetricTable, ParamTable } from "./tables.tsx";
import { useComparedRuns, useOverlaidCurves } from "./use-compared-runs.ts";

/** Two to ten runs beside each other: which is best, what made the difference, how each went there. */
export function Page(): ReactElement {
  const [text] = useUrlState("runs");
  const ids = useMemo(() => pickedIn(text), [text]);
  const { runs, names, error, retry } = useComparedRuns(ids);
  const metricOfTask = useMetricOfTask();
  const told = runs && verdictOf(runs, names, metricOfTask);
  const sides = runs ?? [];
  return (
    <>
      <PageHeader
        title="Compare runs"
        verdict={
          told?.text ?? (ids.length < 2 ? "Two runs or more stand side by side here." : undefined)
        }
        tone={told?.isClear ? "good" : "plain"}
        copy={copyTextsOf("listRuns", {
          query: { filter: `attributes.run_id in (${ids.map((id) => `'${id}'`).join(", ")})` },
        })}
        exports={exportableOf("comparison", exportColumns(sides, names), exportRows(sides))}
      />
      <div className={styles["stack"]}>
        <Picked ids={ids} names={names} />
        {ids.length < 2 ? (
          <StateOf
            kind="empty"
            icon="chart"
            title={ids.length === 0 ? "Pick runs to compare" : "Pick one more run"}
            text={`Choose two to ${MOST_COMPARED} above, or mark them in the list of runs.`}
          />
        ) : error ? (
          <Failed error={error} onRetry={retry} />
        ) : runs ? (
          <Comparison runs={runs} names={names} />
        ) : (
          <Loading />
        )}
      </div>
    </>
  );
}

function Failed({
  error: { status, message, code },
  onRetry,
}: {
  error: { status: number; message: string; code: string };
  onRetry: () => void;
}): ReactElement {
  if (status === 403) return <Denied permission="runs:read" />;
  return (
    <StateOf
      kind="error"
      title="These runs could not be read"
      text={`${message} (${code})`}
      onRetry={onRetry}
    />
  );
}

function Comparison({
  runs,
  names,
}: {
  runs: readonly Run[];
  names: ReadonlyMap<string, string>;
}): ReactElement {
  const metricOfTask = useMetricOfTask();
  const figures = useMemo(
    () => [...new Set(runs.flatMap((run) => headlineOf(run, metricOfTask)?.key ?? []))],
    [runs, metricOfTask],
  );
  return (
    <>
      <Curves runs={runs} names={names} />
      <Coordinates runs={runs} names={names} figures={figures} />
      <MetricTable runs={runs} names={names} />
      <ParamTable runs={runs} names={names} />
    </>
  );
}

function Curves({
  runs,
  names,
}: {
  runs: readonly Run[];
  names: ReadonlyMap<string, string>;
}): ReactElement {
  const keys = useMemo(() => curveKeys(runs), [runs]);
  const [chosen, setChosen] = useUrlState("curve");
  const key = keys.includes(chosen) ? chosen : (keys[0] ?? "");
  const { buffer, isEmpty } = useOverlaidCurves({ runs, names }, key);
  return (
    <Card
      title="Curves"
      actions={
        <Select
          size="xs"
          aria-label="Figure to draw"
          data={keys}
          value={key || null}
          onChange={(next) => setChosen(next ?? "")}
          allowDeselect={false}
          searchable
        />
      }
    >
      {key === "" || isEmpty ? (
        <StateOf
          kind="empty"
          icon="chart"
          title="No curves"
          text="These runs logged no figure by steps."
        />
      ) : (
        <LiveChart buffer={buffer} label={`${key} of each run by step`} height={300} />
      )}
    </Card>
  );
}

/** Metrics that are curves in most runs: those of learning, the more runs have them the earlier. */
function curveKeys(runs: readonly Run[]): string[] {
  const counts = new Map<string, number>();
  for (const { metrics = {} } of runs)
    for (const key of Object.keys(metrics))
      if (!/^(test|seconds)_/.test(key)) counts.set(key, (counts.get(key) ?? 0) + 1);
  return [...counts].toSorted((a, b) => b[1] - a[1]).map(([key]) => key);
}

/** The runs compared, each to be taken out, and a field to add one. */
function Picked({
  ids,
  names,
}: {
  ids: readonly string[];
  names: ReadonlyMap<string, string>;
}): ReactElement {
  const [, setText] = useUrlState("runs");
  const navigate = useNavigate();
  const recent = useApi("listRuns", { query: { limit: 100 } }).data?.items ?? [];
  const others = recent.filter(({ id }) => !ids.includes(id));
  return (
    <div className={styles["picked"]}>
      {ids.map((id) => (
        <Button
          key={id}
          size="xs"
          variant="light"
          rightSection={<Icon name="cross" size={12} />}
          aria-label={`Take out ${names.get(id) ?? id}`}
          onClick={() => setText(ids.filter((one) => one !== id).join(","))}
        >
          {names.get(id) ?? id}
        </Button>
      ))}
      <Select
        size="xs"
        w={230}
        aria-label="Add a run"
        placeholder="Add a run"
        data={others.map((run) => ({
          value: run.id,
          label: `${nameOfRun(run)} ${run.id.slice(-5)}`,
        }))}
        value={null}
        onChange={(id) => id !== null && setText([...ids, id].join(","))}
        disabled={ids.length >= MOST_COMPARED}
        searchable
        limit={50}
      />
      <Button size="xs" variant="subtle" onClick={() => void navigate({ to: "/runs" })}>
        All runs
      </Button>
    </div>
  );
}

/** Which run is best by the figure they are all judged by. */
function verdictOf(
  runs: readonly Run[],
  names: ReadonlyMap<string, string>,
  metricOfTask: ReadonlyMap<string, string>,
): { readonly text: string; readonly isClear: boolean } | undefined {
  if (runs.length < 2) return undefined;
  const told = runs.flatMap((run) => {
    const headline = headlineOf(run, metricOfTask);
    return headline ? [{ run, ...headline }] : [];
  });
  const [first] = told;
  if (!first || told.some(({ key }) => key !== first.key))
    return {
      text: "These runs are not judged by the same figure: compare what they were told and how they went.",
      isClear: false,
    };
  const sign = isLessBetter(first.key) ? 1 : -1;
  const [best, second] = told.toSorted((a, b) => sign * (a.value - b.value));
  if (!best || !second) return { text: "Only one of these runs was measured.", isClear: false };
  const name = names.get(best.run.id) ?? best.run.id;
  const figure = nameOfMetric(figureOf(best.key));
  if (best.value === second.value)
    return {
      text: `The best have the same ${figure}: ${formatMetric(best.key, best.value)}.`,
      isClear: false,
    };
  const isSameData = runs.every(({ data }) => data?.hash === runs[0]?.data?.hash);
  const care = isSameData
    ? "Whether that is more than chance, the leaderboard tells."
    : "They learned from different data, so take it with care.";
  return {
    text: `${name} has the best ${figure}: ${formatMetric(best.key, best.value)}, ${formatDifference(best.key, best.value, second.value)} against the next. ${care}`,
    isClear: isSameData,
  };
}

interface ExportRow {
  readonly name: string;
  readonly kind: string;
  readonly values: readonly (string | number | undefined)[];
}

function exportColumns(runs: readonly Run[], names: ReadonlyMap<string, string>) {
  return [
    { id: "kind", value: ({ kind }: ExportRow) => kind },
    { id: "name", value: ({ name }: ExportRow) => name },
    ...runs.map(({ id }, place) => ({
      id: names.get(id) ?? id,
      value: ({ values }: ExportRow) => values[place],
    })),
  ];
}

function exportRows(runs: readonly Run[]): ExportRow[] {
  return [
    ...comparedMetrics(runs).map((row) => ({ ...row, kind: "metric" })),
    ...comparedParams(runs).map((row) => ({ ...row, kind: "param" })),
  ];
}
