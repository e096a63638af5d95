import { Button, Group, Select, Table, Text, TextInput } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { Icon } from "../../parts/icon.tsx";
import { Loading } from "../../parts/state-of.tsx";
import styles from "./ingest.module.css";
import { guessMapping, type Mapping } from "./mapping.ts";
import type { ReadAs } from "./read-as.ts";
import { Reading } from "./reading.tsx";
import type { SourceHead } from "./source-head.ts";
import type { Plan } from "./plan.ts";
import { typeWords } from "../../parts/column-type.ts";
import { type Target, useTarget } from "./use-target.ts";

interface StepProps {
  readonly plan: Plan;
  readonly chosen: Mapping;
  readonly onBack: () => void;
  readonly onReread: (readAs: ReadAs) => void;
  readonly onLook: (mapping: Mapping) => void;
}

/** Which column of the file fills which column of the dataset. */
export function StepMapping(props: StepProps): ReactElement {
  const target = useTarget(props.plan.dataset);
  if (!target) return <Loading />;
  return <Chosen {...props} target={target} />;
}

function Chosen({
  plan: { head },
  chosen,
  target,
  onBack,
  onReread,
  onLook,
}: StepProps & { target: Target }): ReactElement {
  const [mapping, setMapping] = useState<Mapping>(() =>
    Object.keys(chosen).length > 0 || !head
      ? chosen
      : guessMapping(
          target.columns.map(({ name }) => name),
          head.names,
        ),
  );
  const isFree = target.columns.length === 0;
  const missing = target.columns.filter(({ name, required }) => required && !mapping[name]);
  return (
    <div className={styles["stack"]}>
      {head?.readAs && <Reading readAs={head.readAs} onChange={onReread} />}
      <p className={styles["hint"]}>{wordsOf(head, { isFree, missing: missing.length })}</p>
      {head &&
        (isFree ? (
          <Renaming head={head} mapping={mapping} onChange={setMapping} />
        ) : (
          <Filling head={head} target={target} mapping={mapping} onChange={setMapping} />
        ))}
      <Group justify="space-between">
        <Button variant="default" onClick={onBack}>
          Back
        </Button>
        <Button
          onClick={() => onLook(mapping)}
          rightSection={<Icon name="arrow" size={15} />}
          disabled={head !== undefined && head.names.length === 0}
        >
          Try it without storing
        </Button>
      </Group>
    </div>
  );
}

function wordsOf(
  head: SourceHead | undefined,
  { isFree, missing }: { isFree: boolean; missing: number },
): string {
  if (!head)
    return "The columns of a Parquet file are read by the dry run. Columns of equal names go where they belong.";
  if (head.names.length === 0)
    return "This file seems to have no columns: is it empty, or of another format?";
  if (isFree) return "Every column is taken as it is. Give one another name if you like.";
  if (missing > 0)
    return `${missing} ${missing === 1 ? "column that must be filled has" : "columns that must be filled have"} no source yet: choose one for each.`;
  return "Every column that must be filled has a source. Look over what was guessed.";
}

function Filling({
  head,
  target,
  mapping,
  onChange,
}: {
  head: SourceHead;
  target: Target;
  mapping: Mapping;
  onChange: (mapping: Mapping) => void;
}): ReactElement {
  function choose(column: string, source: string | null): void {
    const others = Object.entries(mapping).filter(([name]) => name !== column);
    onChange(Object.fromEntries(source === null ? others : [...others, [column, source]]));
  }
  return (
    <Table className={styles["mapping"]} verticalSpacing={6}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Column of {target.name}</Table.Th>
          <Table.Th>From the file</Table.Th>
          <Table.Th className={styles["wide"]}>First values</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {target.columns.map(({ name, type, required }) => {
          const source = mapping[name];
          return (
            <Table.Tr key={name}>
              <Table.Td>
                <span className={styles["column"]}>{name}</span>
                <span className={styles["type"]}>
                  {typeWords(type)}
                  {required && ", must be filled"}
                </span>
              </Table.Td>
              <Table.Td>
                <SourceOf
                  column={name}
                  source={source}
                  names={head.names}
                  isRequired={required}
                  onChoose={(given) => choose(name, given)}
                />
              </Table.Td>
              <Table.Td className={styles["wide"]}>
                <Samples head={head} source={source} />
              </Table.Td>
            </Table.Tr>
          );
        })}
      </Table.Tbody>
    </Table>
  );
}

function SourceOf({
  column,
  source,
  names,
  isRequired,
  onChoose,
}: {
  column: string;
  source: string | undefined;
  names: readonly string[];
  isRequired: boolean;
  onChoose: (source: string | null) => void;
}): ReactElement {
  // A column of the same name is taken whatever one says.
  const isSame = source?.trim().toLowerCase() === column.toLowerCase();
  return (
    <Select
      size="xs"
      aria-label={`Source of ${column}`}
      placeholder={isRequired ? "choose one" : "nothing"}
      data={[...new Set(names)].filter((one) => one !== "")}
      value={source ?? null}
      onChange={onChoose}
      clearable={!isSame}
      clearButtonProps={{ "aria-label": `Nothing for ${column}` }}
      searchable
      error={isRequired && !source}
    />
  );
}

function Renaming({
  head,
  mapping,
  onChange,
}: {
  head: SourceHead;
  mapping: Mapping;
  onChange: (mapping: Mapping) => void;
}): ReactElement {
  const nameOf = (source: string): string =>
    Object.entries(mapping).find(([, given]) => given === source)?.[0] ?? source;
  function rename(source: string, name: string): void {
    const others = Object.entries(mapping).filter(([, given]) => given !== source);
    onChange(Object.fromEntries(name === source ? others : [...others, [name, source]]));
  }
  return (
    <Table className={styles["mapping"]} verticalSpacing={6}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>In the file</Table.Th>
          <Table.Th>In the dataset</Table.Th>
          <Table.Th className={styles["wide"]}>First values</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {[...new Set(head.names)].map((source) => (
          <Table.Tr key={source}>
            <Table.Td className={styles["column"]}>{source}</Table.Td>
            <Table.Td>
              <TextInput
                size="xs"
                aria-label={`Name of ${source}`}
                value={nameOf(source)}
                onChange={(event) => rename(source, event.currentTarget.value)}
              />
            </Table.Td>
            <Table.Td className={styles["wide"]}>
              <Samples head={head} source={source} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Samples({
  head,
  source,
}: {
  head: SourceHead;
  source: string | undefined;
}): ReactElement | null {
  if (source === undefined) return null;
  const values = head.samples[head.names.indexOf(source)] ?? [];
  return (
    <Text fz="xs" c="dimmed" className={styles["samples"]}>
      {values.map((value) => (value === "" ? "(empty)" : value)).join(" · ")}
    </Text>
  );
}
