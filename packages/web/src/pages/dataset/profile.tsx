import type { RouteAnswer } from "@souk/api";
import { type ReactElement, useMemo } from "react";
import { Card } from "../../parts/card.tsx";
import { Chart } from "../../parts/chart.tsx";
import { type Column, DataTable } from "../../parts/data-table.tsx";
import { formatNumber, formatShare } from "../../parts/format.ts";
import { Answer, Loading } from "../../parts/state-of.tsx";
import { useUrlState } from "../../parts/url-state.ts";
import { useApi } from "../../wire/hooks.ts";
import styles from "./dataset.module.css";

type ColumnFacts = RouteAnswer<"profileDataset">["columns"][number];

/** Facts about each column, and the commonest values of the one that is picked. */
export function Profile({ name, version }: { name: string; version?: number }): ReactElement {
  const query = useApi("profileDataset", {
    params: { name },
    ...(version !== undefined && { query: { version } }),
  });
  return (
    <Answer query={query} loading={<Loading label="Every column is being looked at" />}>
      {(profile) => <Facts columns={profile.columns} rows={profile.rows} />}
    </Answer>
  );
}

function Facts({ columns, rows }: { columns: readonly ColumnFacts[]; rows: number }): ReactElement {
  const [picked, setPicked] = useUrlState("column");
  const chosen =
    columns.find(({ name }) => name === picked) ??
    columns.find(({ top, distinct }) => top.length > 1 && distinct <= top.length);
  return (
    <div className={styles["stack"]}>
      <DataTable
        name="profile"
        label="facts about columns"
        columns={factColumns}
        rows={columns}
        rowId={({ name }) => name}
        onOpen={({ name }) => setPicked(name)}
        maxHeight={460}
      />
      {chosen && <Picked column={chosen} rows={rows} />}
    </div>
  );
}

const factColumns: readonly Column<ColumnFacts>[] = [
  { id: "name", title: "Column", value: ({ name }) => name, width: 160, grow: 2 },
  { id: "kind", title: "Kind", value: ({ kind }) => kind, width: 100 },
  {
    id: "filled",
    title: "Filled",
    value: ({ completeness }) => completeness,
    show: ({ completeness }) => <Filled share={completeness} />,
    width: 130,
  },
  {
    id: "distinct",
    title: "Different",
    value: ({ distinct }) => distinct,
    show: ({ distinct, distinctExact }) =>
      `${distinctExact ? "" : "about "}${formatNumber(Math.round(distinct))}`,
    width: 100,
  },
  { id: "min", title: "Least", value: ({ min }) => min, width: 140 },
  { id: "mean", title: "Mean", value: ({ mean }) => mean, width: 90 },
  { id: "median", title: "Median", value: ({ quantiles }) => quantiles?.["0.5"], width: 90 },
  { id: "max", title: "Most", value: ({ max }) => max, width: 140 },
  { id: "length", title: "Letters", value: ({ length }) => length?.mean, width: 105 },
];

function Filled({ share }: { share: number }): ReactElement {
  return (
    <span className={styles["filled"]}>
      <svg width={48} height={6} aria-hidden>
        <rect width={48} height={6} rx={3} className={styles["barBack"]} />
        <rect width={48 * share} height={6} rx={3} className={styles["bar"]} />
      </svg>
      {formatShare(share, share === 1 ? 0 : 1)}
    </span>
  );
}

function Picked({ column, rows }: { column: ColumnFacts; rows: number }): ReactElement {
  const { name, top, quantiles, length, pattern } = column;
  const option = useMemo(
    () => ({
      xAxis: { type: "value" },
      yAxis: {
        type: "category",
        inverse: true,
        data: top.map(({ value }) => value),
        axisLabel: { width: 150, overflow: "truncate" },
      },
      tooltip: { trigger: "axis" },
      series: [{ type: "bar", name: "rows", data: top.map(({ count }) => count), barMaxWidth: 18 }],
    }),
    [top],
  );
  return (
    <Card title={name}>
      <p className={styles["sentence"]}>{sentenceOf(column, rows)}</p>
      {top.length > 1 && (
        <Chart
          option={option}
          label={`The commonest values of ${name}`}
          table={{ columns: ["value", "rows"], rows: top.map((one) => [one.value, one.count]) }}
          height={Math.max(120, 40 + top.length * 24)}
        />
      )}
      <dl className={styles["facts"]}>
        {Object.entries(quantiles ?? {}).map(([at, value]) => (
          <Fact key={at} label={`${Number(at) * 100} % are at most`} value={formatNumber(value)} />
        ))}
        {length && (
          <Fact
            label="Characters"
            value={`${formatNumber(length.min)} to ${formatNumber(length.max)}, ${formatNumber(length.mean)} on average`}
          />
        )}
        {pattern && <Fact label="Looks like" value={pattern} />}
      </dl>
    </Card>
  );
}

function Fact({ label, value }: { label: string; value: string }): ReactElement {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function sentenceOf({ kind, missing, distinct, top }: ColumnFacts, rows: number): string {
  if (kind === "empty") return "It has no value in any row.";
  const empty =
    missing === 0 ? "It is filled in every row." : `It is empty in ${formatNumber(missing)} rows.`;
  const [first] = top;
  if (kind === "id") return `${empty} Its ${formatNumber(Math.round(distinct))} values are ids.`;
  if (!first || rows === 0) return empty;
  return `${empty} Its commonest value, ${first.value}, stands in ${formatShare(first.count / rows)} of the rows.`;
}
