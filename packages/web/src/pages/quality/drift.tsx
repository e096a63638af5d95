import { SegmentedControl } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { Card } from "../../parts/card.tsx";
import { CopyAs, copyTextsOf } from "../../parts/copy-as.tsx";
import { ExportMenu, exportableOf } from "../../parts/page-header.tsx";
import { formatNumber, formatShare } from "../../parts/format.ts";
import { Answer, Denied, Loading, StateOf } from "../../parts/state-of.tsx";
import { useUrlState } from "../../parts/url-state.ts";
import { useApi, useMay } from "../../wire/hooks.ts";
import { Comparison } from "./comparison.tsx";
import { HeatMap } from "./heat-map.tsx";
import { OverTime } from "./over-time.tsx";
import { VerdictBox } from "../../parts/verdict-box.tsx";
import styles from "./quality.module.css";
import { type Asked, type DriftAnswer, type DriftColumn, type Sides, sidesOf } from "./sides.ts";
import { SidesForm } from "./sides-form.tsx";
import { useAsked } from "./use-asked.ts";

/** Has the data moved: over time, or between two versions or periods, and the distributions of what one picks. */
export function Drift({ dataset }: { dataset: string }): ReactElement {
  const may = useMay("checks:run");
  const sided = useAsked(dataset);
  const navigate = useNavigate();
  const [view] = useUrlState("view");
  if (!may)
    return (
      <Card title="Drift">
        <Denied permission="checks:run" />
      </Card>
    );
  const { asked, failure, dates } = sided;
  const isSides = view === "sides";
  return (
    <Card
      title="Drift"
      actions={
        <SegmentedControl
          size="xs"
          aria-label="How to look at drift"
          value={isSides ? "sides" : "time"}
          onChange={(next) =>
            void navigate({
              to: ".",
              replace: true,
              resetScroll: false,
              search: { dataset, ...(next === "sides" && { view: next }) },
            })
          }
          data={[
            { value: "time", label: "Over time" },
            { value: "sides", label: "Two sides" },
          ]}
        />
      }
    >
      {!asked && !failure && <Loading />}
      {!asked && failure && (
        <StateOf
          kind="error"
          title="This dataset could not be looked at"
          text={`${failure.message} (${failure.code})`}
        />
      )}
      {asked && !isSides && <OverTime dataset={dataset} dates={dates} />}
      {asked && isSides && <TwoSides dataset={dataset} sided={{ ...sided, asked }} />}
    </Card>
  );
}

function TwoSides({
  dataset,
  sided: { asked, dates, versions, change },
}: {
  dataset: string;
  sided: ReturnType<typeof useAsked> & { asked: Asked };
}): ReactElement {
  const sides = sidesOf(asked);
  return (
    <>
      <SidesForm asked={asked} dates={dates} versions={versions} onChange={change} />
      {!sides && (
        <StateOf
          kind="empty"
          icon="chart"
          title="Choose two sides"
          text={
            asked.by === "version"
              ? "Two different versions of this dataset. With one version only, compare two periods."
              : "A date column and two periods; each begins before it ends."
          }
        />
      )}
      {sides && <Compared dataset={dataset} sides={sides} />}
    </>
  );
}

function Compared({ dataset, sides }: { dataset: string; sides: Sides }): ReactElement {
  const query = useApi("driftDataset", { params: { name: dataset }, body: sides });
  if (query.error?.code === "QUALITY_EMPTY") return <NoRows text={query.error.message} />;
  return (
    <Answer query={query} loading={<Loading label="Both sides are being compared" />}>
      {(report) => <Report dataset={dataset} sides={sides} report={report} />}
    </Answer>
  );
}

function NoRows({ text }: { text: string }): ReactElement {
  return (
    <StateOf
      kind="empty"
      icon="chart"
      title="One side is empty"
      text={`There is nothing to compare: ${text}. Choose another version or period.`}
    />
  );
}

function Report({
  dataset,
  sides,
  report,
}: {
  dataset: string;
  sides: Sides;
  report: DriftAnswer;
}): ReactElement {
  const [picked, setPicked] = useUrlState("column");
  const column = report.columns.find(({ name }) => name === picked);
  return (
    <div className={styles["stack"]}>
      <VerdictBox tone={report.drifted ? "warn" : "good"}>{report.verdict}</VerdictBox>
      <div className={styles["report"]} data-split={column ? true : undefined}>
        <HeatMap report={report} picked={picked} onPick={setPicked} />
        {column && (
          <Comparison
            dataset={dataset}
            sides={sides}
            column={column}
            said={`${column.drifted ? "It moved" : "It did not move beyond chance"}: ${column.message}.`}
            facts={factsOf(column)}
          />
        )}
      </div>
      <div>
        <ExportMenu exports={exportableOf(`${dataset}-drift`, exported, report.columns)} />
        <CopyAs
          texts={copyTextsOf(
            "driftDataset",
            { params: { name: dataset }, body: sides },
            `npx souk drift ${dataset} ${wordOf("from", sides.from)} ${wordOf("to", sides.to)}`,
          )}
        />
      </div>
      {report.skipped.length > 0 && (
        <p className={styles["skipped"]}>
          Not compared: {report.skipped.map(({ name, reason }) => `${name} (${reason})`).join(", ")}
          .
        </p>
      )}
    </div>
  );
}

function factsOf({ method, statistic, pValue, effect, missing }: DriftColumn) {
  return [
    ["Decided by", method.replaceAll("-", " ")],
    ["Statistic", formatNumber(statistic)],
    [
      "Chance alone would do this",
      pValue === null
        ? "not tested"
        : pValue < 0.001
          ? "less than 0.1 % of times"
          : formatShare(pValue),
    ],
    ["Moved by", formatNumber(effect)],
    ["Empty", `${formatShare(missing.from)} before, ${formatShare(missing.to)} after`],
  ] as const;
}

const exported = [
  { id: "column", value: ({ name }: DriftColumn) => name },
  { id: "kind", value: ({ kind }: DriftColumn) => kind },
  { id: "drifted", value: ({ drifted }: DriftColumn) => drifted },
  { id: "method", value: ({ method }: DriftColumn) => method },
  { id: "statistic", value: ({ statistic }: DriftColumn) => statistic },
  { id: "pValue", value: ({ pValue }: DriftColumn) => pValue },
  { id: "effect", value: ({ effect }: DriftColumn) => effect },
  { id: "missingBefore", value: ({ missing }: DriftColumn) => missing.from },
  { id: "missingAfter", value: ({ missing }: DriftColumn) => missing.to },
  { id: "message", value: ({ message }: DriftColumn) => message },
];

function wordOf(name: "from" | "to", { version, period }: Sides["from"]): string {
  if (period) return `--${name} ${period.column}:${period.from}:${period.to}`;
  return `--${name} ${version ?? 0}`;
}
