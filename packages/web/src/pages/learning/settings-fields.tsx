import { NumberInput, Select, SimpleGrid, Switch, TextInput } from "@mantine/core";
import type { ReactElement } from "react";
import type { Family, Settings, SettingSpec, SettingValue } from "./settings.ts";

/** A field for each setting of a family, with what it does and may be. */
export function SettingsFields({
  specs,
  values,
  onChange,
}: {
  specs: Family["settings"];
  /** Those that were touched; others show their defaults. */
  values: Settings;
  onChange: (values: Settings) => void;
}): ReactElement {
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" verticalSpacing="sm">
      {Object.entries(specs).map(([name, spec]) => (
        <SettingField
          key={name}
          name={name}
          spec={spec}
          value={values[name] ?? spec.default}
          onChange={(value) => onChange({ ...values, [name]: value })}
        />
      ))}
    </SimpleGrid>
  );
}

function SettingField({
  name,
  spec,
  value,
  onChange,
}: {
  name: string;
  spec: SettingSpec;
  value: SettingValue;
  onChange: (value: SettingValue) => void;
}): ReactElement {
  const shared = { label: name, description: spec.description, size: "xs" } as const;
  if (spec.kind === "boolean")
    return (
      <Switch
        {...shared}
        checked={value === true}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
    );
  if (spec.kind === "choice")
    return (
      <Select
        {...shared}
        data={spec.options ?? []}
        value={String(value)}
        onChange={(next) => onChange(next ?? spec.default)}
        allowDeselect={false}
      />
    );
  if (spec.kind === "number")
    return (
      <NumberInput
        {...shared}
        value={typeof value === "number" ? value : ""}
        onChange={(next) => onChange(typeof next === "number" ? next : spec.default)}
        {...(spec.min !== undefined && { min: spec.min })}
        {...(spec.max !== undefined && { max: spec.max })}
        allowDecimal={spec.integer !== true}
        step={spec.integer === true ? 1 : 0.01}
      />
    );
  return (
    <TextInput
      {...shared}
      value={String(value)}
      maxLength={200}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
