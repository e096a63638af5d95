import { TextInput, UnstyledButton } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { formatNumber } from "../../parts/format.ts";
import { Icon } from "../../parts/icon.tsx";
import { Loading, StateOf } from "../../parts/state-of.tsx";
import styles from "./explore.module.css";
import { sqlName } from "./sql-words.ts";
import type { SchemaDataset } from "./use-schema.ts";

/** Datasets, their columns and types; a click puts the name into the statement. */
export function SchemaTree({
  datasets,
  onInsert,
}: {
  datasets: readonly SchemaDataset[] | undefined;
  onInsert: (text: string) => void;
}): ReactElement {
  const [find, setFind] = useState("");
  if (!datasets) return <Loading label="Loading the datasets" />;
  if (datasets.length === 0)
    return (
      <StateOf
        kind="empty"
        icon="database"
        title="No dataset yet"
        text="What is brought in shows up here with its columns."
      />
    );
  const words = find.trim().toLowerCase();
  const shown = datasets.filter((dataset) => fits(dataset, words));
  // The dataset that the questions are about, where there is one.
  const first = shown.find(({ name }) => name === "reviews") ?? shown[0];
  return (
    <>
      <TextInput
        size="xs"
        value={find}
        onChange={(event) => setFind(event.currentTarget.value)}
        placeholder="Find a column"
        aria-label="Find a dataset or column"
        leftSection={<Icon name="search" size={14} />}
      />
      <ul className={styles["tree"]} aria-label="Datasets">
        {shown.map((dataset) => (
          <Dataset
            key={dataset.name}
            dataset={dataset}
            words={words}
            isFirst={dataset === first}
            onInsert={onInsert}
          />
        ))}
        {shown.length === 0 && <li className={styles["dim"]}>Nothing has that name</li>}
      </ul>
    </>
  );
}

function fits({ name, columns }: SchemaDataset, words: string): boolean {
  return [name, ...(columns ?? []).map((column) => column.name)].some((one) =>
    one.toLowerCase().includes(words),
  );
}

function Dataset({
  dataset: { name, rows, columns },
  words,
  isFirst,
  onInsert,
}: {
  dataset: SchemaDataset;
  words: string;
  isFirst: boolean;
  onInsert: (text: string) => void;
}): ReactElement {
  const [choice, setChoice] = useState<boolean>();
  const isOpen = choice ?? (words !== "" || (isFirst && matchMedia("(min-width: 62em)").matches));
  const shown = (columns ?? []).filter(
    (column) => name.toLowerCase().includes(words) || column.name.toLowerCase().includes(words),
  );
  return (
    <li>
      <div className={styles["dataset"]}>
        <UnstyledButton
          className={styles["toggle"]}
          aria-expanded={isOpen}
          aria-label={`Columns of ${name}`}
          onClick={() => setChoice(!isOpen)}
        >
          <Icon name={isOpen ? "down" : "right"} size={13} />
        </UnstyledButton>
        <UnstyledButton
          className={styles["name"]}
          title={`Insert ${name}`}
          onClick={() => onInsert(sqlName(name))}
        >
          {name}
        </UnstyledButton>
        <span className={styles["dim"]}>{formatNumber(rows)}</span>
      </div>
      {isOpen && (
        <ul className={styles["columnsOf"]} aria-label={`Columns of ${name}`}>
          {shown.map((column) => (
            <li key={column.name}>
              <UnstyledButton
                className={styles["column"]}
                title={`Insert ${column.name}`}
                onClick={() => onInsert(sqlName(column.name))}
              >
                <span>{column.name}</span>
                <span className={styles["dim"]}>{column.type.toLowerCase()}</span>
              </UnstyledButton>
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}
