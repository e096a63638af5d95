import { Autocomplete, Button, Group, SegmentedControl, Select, Text } from "@mantine/core";
import { type FormEvent, type ReactElement, useState } from "react";
import { FileDrop } from "../../parts/file-drop.tsx";
import { formatBytes, formatNumber } from "../../parts/format.ts";
import { Icon } from "../../parts/icon.tsx";
import { useUrlState } from "../../parts/url-state.ts";
import styles from "./ingest.module.css";
import { type Format, formatOf } from "./source-head.ts";
import { type Plan, planFor } from "./plan.ts";
import { type Target, useNames, useTarget } from "./use-target.ts";

const NAME = /^[a-z][a-z0-9_-]{0,62}$/i;

const formats = [
  { value: "csv", label: "CSV" },
  { value: "tsv", label: "TSV" },
  { value: "jsonl", label: "JSON Lines" },
  { value: "parquet", label: "Parquet" },
] as const;

/** Which file, and into which dataset. */
export function StepFile({
  initial,
  onPlan,
}: {
  initial: Plan | undefined;
  onPlan: (plan: Plan) => void;
}): ReactElement {
  const names = useNames();
  const [dataset, setDataset] = useUrlState("dataset");
  const [file, setFile] = useState(initial?.file);
  const [format, setFormat] = useState<Format | undefined>(initial?.format);
  const [mode, setMode] = useState<"append" | "upsert">(initial?.mode ?? "append");
  const target = useTarget(dataset);
  const isGood = NAME.test(dataset);

  function take(next: File): void {
    setFile(next);
    setFormat(formatOf(next.name));
    const named = datasetNamed(next.name, names);
    if (dataset === "" && named) setDataset(named);
  }

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (!file || !format || !isGood) return;
    const canUpsert = (target?.key ?? []).length > 0;
    onPlan(await planFor(file, { dataset, format, mode: canUpsert ? mode : "append" }));
  }

  return (
    <form onSubmit={(event) => void submit(event)} className={styles["stack"]}>
      <ChooseFile file={file} onFile={take} />
      <div className={styles["fields"]}>
        <ChooseDataset dataset={dataset} names={names} onDataset={setDataset} />
        {file && <ChooseFormat file={file} format={format} onFormat={setFormat} />}
      </div>
      {isGood && target && <TargetWords target={target} mode={mode} onMode={setMode} />}
      <Group justify="flex-end">
        <Button
          type="submit"
          disabled={!file || !format || !isGood}
          rightSection={<Icon name="arrow" size={15} />}
        >
          Look at its columns
        </Button>
      </Group>
    </form>
  );
}

function ChooseFile({
  file,
  onFile,
}: {
  file: File | undefined;
  onFile: (file: File) => void;
}): ReactElement {
  return (
    <FileDrop
      label={file ? file.name : "Drop a file here, or choose one"}
      hint={
        file
          ? `${formatBytes(file.size)} · drop another to take that instead`
          : "TSV, CSV, JSON Lines or Parquet, plain or gzipped"
      }
      icon={file ? "file" : "upload"}
      onFile={onFile}
    />
  );
}

function ChooseDataset({
  dataset,
  names,
  onDataset,
}: {
  dataset: string;
  names: readonly string[];
  onDataset: (dataset: string) => void;
}): ReactElement {
  const isBad = dataset !== "" && !NAME.test(dataset);
  return (
    <Autocomplete
      label="Dataset"
      description="One that exists, a known kind, or a new name"
      value={dataset}
      data={[...names]}
      onChange={onDataset}
      error={isBad && "Letters, digits, _ and -, beginning with a letter, up to 63"}
      required
      withAsterisk={false}
    />
  );
}

function ChooseFormat({
  file,
  format,
  onFormat,
}: {
  file: File;
  format: Format | undefined;
  onFormat: (format: Format | undefined) => void;
}): ReactElement {
  const told = formatOf(file.name);
  return (
    <Select
      label="Format"
      description={
        told === undefined
          ? "The file's name does not say it"
          : told === format
            ? "Told by the file's name"
            : "Another than the file's name says"
      }
      data={formats}
      value={format ?? null}
      allowDeselect={false}
      onChange={(value) => onFormat(formats.find((one) => one.value === value)?.value)}
    />
  );
}

function TargetWords({
  target: { name, exists, rows, description, columns, key },
  mode,
  onMode,
}: {
  target: Target;
  mode: "append" | "upsert";
  onMode: (mode: "append" | "upsert") => void;
}): ReactElement {
  const kept = exists
    ? `${name} holds ${formatNumber(rows)} rows.`
    : columns.length > 0
      ? `${name} is a known kind of dataset and will be made.`
      : `${name} is new: the file decides its columns.`;
  return (
    <div className={styles["target"]}>
      <Text c="dimmed">
        {kept} {description}
      </Text>
      {key.length > 0 && (
        <div>
          <SegmentedControl
            size="xs"
            value={mode}
            onChange={(value) => onMode(value === "upsert" ? "upsert" : "append")}
            data={[
              { value: "append", label: "Add every row" },
              { value: "upsert", label: `Replace rows of equal ${key.join(", ")}` },
            ]}
            aria-label="Rows that are there already"
          />
        </div>
      )}
    </div>
  );
}

/** The known dataset whose name stands in the name of a file: "reviews-2024.csv.gz" is for reviews. */
function datasetNamed(fileName: string, names: readonly string[]): string | undefined {
  const words = fileName.toLowerCase().split(/[^a-z0-9]+/);
  return names.find((name) => words.includes(name.toLowerCase()));
}
