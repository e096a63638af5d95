import { authorWords } from "../../parts/author-words.ts";
import type { Column } from "../../parts/data-table.tsx";
import { timeColumn } from "../../parts/time-column.tsx";
import { Tag } from "../../parts/tag.tsx";
import { memberOf } from "../../wire/answers.ts";
import { formatDifference, formatMetric } from "../learning/metric-words.ts";
import styles from "./model.module.css";
import {
  baselineOf,
  CHAMPION,
  type Model,
  type Standing,
  type Version,
} from "../deciding/standing.ts";

/** How a stage reads. */
const stageTones = { pending: "warn", approved: "good", rejected: "bad" } as const;

/** Columns of a model's versions, for the table and the export. */
export function versionColumns({
  model,
  standing: { metric },
  nowMs,
}: {
  model: Model;
  standing: Standing;
  nowMs: number;
}): Column<Version>[] {
  const aliases = (version: number): string[] =>
    Object.entries(model.aliases)
      .filter(([, points]) => points === version)
      .map(([alias]) => alias);
  return [
    { id: "version", title: "Version", value: ({ version }) => version, width: 104, grow: 0 },
    {
      id: "aliases",
      title: "Aliases",
      value: ({ version }) => aliases(version).join(", "),
      show: ({ version }) => (
        <span className={styles["tags"]}>
          {aliases(version).map((alias) => (
            <Tag key={alias} tone={alias === CHAMPION ? "accent" : "plain"}>
              {alias}
            </Tag>
          ))}
        </span>
      ),
    },
    {
      id: "stage",
      title: "Stage",
      value: ({ stage }) => stage,
      show: ({ stage }) => <Tag tone={stageTones[stage]}>{stage}</Tag>,
    },
    {
      id: "metric",
      title: metric === "" ? "Metric" : metric,
      value: ({ metrics }) => metrics[metric],
      show: ({ metrics: { [metric]: value } }) =>
        value === undefined ? "–" : formatMetric(metric, value),
    },
    {
      id: "gain",
      title: "Over plainest",
      value: (version) => gainOf(version, metric),
      show: (version) => {
        const gain = gainOf(version, metric);
        return gain === undefined ? "–" : formatDifference(metric, gain, 0);
      },
      width: 130,
    },
    { id: "family", title: "Family", value: familyOf },
    timeColumn({ id: "created", title: "Trained", at: ({ createdAt }) => createdAt, nowMs }),
    { id: "by", title: "By", value: ({ createdBy }) => createdBy && authorWords(createdBy) },
  ];
}

function gainOf(version: Version, metric: string): number | undefined {
  const value = version.metrics[metric];
  const baseline = baselineOf(version, metric);
  return value === undefined || baseline === undefined ? undefined : value - baseline;
}

function familyOf({ summary }: Version): string | undefined {
  const family = memberOf(summary, "family");
  return typeof family === "string" ? family : undefined;
}
