import { Button, Select, Tabs } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";
import { copyTextsOf } from "../../parts/copy-as.tsx";
import { type Figure, Figures } from "../../parts/figures.tsx";
import { formatAgo, formatBytes, formatNumber } from "../../parts/format.ts";
import { Icon } from "../../parts/icon.tsx";
import { exportableOf, PageHeader } from "../../parts/page-header.tsx";
import { usePathParameter } from "../../parts/path-parameter.ts";
import { Answer, StateOf } from "../../parts/state-of.tsx";
import { useUrlState } from "../../parts/url-state.ts";
import { useApi, useMay } from "../../wire/hooks.ts";
import { counted } from "../../parts/counted.ts";
import { batchColumns, Batches } from "./batches.tsx";
import styles from "./dataset.module.css";
import { type Detail, detailVerdict, rowsOver } from "./words.ts";
import { Profile } from "./profile.tsx";
import { Quarantine } from "./quarantine.tsx";
import { Schema } from "./schema.tsx";
import { versionColumns, Versions } from "./versions.tsx";

const tabs = [
  { value: "columns", title: "Columns" },
  { value: "profile", title: "Profile" },
  { value: "batches", title: "Batches" },
  { value: "quarantine", title: "Quarantine" },
  { value: "versions", title: "Versions" },
] as const;

/** One dataset, now or at an older version: columns, profile, batches, refused rows, history. */
export function Page(): ReactElement {
  const name = usePathParameter("name");
  const [version, setVersion] = useUrlState("version");
  const now = useApi("describeDataset", { params: { name } });
  const older = useApi(
    "describeDataset",
    { params: { name }, query: { version: Number(version) } },
    { enabled: /^\d+$/.test(version) },
  );
  const query = version === "" ? now : older;
  if (query.error?.code === "LAKE_NO_TABLE") return <NoSuchDataset name={name} />;
  return (
    <Answer query={query} permission="datasets:read" title={name}>
      {(detail) => (
        <Described
          detail={detail}
          newest={now.data ?? detail}
          isOld={version !== "" && detail.version !== now.data?.version}
          onVersion={setVersion}
        />
      )}
    </Answer>
  );
}

function NoSuchDataset({ name }: { name: string }): ReactElement {
  return (
    <>
      <PageHeader title={name} />
      <StateOf
        kind="empty"
        icon="database"
        title="There is no such dataset"
        text="It was never brought in, or its name is another."
      >
        <Button variant="default" renderRoot={(props) => <Link to="/datasets" {...props} />}>
          All datasets
        </Button>
      </StateOf>
    </>
  );
}

interface Shown {
  readonly detail: Detail;
  readonly newest: Detail;
  readonly isOld: boolean;
  readonly onVersion: (version: string) => void;
}

function Described(props: Shown): ReactElement {
  const { detail, newest, isOld, onVersion } = props;
  const { name, version, columns } = detail;
  const [nowMs] = useState(() => Date.now());
  const [tab] = useUrlState("tab", "columns");
  const query = isOld ? { version } : undefined;
  const { text, tone } = detailVerdict(detail, { isOld, nowMs });
  return (
    <>
      <PageHeader
        title={name}
        verdict={text}
        tone={tone}
        copy={copyTextsOf(
          "describeDataset",
          { params: { name }, ...(query && { query }) },
          `npx souk datasets describe ${name}`,
        )}
        exports={
          tab === "batches"
            ? exportableOf(`${name}-batches`, batchColumns(nowMs), detail.batches)
            : tab === "versions"
              ? exportableOf(`${name}-versions`, versionColumns, newest.history)
              : exportableOf(`${name}-columns`, schemaColumns, columns)
        }
      >
        <Select
          size="xs"
          w={150}
          aria-label="Version"
          value={String(version)}
          data={versionsOf(newest)}
          onChange={(value) => onVersion(value === String(newest.version) ? "" : (value ?? ""))}
          allowDeselect={false}
          comboboxProps={{ width: 240, position: "bottom-end" }}
        />
        <AddTo name={name} />
      </PageHeader>
      <Figures figures={figuresOf(detail, nowMs)} />
      <Parts {...props} nowMs={nowMs} />
    </>
  );
}

function Parts({
  detail,
  newest,
  isOld,
  onVersion,
  nowMs,
}: Shown & { nowMs: number }): ReactElement {
  const { name, version } = detail;
  const [tab, setTab] = useUrlState("tab", "columns");
  return (
    <Tabs
      value={tab}
      onChange={(value) => setTab(value ?? "columns")}
      className={styles["tabs"]}
      keepMounted={false}
    >
      <Tabs.List className={styles["tabList"]}>
        {tabs.map(({ value, title }) => (
          <Tabs.Tab key={value} value={value}>
            {title}
            {value === "quarantine" && detail.quarantined > 0 && (
              <span className={styles["count"]}>{formatNumber(detail.quarantined)}</span>
            )}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value="columns">
        <Schema detail={detail} />
      </Tabs.Panel>
      <Tabs.Panel value="profile">
        <Profile name={name} {...(isOld && { version })} />
      </Tabs.Panel>
      <Tabs.Panel value="batches">
        <Batches detail={detail} nowMs={nowMs} canUndo={!isOld} />
      </Tabs.Panel>
      <Tabs.Panel value="quarantine">
        <Quarantine name={name} />
      </Tabs.Panel>
      <Tabs.Panel value="versions">
        <Versions detail={newest} shown={version} nowMs={nowMs} onVersion={onVersion} />
      </Tabs.Panel>
    </Tabs>
  );
}

function AddTo({ name }: { name: string }): ReactElement | null {
  if (!useMay("datasets:write")) return null;
  return (
    <Button
      size="xs"
      renderRoot={(props) => <Link to="/ingest" search={{ dataset: name }} {...props} />}
      leftSection={<Icon name="upload" size={15} />}
    >
      Add a file
    </Button>
  );
}

const schemaColumns = [
  { id: "name", value: ({ name }: Detail["columns"][number]) => name },
  { id: "type", value: ({ type }: Detail["columns"][number]) => type },
  { id: "nullable", value: ({ nullable }: Detail["columns"][number]) => nullable },
];

/** The newest versions; older ones are reached by the address or the list of versions. */
function versionsOf({ history, version }: Detail): { value: string; label: string }[] {
  return history
    .toReversed()
    .slice(0, 200)
    .map((commit) => ({
      value: String(commit.version),
      label:
        commit.version === version
          ? `Version ${commit.version}, newest`
          : `Version ${commit.version}`,
    }));
}

function figuresOf(detail: Detail, nowMs: number): Figure[] {
  const { rows, sizeBytes, files, quarantined, updatedAt, history, partitionBy } = detail;
  return [
    {
      label: "Rows",
      value: formatNumber(rows),
      trend: rowsOver(history).slice(-50),
      ...(partitionBy.length > 0 && { hint: `split by ${partitionBy.join(", ")}` }),
    },
    { label: "Columns", value: formatNumber(detail.columns.length), hint: keyOf(detail) },
    { label: "Size", value: formatBytes(sizeBytes), hint: counted(files, "file") },
    {
      label: "To mend",
      value: formatNumber(quarantined),
      hint:
        quarantined === 0
          ? "no refused row"
          : `refused ${quarantined === 1 ? "row waits" : "rows wait"} in quarantine`,
      tone: quarantined === 0 ? "plain" : "warn",
    },
    {
      label: "Changed",
      value: formatAgo(updatedAt, nowMs),
      hint: counted(history.length, "version"),
    },
  ];
}

function keyOf({ key }: Detail): string {
  return key.length === 0 ? "no key" : `key: ${key.join(", ")}`;
}
