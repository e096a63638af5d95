import { MultiSelect, NumberInput, Stack, Text } from "@mantine/core";
import type { ReactElement } from "react";
import type { Family } from "../learning/settings.ts";
import { type Narrowing, type Space, spaceOf } from "./search-space.ts";
import styles from "./tune.module.css";

/** Which settings are searched, and between which ends. */
export function SpaceFields({
  family,
  space,
  onChange,
}: {
  family: Family;
  space: Space;
  onChange: (space: Space) => void;
}): ReactElement {
  const { settings } = family;
  return (
    <Stack gap="xs">
      <MultiSelect
        label="Settings to search"
        description="At first those that matter most, over ranges that train in reasonable time"
        data={Object.keys(settings).filter((name) => settings[name]?.kind !== "text")}
        value={Object.keys(space)}
        onChange={(names) => onChange(spaceOf(names, space, settings))}
        searchable
      />
      {Object.entries(space).map(([name, narrowing]) => (
        <Range
          key={name}
          name={name}
          narrowing={narrowing}
          onChange={(next) => onChange({ ...space, [name]: next })}
        />
      ))}
    </Stack>
  );
}

function Range({
  name,
  narrowing,
  onChange,
}: {
  name: string;
  narrowing: Narrowing;
  onChange: (narrowing: Narrowing) => void;
}): ReactElement {
  const { min, max, scale, options } = narrowing;
  if (options)
    return (
      <div className={styles["range"]}>
        <Text size="sm">{name}</Text>
        <Text size="xs" c="dimmed">
          {options.map(String).join(", ")}
        </Text>
      </div>
    );
  const end = (which: "min" | "max", label: string): ReactElement => (
    <NumberInput
      size="xs"
      aria-label={`${label} ${name}`}
      value={narrowing[which] ?? ""}
      onChange={(next) => typeof next === "number" && onChange({ ...narrowing, [which]: next })}
      hideControls
    />
  );
  return (
    <div className={styles["range"]}>
      <Text size="sm">
        {name}
        {scale === "log" && (
          <Text span size="xs" c="dimmed">
            {" "}
            by factors
          </Text>
        )}
      </Text>
      <div className={styles["ends"]}>
        {min !== undefined && end("min", "Least")}
        <span>to</span>
        {max !== undefined && end("max", "Greatest")}
      </div>
    </div>
  );
}
