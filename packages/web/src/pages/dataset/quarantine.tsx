import { Alert, Button, Group, Select } from "@mantine/core";
import { type ComponentProps, type ReactElement, type ReactNode, useState } from "react";
import { CopyAs, copyTextsOf } from "../../parts/copy-as.tsx";
import { Icon } from "../../parts/icon.tsx";
import { ExportMenu, exportableOf } from "../../parts/page-header.tsx";
import { Answer, StateOf } from "../../parts/state-of.tsx";
import { useUrlState } from "../../parts/url-state.ts";
import { useApi, useMay } from "../../wire/hooks.ts";
import { counted } from "../../parts/counted.ts";
import styles from "./dataset.module.css";
import { RefusedRow } from "./refused-row.tsx";
import { type Fixes, useReplay } from "./use-replay.ts";
import { type Refused, shortBatch } from "./words.ts";

/** Rows asked for at once; the others follow when these are mended. */
const ASKED = 500;
const SHOWN = 40;

/** Rows that were refused, each with its reasons and fields to mend it in. */
export function Quarantine({ name }: { name: string }): ReactElement {
  const [batch, setBatch] = useUrlState("batch");
  const query = useApi(
    "listQuarantine",
    { params: { name }, query: { limit: ASKED, ...(batch && { batch }) } },
    { keepPrevious: true },
  );
  return (
    <Answer query={query} isEmpty={({ items }) => items.length === 0} empty={<AllWell />}>
      {({ items }) => <Rows name={name} rows={items} batch={batch} onBatch={setBatch} />}
    </Answer>
  );
}

function AllWell(): ReactElement {
  return (
    <StateOf
      kind="empty"
      icon="check"
      title="No row waits"
      text="Every row that came in was accepted, or has been mended since."
    />
  );
}

function Rows({
  name,
  rows,
  batch,
  onBatch,
}: {
  name: string;
  rows: readonly Refused[];
  batch: string;
  onBatch: (batch: string) => void;
}): ReactElement {
  const may = useMay("datasets:write");
  const [fixes, setFixes] = useState<Fixes>({});
  const { replay, isBusy, trouble } = useReplay(name);
  const fixed = rows.filter(({ id }) => fixes[id]);

  async function tryAgain(ids: readonly string[]): Promise<void> {
    if (!(await replay(ids, fixes))) return;
    setFixes((before) =>
      Object.fromEntries(Object.entries(before).filter(([id]) => !ids.includes(id))),
    );
  }

  return (
    <section aria-label={`Refused rows of ${name}`} className={styles["stack"]}>
      <Tools name={name} rows={rows} batch={batch} onBatch={onBatch}>
        {may && (
          <Button
            size="xs"
            loading={isBusy}
            leftSection={<Icon name="refresh" size={15} />}
            onClick={() => void tryAgain((fixed.length > 0 ? fixed : rows).map(({ id }) => id))}
          >
            {fixed.length > 0
              ? `Try the ${counted(fixed.length, "mended row")} again`
              : `Try all ${counted(rows.length, "row")} again`}
          </Button>
        )}
      </Tools>
      {trouble && (
        <Alert color="red" icon={<Icon name="warning" />} role="alert">
          {trouble}
        </Alert>
      )}
      <List
        rows={rows}
        rowProps={(row) => ({
          fix: fixes[row.id] ?? {},
          mayFix: may,
          isBusy,
          onFix: (fix) => setFixes((before) => ({ ...before, [row.id]: fix })),
          onReplay: () => void tryAgain([row.id]),
        })}
      />
    </section>
  );
}

function List({
  rows,
  rowProps,
}: {
  rows: readonly Refused[];
  rowProps: (row: Refused) => Omit<ComponentProps<typeof RefusedRow>, "row">;
}): ReactElement {
  const [most, setMost] = useState(SHOWN);
  return (
    <>
      <ol className={styles["refused"]}>
        {rows.slice(0, most).map((row) => (
          <RefusedRow key={row.id} row={row} {...rowProps(row)} />
        ))}
      </ol>
      {rows.length > most && (
        <Button variant="default" onClick={() => setMost(most + 100)}>
          Show more of {counted(rows.length, "row")}
        </Button>
      )}
    </>
  );
}

const exported = [
  { id: "id", value: ({ id }: Refused) => id },
  { id: "file", value: ({ file }: Refused) => file },
  { id: "line", value: ({ line }: Refused) => line },
  { id: "reasons", value: ({ reasons }: Refused) => reasons.join("; ") },
  { id: "raw", value: ({ raw }: Refused) => raw },
];

function Tools({
  name,
  rows,
  batch,
  onBatch,
  children,
}: {
  name: string;
  rows: readonly Refused[];
  batch: string;
  onBatch: (batch: string) => void;
  children: ReactNode;
}): ReactElement {
  const batches = [...new Set([...rows.map((row) => row.batch), ...(batch ? [batch] : [])])];
  const sourceOf = (id: string): string => rows.find((row) => row.batch === id)?.file ?? "";
  return (
    <Group gap="xs" justify="space-between">
      <Select
        size="xs"
        w={260}
        aria-label="Batch"
        placeholder="Every batch"
        clearable
        value={batch || null}
        data={batches.map((value) => ({
          value,
          label: `${sourceOf(value)} (${shortBatch(value)})`,
        }))}
        onChange={(value) => onBatch(value ?? "")}
        clearButtonProps={{ "aria-label": "Every batch" }}
      />
      <Group gap="xs">
        <CopyAs
          texts={copyTextsOf(
            "listQuarantine",
            { params: { name }, ...(batch && { query: { batch } }) },
            `npx souk datasets quarantine ${name}`,
          )}
        />
        <ExportMenu exports={exportableOf(`${name}-refused`, exported, rows)} />
        {children}
      </Group>
    </Group>
  );
}
