import { authorWords } from "../../parts/author-words.ts";
import type { Column } from "../../parts/data-table.tsx";
import type { Figure } from "../../parts/figures.tsx";
import { formatAgo, formatTime } from "../../parts/format.ts";
import { capital, formatDifference, formatMetric, nameOfMetric } from "../learning/metric-words.ts";
import {
  baselineOf,
  lastGateOf,
  type LogEntry,
  metricOf,
  type Standing,
  type Version,
} from "../deciding/standing.ts";

interface Around {
  readonly standing: Standing;
  readonly nowMs: number;
}

/** Whether it serves, why or why not, and how it compares with what does. */
export function versionVerdict(
  version: Version,
  { standing, log, nowMs }: Around & { log: readonly LogEntry[] },
): { text: string; tone: "plain" | "good" | "warn" | "bad" } {
  const { champion, since } = standing;
  if (champion?.version === version.version) {
    const gate = lastGateOf(log, version.version);
    const how = gate?.forced
      ? " It was promoted against the gate."
      : gate?.gate?.passed
        ? " It passed the gate."
        : "";
    const when = since === undefined ? "" : `; it took over ${formatAgo(since, nowMs)}`;
    return {
      text: `This version serves${when}.${how}`,
      tone: gate?.forced ? "warn" : "good",
    };
  }
  if (version.stage === "rejected")
    return {
      text: `Rejected by ${version.stageBy ? authorWords(version.stageBy) : "somebody"}: ${version.stageReason ?? "no reason kept"}`,
      tone: "bad",
    };
  const state = version.stage === "pending" ? "It waits for a decision." : "It is approved.";
  return { text: `${state} ${comparison(version, champion)}`, tone: "plain" };
}

function comparison(version: Version, champion: Version | undefined): string {
  if (!champion) return "Nothing serves yet.";
  const metric = metricOf(version);
  const mine = version.metrics[metric];
  const theirs = champion.metrics[metric];
  if (mine === undefined || theirs === undefined)
    return `Version ${champion.version} serves; the two cannot be compared by ${metric || "any metric"}.`;
  return `When each was trained, its ${nameOfMetric(metric)} was ${formatMetric(metric, mine)}, that of version ${champion.version}, which serves, ${formatMetric(metric, theirs)}.`;
}

/** The tiles of a version. */
export function versionFigures(version: Version, { standing, nowMs }: Around): Figure[] {
  const metric = metricOf(version);
  const value = version.metrics[metric];
  const baseline = baselineOf(version, metric);
  const { champion } = standing;
  const theirs = champion?.metrics[metric];
  const tiles: Figure[] = [
    {
      label: metric === "" ? "Metric" : capital(nameOfMetric(metric)),
      value: value === undefined ? "–" : formatMetric(metric, value),
      hint:
        value === undefined || baseline === undefined
          ? "no baseline to compare with"
          : `${formatDifference(metric, value, baseline)} against the plainest answer`,
    },
    {
      label: "Stage",
      value: version.stage,
      hint: version.stageBy ? `by ${authorWords(version.stageBy)}` : "nobody has decided",
      tone: version.stage === "rejected" ? "bad" : version.stage === "pending" ? "warn" : "good",
    },
    {
      label: "Trained",
      value: formatAgo(version.createdAt, nowMs),
      hint: formatTime(version.createdAt),
    },
  ];
  if (
    champion &&
    champion.version !== version.version &&
    value !== undefined &&
    theirs !== undefined
  )
    tiles.splice(1, 0, {
      label: "Against what serves",
      value: formatDifference(metric, value, theirs),
      hint: `version ${champion.version} had ${formatMetric(metric, theirs)} on its own test rows`,
    });
  return tiles;
}

/** A metric of a version beside the plainest answer's and the champion's. */
export interface MetricRow {
  readonly metric: string;
  readonly value: number;
  readonly baseline: number | undefined;
  readonly champion: number | undefined;
}

/** Every metric of a version, the deciding one first. */
export function metricRows(version: Version, champion: Version | undefined): MetricRow[] {
  const first = metricOf(version);
  return Object.entries(version.metrics)
    .map(([metric, value]) => ({
      metric,
      value,
      baseline: baselineOf(version, metric),
      champion: champion?.metrics[metric],
    }))
    .toSorted((a, b) => Number(b.metric === first) - Number(a.metric === first));
}

/** Columns of the metrics, for the table and the export. */
export const metricColumns: readonly Column<MetricRow>[] = [
  {
    id: "metric",
    title: "Metric",
    value: ({ metric }) => metric,
    show: ({ metric }) => nameOfMetric(metric),
    width: 130,
    grow: 2,
  },
  shown("value", "This version"),
  shown("baseline", "Plainest answer"),
  shown("champion", "Champion"),
];

function shown(id: "value" | "baseline" | "champion", title: string): Column<MetricRow> {
  return {
    id,
    title,
    value: ({ [id]: value }) => value,
    show: ({ metric, [id]: value }) => (value === undefined ? "–" : formatMetric(metric, value)),
    width: 106,
  };
}
