import { type ReactElement, useMemo } from "react";
import { type Column, DataTable } from "../../parts/data-table.tsx";
import { formatDuration } from "../../parts/format.ts";
import { StateOf } from "../../parts/state-of.tsx";
import { Tag } from "../../parts/tag.tsx";
import { formatMetric, nameOfMetric } from "../learning/metric-words.ts";
import { settingsOf, type Study, type Trial } from "./study-words.ts";

const toneOfState = { done: "good", pruned: "plain", failed: "bad" } as const;
const wordOfState = { done: "done", pruned: "stopped early", failed: "failed" } as const;

/** Columns of the trials: value, settings searched, how long it took. */
export function trialColumns(study: Study): readonly Column<Trial>[] {
  const names = [...new Set(study.trials.flatMap(({ settings }) => Object.keys(settings)))];
  return [
    { id: "trial", title: "Trial", value: ({ trial }) => trial, width: 76, grow: 0 },
    {
      id: "value",
      title: nameOfMetric(study.metric),
      value: ({ value }) => value,
      show: ({ value, trial }) => (
        <b style={{ fontWeight: trial === study.best?.trial ? 700 : 400 }}>
          {value === undefined ? "–" : formatMetric(study.metric, value)}
        </b>
      ),
    },
    {
      id: "state",
      title: "Outcome",
      value: ({ state }) => wordOfState[state],
      show: ({ state, trial }) => (
        <Tag tone={trial === study.best?.trial ? "accent" : toneOfState[state]}>
          {trial === study.best?.trial ? "best" : wordOfState[state]}
        </Tag>
      ),
      width: 136,
      grow: 0,
    },
    ...names.map((name) => ({
      id: `set-${name}`,
      title: name,
      value: ({ settings }: Trial) => settingsOf(settings)[name],
    })),
    {
      id: "seconds",
      title: "Took",
      value: ({ seconds }) => seconds,
      show: ({ seconds }) => formatDuration(seconds * 1000),
    },
  ];
}

export function Trials({ study }: { study: Study }): ReactElement {
  const columns = useMemo(() => trialColumns(study), [study]);
  return (
    <DataTable
      name="trials"
      label="trials"
      columns={columns}
      rows={study.trials}
      rowId={({ trial }) => String(trial)}
      maxHeight={420}
      withSearch={study.trials.length > 12}
      empty={
        <StateOf
          kind="empty"
          icon="clock"
          title="No trial has ended yet"
          text="They show up here one by one."
        />
      }
    />
  );
}
