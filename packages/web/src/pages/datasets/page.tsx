import { Badge, Button } from "@mantine/core";
import { Link, useNavigate } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";
import { CommandLine } from "../../parts/command-line.tsx";
import { copyTextsOf } from "../../parts/copy-as.tsx";
import { type Column, DataTable } from "../../parts/data-table.tsx";
import { type Figure, Figures } from "../../parts/figures.tsx";
import { formatAgo, formatBytes, formatNumber } from "../../parts/format.ts";
import { Icon } from "../../parts/icon.tsx";
import { exportableOf, PageHeader } from "../../parts/page-header.tsx";
import { addressOf } from "../../parts/page-link.tsx";
import { Answer, StateOf } from "../../parts/state-of.tsx";
import { useApi, useMay } from "../../wire/hooks.ts";
import styles from "./datasets.module.css";
import { counted } from "../../parts/counted.ts";
import { lakeVerdict, type Listed } from "./words.ts";

/** Every dataset of the shop: how large, how fresh, how many rows wait to be mended. */
export function Page(): ReactElement {
  const query = useApi("listDatasets", {});
  const [nowMs] = useState(() => Date.now());
  const datasets = query.data?.items;
  const verdict = datasets && lakeVerdict(datasets);
  const columns = columnsAt(nowMs);
  return (
    <>
      <PageHeader
        title="Datasets"
        verdict={verdict?.text}
        tone={verdict?.tone ?? "plain"}
        copy={copyTextsOf("listDatasets", {}, "npx souk datasets")}
        {...(datasets && { exports: exportableOf("datasets", columns, datasets) })}
      >
        <BringIn />
      </PageHeader>
      <Answer
        query={query}
        permission="datasets:read"
        isEmpty={({ items }) => items.length === 0}
        empty={<NoData />}
      >
        {({ items }) => <Lake datasets={items} columns={columns} nowMs={nowMs} />}
      </Answer>
    </>
  );
}

function BringIn(): ReactElement | null {
  if (!useMay("datasets:write")) return null;
  return (
    <Button
      size="xs"
      renderRoot={(props) => <Link to="/ingest" {...props} />}
      leftSection={<Icon name="upload" size={15} />}
    >
      Bring in a file
    </Button>
  );
}

function NoData(): ReactElement {
  return (
    <StateOf
      kind="empty"
      icon="database"
      title="No data yet"
      text="A file of reviews, products, posts or orders becomes a dataset: TSV, CSV, JSON Lines or Parquet, plain or gzipped. Bad rows are set aside, not lost."
    >
      <BringIn />
      <CommandLine text="npx souk ingest reviews yours.tsv.gz" />
    </StateOf>
  );
}

function Lake({
  datasets,
  columns,
  nowMs,
}: {
  datasets: readonly Listed[];
  columns: readonly Column<Listed>[];
  nowMs: number;
}): ReactElement {
  const navigate = useNavigate();
  return (
    <div className={styles["stack"]}>
      <Figures figures={figuresOf(datasets, nowMs)} />
      <DataTable
        name="datasets"
        label="datasets"
        columns={columns}
        rows={datasets}
        rowId={({ name }) => name}
        onOpen={({ name }) => void navigate({ to: addressOf("/datasets/$name", { name }) })}
      />
    </div>
  );
}

function figuresOf(datasets: readonly Listed[], nowMs: number): Figure[] {
  const sum = (of: (one: Listed) => number): number =>
    datasets.reduce((total, one) => total + of(one), 0);
  const newest = datasets.toSorted((a, b) => b.updatedAt - a.updatedAt)[0];
  const waiting = sum(({ quarantined }) => quarantined);
  return [
    {
      label: "Rows",
      value: formatNumber(sum(({ rows }) => rows)),
      hint: `in ${counted(datasets.length, "dataset")}`,
    },
    {
      label: "On disk",
      value: formatBytes(sum(({ sizeBytes }) => sizeBytes)),
      hint: counted(
        sum(({ files }) => files),
        "file",
      ),
    },
    {
      label: "Waiting to be mended",
      value: formatNumber(waiting),
      hint: waiting === 0 ? "every row was accepted" : "refused rows are kept, with the reasons",
      tone: waiting === 0 ? "good" : "warn",
    },
    {
      label: "Newest data",
      value: newest ? formatAgo(newest.updatedAt, nowMs) : "–",
      hint: newest ? `in ${newest.name}` : undefined,
    },
  ];
}

function columnsAt(nowMs: number): readonly Column<Listed>[] {
  return [
    {
      id: "name",
      title: "Dataset",
      value: ({ name }) => name,
      show: ({ name }) => (
        <Link
          to={addressOf("/datasets/$name", { name })}
          className={styles["name"]}
          onClick={(event) => event.stopPropagation()}
        >
          {name}
        </Link>
      ),
      width: 130,
      grow: 2,
    },
    { id: "rows", title: "Rows", value: ({ rows }) => rows, width: 90 },
    {
      id: "quarantined",
      title: "To mend",
      value: ({ quarantined }) => quarantined,
      show: ({ quarantined }) =>
        quarantined === 0 ? (
          "0"
        ) : (
          <Badge color="yellow" variant="light" className={styles["badge"]}>
            {formatNumber(quarantined)}
          </Badge>
        ),
      width: 100,
    },
    {
      id: "updated",
      title: "Changed",
      value: ({ updatedAt }) => new Date(updatedAt).toISOString(),
      show: ({ updatedAt }) => formatAgo(updatedAt, nowMs),
      width: 144,
    },
    { id: "columns", title: "Columns", value: ({ columns }) => columns, width: 90 },
    {
      id: "sizeBytes",
      title: "Size",
      value: ({ sizeBytes }) => sizeBytes,
      show: ({ sizeBytes }) => formatBytes(sizeBytes),
      width: 90,
    },
    { id: "files", title: "Files", value: ({ files }) => files, width: 80 },
    { id: "version", title: "Version", value: ({ version }) => version, width: 90 },
    { id: "key", title: "Key", value: ({ key }) => key.join(", ") || null, width: 120 },
  ];
}
