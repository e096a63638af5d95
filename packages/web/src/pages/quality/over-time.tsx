import { Select } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { CopyAs, copyTextsOf } from "../../parts/copy-as.tsx";
import { ExportMenu, exportableOf } from "../../parts/page-header.tsx";
import { Answer, Loading, StateOf } from "../../parts/state-of.tsx";
import { useUrlState } from "../../parts/url-state.ts";
import { VerdictBox } from "../../parts/verdict-box.tsx";
import { useApi } from "../../wire/hooks.ts";
import { Comparison } from "./comparison.tsx";
import styles from "./quality.module.css";
import { TimeMap } from "./time-map.tsx";
import {
  againstOf,
  type AskedTimeline,
  cellFacts,
  cellSentence,
  requestOf,
  type Timeline,
  unitOptions,
} from "./timeline.ts";

/** The word for versions where a column of dates is asked for. */
const VERSIONS = "versions";

/** When did which column move: every column in every step of time, against one reference. */
export function OverTime({
  dataset,
  dates,
}: {
  dataset: string;
  dates: readonly string[];
}): ReactElement {
  const { asked, change } = useAskedTimeline(dates);
  const body = requestOf(asked);
  const args = { params: { name: dataset }, body };
  const query = useApi("driftTimeline", args, { keepPrevious: true });
  return (
    <div className={styles["stack"]}>
      <div className={styles["sides"]}>
        <Select
          size="xs"
          label="Steps by"
          value={asked.on === "" ? VERSIONS : asked.on}
          data={[...dates, { value: VERSIONS, label: "Versions" }]}
          onChange={(on) => change({ on: on ?? "", against: "", step: "" })}
          allowDeselect={false}
        />
        {asked.on !== "" && (
          <Select
            size="xs"
            label="Each"
            value={asked.unit}
            data={[...unitOptions]}
            onChange={(unit) => change({ unit: unit ?? "", against: "", step: "" })}
            allowDeselect={false}
          />
        )}
        {query.data && (
          <Select
            size="xs"
            label="Against"
            value={asked.against}
            data={referencesOf(query.data, asked)}
            onChange={(against) => change({ against: against ?? "" })}
            allowDeselect={false}
          />
        )}
        <CopyAs texts={copyTextsOf("driftTimeline", args)} />
      </div>
      {query.error?.code === "QUALITY_EMPTY" ? (
        <StateOf
          kind="empty"
          icon="chart"
          title="There is nothing to hold the others against"
          text={`${query.error.message}. Choose another period or version.`}
        />
      ) : (
        <Answer query={query} loading={<Loading label="Every column is being compared" />}>
          {(timeline) => <Mapped dataset={dataset} timeline={timeline} change={change} />}
        </Answer>
      )}
    </div>
  );
}

function Mapped({
  dataset,
  timeline,
  change,
}: {
  dataset: string;
  timeline: Timeline;
  change: (next: Readonly<Record<string, string>>) => void;
}): ReactElement {
  const [column] = useUrlState("column");
  const [step] = useUrlState("step");
  const { drifted, verdict, reference, steps, columns, skipped } = timeline;
  const at = steps.findIndex(({ label }) => label === step);
  const found = columns.find(({ name }) => name === column);
  const cell = found?.cells[at];
  const after = steps[at];
  return (
    <>
      <VerdictBox tone={drifted ? "warn" : "good"}>{verdict}</VerdictBox>
      <TimeMap
        timeline={timeline}
        picked={{ column, step }}
        onPick={(next) => change({ ...next })}
      />
      <p className={styles["skipped"]}>
        Each cell is the population stability index of a column against {reference.label}: below 0.1
        stable, from 0.25 on moved. A dot marks what is more than chance would do. Choose a cell to
        see both distributions.
      </p>
      {found && cell && after && (
        <Comparison
          dataset={dataset}
          sides={{ from: reference.side, to: after.side }}
          column={found}
          title={`${found.name}, ${after.label}`}
          said={cellSentence(cell, reference.label)}
          facts={cellFacts(cell, { before: reference.rows, after: after.rows })}
        />
      )}
      <div>
        <ExportMenu
          exports={exportableOf(`${dataset}-drift-over-time`, exported, rowsOf(timeline))}
        />
      </div>
      {skipped.length > 0 && (
        <p className={styles["skipped"]}>
          Not compared: {skipped.map(({ name, reason }) => `${name} (${reason})`).join(", ")}.
        </p>
      )}
    </>
  );
}

function useAskedTimeline(dates: readonly string[]): {
  asked: AskedTimeline;
  change: (next: Readonly<Record<string, string>>) => void;
} {
  const navigate = useNavigate();
  const [on] = useUrlState("on");
  const [unit] = useUrlState("unit");
  const [against] = useUrlState("against");
  const column = dates.find((name) => name === on) ?? (on === VERSIONS ? "" : (dates[0] ?? ""));
  return {
    asked: {
      on: column,
      unit: unitOptions.some(({ value }) => value === unit) ? unit : "",
      against,
    },
    // All at once: the address is one thing.
    change: (next) =>
      void navigate({
        to: ".",
        replace: true,
        resetScroll: false,
        search: (kept: object) =>
          Object.fromEntries(
            Object.entries({ ...kept, ...next, ...(next["on"] === "" && { on: VERSIONS }) }).filter(
              ([, value]) => value !== "",
            ),
          ),
      }),
  };
}

/** Each step, and the reference that nobody has to choose. */
function referencesOf(
  { steps, reference }: Timeline,
  { on, against }: AskedTimeline,
): { value: string; label: string }[] {
  const usual = on === "" ? "The first version" : "The first quarter";
  const options = steps
    .filter(({ rows }) => rows > 0)
    .map((step) => ({ value: againstOf(step), label: step.label }));
  const isKnown = against === "" || options.some(({ value }) => value === against);
  return [
    { value: "", label: against === "" ? `${usual}: ${reference.label}` : usual },
    ...options,
    ...(isKnown ? [] : [{ value: against, label: reference.label }]),
  ];
}

interface Row {
  readonly column: string;
  readonly step: string;
  readonly cell: Timeline["columns"][number]["cells"][number];
}

function rowsOf({ columns, steps }: Timeline): Row[] {
  return columns.flatMap(({ name, cells }) =>
    cells.map((cell, at) => ({ column: name, step: steps[at]?.label ?? "", cell })),
  );
}

const exported = [
  { id: "column", value: ({ column }: Row) => column },
  { id: "step", value: ({ step }: Row) => step },
  { id: "populationStability", value: ({ cell }: Row) => cell.value },
  { id: "byChance", value: ({ cell }: Row) => cell.chance },
  { id: "pValue", value: ({ cell }: Row) => cell.pValue },
  { id: "missing", value: ({ cell }: Row) => cell.missing },
  { id: "drifted", value: ({ cell }: Row) => cell.drifted },
];
