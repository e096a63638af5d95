import { SegmentedControl, Select, TextInput } from "@mantine/core";
import type { ReactElement } from "react";
import styles from "./quality.module.css";
import type { Asked } from "./sides.ts";

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
