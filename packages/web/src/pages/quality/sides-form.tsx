import { SegmentedControl, Select, TextInput } from "@mantine/core";
import type { ReactElement } from "react";
import { useUrlState } from "../../parts/url-state.ts";
import type { ApiError } from "../../wire/answers.ts";
import { useApi } from "../../wire/hooks.ts";
import styles from "./quality.module.css";
import { type Asked, halves } from "./sides.ts";

/** What the address asks for; what it leaves open is the oldest version with rows against the newest, or two halves of time. */
export function useAsked(dataset: string): {
  /** Undefined while the dataset is being looked at. */
  asked: Asked | undefined;
  dates: readonly string[];
  versions: readonly number[];
  change: (next: Partial<Asked>) => void;
  /** Why there is nothing to ask. */
  failure: ApiError | undefined;
} {
  const described = useApi("describeDataset", { params: { name: dataset } });
  const profiled = useApi("profileDataset", { params: { name: dataset } });
  const detail = described.data;
  const profile = profiled.data;
  const failure = described.error ?? profiled.error ?? undefined;
  const [by, setBy] = useUrlState("by");
  const [from, setFrom] = useUrlState("from");
  const [to, setTo] = useUrlState("to");
  const [on, setOn] = useUrlState("on");
  const [fromEnd, setFromEnd] = useUrlState("fromEnd");
  const [toEnd, setToEnd] = useUrlState("toEnd");
  const versions = (detail?.history ?? []).map(({ version }) => version);
  const first = detail?.batches.find(({ rows }) => rows > 0)?.version;
  const times = (profile?.columns ?? []).filter(({ kind }) => kind === "time");
  const dates = times.map(({ name }) => name);

  function change(next: Partial<Asked>): void {
    if (next.by !== undefined) setBy(next.by);
    if (next.from !== undefined) setFrom(next.from);
    if (next.to !== undefined) setTo(next.to);
    if (next.column !== undefined) setOn(next.column);
    if (next.fromEnd !== undefined) setFromEnd(next.fromEnd);
    if (next.toEnd !== undefined) setToEnd(next.toEnd);
  }

  const kind = by === "date" || (by === "" && versions.length < 2) ? "date" : "version";
  if (!detail || !profile) return { asked: undefined, dates, versions, change, failure };
  if (kind === "version") {
    const asked: Asked = {
      by: "version",
      from: /^\d+$/.test(from) ? from : String(first ?? ""),
      to: /^\d+$/.test(to) ? to : String(versions.at(-1) ?? ""),
      column: "",
      fromEnd: "",
      toEnd: "",
    };
    return { asked, dates, versions, change, failure };
  }
  const column = times.find(({ name }) => name === on) ?? times[0];
  const parts = column && halves(String(column.min), String(column.max));
  const asDay = (kept: string, fallback = ""): string => (kept.includes("-") ? kept : fallback);
  const asked: Asked = {
    by: "date",
    column: column?.name ?? "",
    from: asDay(from, parts?.from),
    fromEnd: asDay(fromEnd, parts?.fromEnd),
    to: asDay(to, parts?.to),
    toEnd: asDay(toEnd, parts?.toEnd),
  };
  return { asked, dates, versions, change, failure };
}

/** The two sides to compare. */
export function SidesForm({
  asked,
  dates,
  versions,
  onChange,
}: {
  asked: Asked;
  dates: readonly string[];
  versions: readonly number[];
  onChange: (next: Partial<Asked>) => void;
}): ReactElement {
  const options = versions.toReversed().map((version) => ({
    value: String(version),
    label: `Version ${version}`,
  }));
  return (
    <div className={styles["sides"]}>
      <SegmentedControl
        size="xs"
        aria-label="What to compare"
        value={asked.by}
        onChange={(value) =>
          onChange({ by: value === "date" ? "date" : "version", from: "", to: "" })
        }
        data={[
          { value: "version", label: "Versions" },
          { value: "date", label: "Periods", disabled: dates.length === 0 },
        ]}
      />
      {asked.by === "version" ? (
        <>
          <Select
            size="xs"
            label="Before"
            data={options}
            value={asked.from}
            onChange={(value) => onChange({ from: value ?? "" })}
            allowDeselect={false}
          />
          <Select
            size="xs"
            label="After"
            data={options}
            value={asked.to}
            onChange={(value) => onChange({ to: value ?? "" })}
            allowDeselect={false}
          />
        </>
      ) : (
        <Periods asked={asked} dates={dates} onChange={onChange} />
      )}
    </div>
  );
}

function Periods({
  asked,
  dates,
  onChange,
}: {
  asked: Asked;
  dates: readonly string[];
  onChange: (next: Partial<Asked>) => void;
}): ReactElement {
  return (
    <>
      <Select
        size="xs"
        label="By"
        data={[...dates]}
        value={asked.column}
        onChange={(value) => onChange({ column: value ?? "" })}
        allowDeselect={false}
      />
      <Day label="Before, from" value={asked.from} onChange={(from) => onChange({ from })} />
      <Day label="until" value={asked.fromEnd} onChange={(fromEnd) => onChange({ fromEnd })} />
      <Day label="After, from" value={asked.to} onChange={(to) => onChange({ to })} />
      <Day label="until" value={asked.toEnd} onChange={(toEnd) => onChange({ toEnd })} />
    </>
  );
}

function Day({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string;
  onChange: (day: string) => void;
}): ReactElement {
  return (
    <TextInput
      size="xs"
      type="date"
      label={label}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
