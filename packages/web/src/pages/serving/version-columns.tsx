import type { Column } from "../../parts/data-table.tsx";
import { PageLink } from "../../parts/page-link.tsx";
import { Tag } from "../../parts/tag.tsx";
import { formatMs, type VersionRow } from "./facts.ts";

const tones = { AVAILABLE: "good", LOADING: "warn", UNLOADING: "warn", END: "plain" } as const;

/** Columns of the served versions, for the table and the export. */
export const versionColumns: readonly Column<VersionRow>[] = [
  {
    id: "model",
    title: "Model",
    value: ({ model }) => model,
    show: ({ model }) => (
      <PageLink to="/registry/$name" params={{ name: model }}>
        {model}
      </PageLink>
    ),
    width: 130,
  },
  { id: "version", title: "Version", value: ({ version }) => version, width: 104 },
  {
    id: "state",
    title: "State",
    value: ({ served }) => served?.state ?? "END",
    show: ({
      served: { state = "END", error } = {} as Partial<NonNullable<VersionRow["served"]>>,
    }) => <Tag tone={error ? "bad" : tones[state]}>{error ? "failed" : state.toLowerCase()}</Tag>,
  },
  {
    id: "aliases",
    title: "Aliases",
    width: 100,
    value: ({ served }) => served?.aliases.join(", "),
  },
  { id: "requests", title: "Requests", width: 106, value: ({ stats }) => stats?.requests },
  { id: "rows", title: "Rows", width: 80, value: ({ stats }) => stats?.rows },
  time("p50", "p50Ms"),
  time("p95", "p95Ms"),
  time("p99", "p99Ms"),
  {
    id: "batch",
    title: "Rows a batch",
    width: 132,
    value: ({ stats }) =>
      stats && stats.batches.count > 0
        ? Number((stats.batches.rows / stats.batches.count).toFixed(1))
        : undefined,
  },
  {
    id: "errors",
    title: "Failed",
    value: ({ stats }) =>
      stats && Object.values(stats.errors).reduce((sum, count) => sum + count, 0),
    width: 80,
  },
];

function time(title: string, key: "p50Ms" | "p95Ms" | "p99Ms"): Column<VersionRow> {
  return {
    id: title,
    title,
    value: ({ stats }) => stats?.latency[key],
    show: ({ stats }) => (stats && stats.latency.count > 0 ? formatMs(stats.latency[key]) : "–"),
    width: 92,
  };
}
