import { authorWords } from "../../parts/author-words.ts";
import type { Column } from "../../parts/data-grid.tsx";
import { formatAgo, formatDuration, formatTime } from "../../parts/format.ts";
import { Tag } from "../../parts/tag.tsx";
import { figureOf, formatMetric, nameOfMetric } from "../learning/metric-words.ts";
import { headlineOf, nameOfRun, toneOfStatus } from "../learning/run-words.ts";
import styles from "./runs.module.css";
import type { ListedRun } from "./use-run-pages.ts";

/** Columns of the list of runs. Sorting by figure needs one task: figures of different tasks have no order. */
export function runColumns({
  metricOfTask,
  picked,
  onPick,
  nowMs,
  canSortMetric,
}: {
  metricOfTask: ReadonlyMap<string, string>;
  picked: ReadonlySet<string>;
  onPick: (run: ListedRun) => void;
  nowMs: number;
  canSortMetric: boolean;
}): readonly Column<ListedRun>[] {
  const headline = (run: ListedRun) => headlineOf(run, metricOfTask);
  return [
    pickColumn(picked, onPick),
    { id: "name", title: "Run", value: nameOfRun, width: 170, grow: 2 },
    {
      id: "status",
      title: "Status",
      value: ({ status }) => status,
      show: ({ status }) => <Tag tone={toneOfStatus[status] ?? "plain"}>{status}</Tag>,
      width: 106,
      grow: 0,
    },
    { id: "task", title: "Task", value: ({ task }) => task },
    { id: "family", title: "Family", value: ({ family }) => family, width: 124 },
    {
      id: "metric",
      title: "On test rows",
      isSortable: canSortMetric,
      value: (run) => headline(run)?.value,
      show: (run) => {
        const told = headline(run);
        if (!told) return "–";
        return `${nameOfMetric(figureOf(told.key))} ${formatMetric(told.key, told.value)}`;
      },
      // "mean absolute error of the value 0.123": a figure cut off says nothing.
      width: 232,
    },
    {
      id: "started",
      title: "Started",
      value: ({ startedAt }) => startedAt && new Date(startedAt).toISOString(),
      show: ({ startedAt }) =>
        startedAt ? <span title={formatTime(startedAt)}>{formatAgo(startedAt, nowMs)}</span> : "–",
      width: 148,
    },
    {
      id: "took",
      title: "Took",
      isSortable: false,
      value: ({ startedAt, endedAt }) =>
        startedAt && endedAt ? formatDuration(endedAt - startedAt) : undefined,
      width: 86,
    },
    {
      id: "by",
      title: "By",
      isSortable: false,
      value: ({ by }) => by && authorWords(by),
      width: 80,
    },
  ];
}

/** Marks runs to compare. */
function pickColumn(
  picked: ReadonlySet<string>,
  onPick: (run: ListedRun) => void,
): Column<ListedRun> {
  return {
    id: "pick",
    title: "",
    isSortable: false,
    width: 44,
    grow: 0,
    value: ({ id }) => picked.has(id),
    show: (run) => (
      <input
        type="checkbox"
        className={styles["pick"]}
        checked={picked.has(run.id)}
        onChange={() => onPick(run)}
        onClick={(event) => event.stopPropagation()}
        aria-label={`Compare ${nameOfRun(run)}`}
        tabIndex={-1}
      />
    ),
  };
}
