/** Every shared part on one page, with hostile text in it: built for tests and benchmarks alone, never into the dashboard. */
import { Button, Stack } from "@mantine/core";
import { createRootRoute, createRouter, RouterProvider } from "@tanstack/react-router";
import { type ReactElement, useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import { Look } from "../app/look.tsx";
import { Card } from "../parts/card.tsx";
import { Chart } from "../parts/chart.tsx";
import { CommandLine } from "../parts/command-line.tsx";
import { Confirm } from "../parts/confirm.tsx";
import { copyTextsOf } from "../parts/copy-as.tsx";
import { type Column, DataTable } from "../parts/data-table.tsx";
import { Figures } from "../parts/figures.tsx";
import { FileDrop } from "../parts/file-drop.tsx";
import { LiveChart } from "../parts/live-chart.tsx";
import { exportableOf, PageHeader } from "../parts/page-header.tsx";
import { SeriesBuffer } from "../parts/series-buffer.ts";
import { SqlEditor } from "../parts/sql-editor.tsx";
import { StateOf } from "../parts/state-of.tsx";
import { publishNonce } from "../wire/nonce.ts";

interface Item {
  readonly id: number;
  readonly name: string;
  readonly price: number;
}

const hostile = `<img src=x onerror="window.wasRun=true"><script>window.wasRun=true</script>`;
const many = 100_000;
const rows: readonly Item[] = Array.from({ length: many }, (_, id) => ({
  id,
  name: id === 3 ? hostile : `Item ${(id * 7919) % many}`,
  price: ((id * 104_729) % 10_007) / 100,
}));
const columns: readonly Column<Item>[] = [
  { id: "id", title: "Number", value: ({ id }) => id, width: 90, grow: 0 },
  { id: "name", title: "Name", value: ({ name }) => name, grow: 2 },
  { id: "price", title: "Price", value: ({ price }) => price },
];
const schema = { reviews: ["review_id", "star_rating", "review_body"] };
const option = {
  xAxis: { type: "category", data: [hostile, "two", "three"] },
  yAxis: { type: "value" },
  tooltip: { trigger: "axis" },
  series: [{ type: "bar", name: hostile, data: [3, 1, 2] }],
};
const chartTable = {
  columns: ["category", "count"],
  rows: [
    [hostile, 3],
    ["two", 1],
    ["three", 2],
  ],
};

const SERIES = 50;
const UPDATES_A_SECOND = 10;

/** The part that the address names (`?part=table`), or all of them. */
function Gallery(): ReactElement {
  const only = new URLSearchParams(location.search).get("part");
  const entries = Object.entries(parts).filter(([name]) => only === null || only === name);
  return (
    <Stack p="lg" component="main">
      {entries.map(([name, Part]) => (
        <Part key={name} />
      ))}
    </Stack>
  );
}

const parts: Readonly<Record<string, () => ReactElement>> = {
  head: Head,
  table: Table,
  live: Live,
  chart: Bars,
  sql: Sql,
  file: Files,
};

function Head(): ReactElement {
  const [isAsking, setAsking] = useState(false);
  const [reason, setReason] = useState("");
  return (
    <>
      <PageHeader
        title={hostile}
        verdict="Everything is in order."
        tone="good"
        copy={copyTextsOf("listDatasets", {}, "npx souk datasets")}
        exports={exportableOf("items", columns, rows.slice(0, 5))}
      >
        <Button size="xs" onClick={() => setAsking(true)}>
          Promote
        </Button>
        <Button size="xs" color="red">
          Remove
        </Button>
      </PageHeader>
      <Figures
        figures={[
          { label: "Rows", value: "100,000", hint: hostile, trend: [1, 4, 2, 5] },
          { label: "Loading", value: undefined },
          { label: "Trouble", value: "3", hint: "to fix", tone: "bad" },
        ]}
      />
      <CommandLine text="npx souk start" />
      <StateOf kind="empty" title="Nothing here yet" text={hostile} />
      <Confirm
        opened={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={async (why) => setReason(why)}
        title="Promote version 2?"
        action="Promote"
        reason="Why this version?"
      />
      <p data-testid="reason">{reason}</p>
    </>
  );
}

function Table(): ReactElement {
  const [opened, setOpened] = useState<Item>();
  return (
    <Card title="Table">
      <DataTable
        name="items"
        label="items"
        columns={columns}
        rows={rows}
        rowId={({ id }) => String(id)}
        onOpen={setOpened}
        maxHeight={400}
      />
      <p data-testid="opened">{opened ? `opened ${opened.id}` : ""}</p>
    </Card>
  );
}

function Bars(): ReactElement {
  return (
    <Card title="Chart">
      <Chart option={option} table={chartTable} label="Counts by category" />
    </Card>
  );
}

function Sql(): ReactElement {
  const [sql, setSql] = useState("select star_rating from reviews");
  const [ran, setRan] = useState("");
  return (
    <Card title="SQL">
      <SqlEditor value={sql} onChange={setSql} onRun={setRan} schema={schema} />
      <p data-testid="ran">{ran}</p>
    </Card>
  );
}

function Files(): ReactElement {
  const [file, setFile] = useState("");
  return (
    <Card title="File">
      <FileDrop
        label="Drop a file"
        hint="CSV"
        maxBytes={1000}
        onFile={({ name }) => setFile(name)}
      />
      <p data-testid="file">{file}</p>
    </Card>
  );
}

/** Fifty curves that get ten points a second each. */
function Live(): ReactElement {
  const [buffer] = useState(() => new SeriesBuffer());
  useEffect(() => {
    let step = 0;
    function push(): void {
      step += 1;
      for (let series = 0; series < SERIES; series += 1)
        buffer.add(`series ${series}`, step, Math.sin(step / 40 + series) + series / 10);
    }
    for (let past = 0; past < 2000; past += 1) push();
    const timer = setInterval(push, 1000 / UPDATES_A_SECOND);
    return () => clearInterval(timer);
  }, [buffer]);
  return (
    <Card title="Live">
      <LiveChart buffer={buffer} label="Fifty curves" />
    </Card>
  );
}

publishNonce();
const router = createRouter({ routeTree: createRootRoute({ component: Gallery }) });
const root = document.getElementById("root");
if (root)
  createRoot(root).render(
    <Look>
      <RouterProvider router={router} />
    </Look>,
  );
