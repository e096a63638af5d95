import { Badge, Button, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { type ReactElement, useState } from "react";
import { Confirm } from "../../parts/confirm.tsx";
import { type Column, DataTable } from "../../parts/data-table.tsx";
import { formatAgo, formatBytes, formatTime } from "../../parts/format.ts";
import { Icon } from "../../parts/icon.tsx";
import { StateOf } from "../../parts/state-of.tsx";
import { useApiChange, useMay } from "../../wire/hooks.ts";
import { counted } from "../../parts/counted.ts";
import styles from "./dataset.module.css";
import { type Batch, type Detail, shortBatch } from "./words.ts";

/** Every file that came in, newest first, each with a way to take it out again. */
export function Batches({
  detail: { name, batches },
  nowMs,
  canUndo,
}: {
  detail: Detail;
  nowMs: number;
  canUndo: boolean;
}): ReactElement {
  const [asked, setAsked] = useState<Batch>();
  const may = useMay("datasets:write") && canUndo;
  const columns = batchColumns(nowMs, may ? setAsked : undefined);
  return (
    <>
      <DataTable
        name="batches"
        label="batches"
        columns={columns}
        rows={batches.toReversed()}
        rowId={({ batchId, version }) => `${batchId} ${version}`}
        empty={
          <StateOf
            kind="empty"
            icon="upload"
            title="No batch yet"
            text="Each file that comes in is a batch and can be taken out again."
          />
        }
      />
      <Undo name={name} batch={asked} onClose={() => setAsked(undefined)} />
    </>
  );
}

function Undo({
  name,
  batch,
  onClose,
}: {
  name: string;
  batch: Batch | undefined;
  onClose: () => void;
}): ReactElement {
  const { mutateAsync } = useApiChange("undoBatch", {
    touches: ["describeDataset", "listDatasets", "listQuarantine", "profileDataset"],
  });
  async function undo(): Promise<void> {
    if (!batch) return;
    const { rowsRemoved, rowsRestored } = await mutateAsync({
      params: { name, batch: batch.batchId },
    });
    const back = rowsRestored > 0 ? `, ${counted(rowsRestored, "row")} came back` : "";
    notifications.show({
      message: `${counted(rowsRemoved, "row")} taken out of ${name}${back}`,
      icon: <Icon name="check" size={16} />,
    });
  }
  return (
    <Confirm
      opened={batch !== undefined}
      onClose={onClose}
      onConfirm={undo}
      title="Undo this batch?"
      action="Undo the batch"
      isDangerous
    >
      {batch && (
        <Text>
          {batch.rows === 0 ? "No row" : counted(batch.rows, "row")} of{" "}
          <b className={styles["word"]}>{batch.source}</b> {batch.rows > 1 ? "leave" : "leaves"}{" "}
          {name}
          {batch.replaced > 0 &&
            `, ${counted(batch.replaced, "replaced row")} ${batch.replaced === 1 ? "comes" : "come"} back`}
          {batch.quarantined > 0 &&
            `, and its ${counted(batch.quarantined, "refused row")} ${batch.quarantined === 1 ? "goes" : "go"} too`}
          . Older versions keep them, and the same file can be brought in again.
        </Text>
      )}
    </Confirm>
  );
}

/** What there is to say about a batch; with a button to undo it, when one may. */
export function batchColumns(
  nowMs: number,
  onUndo?: (batch: Batch) => void,
): readonly Column<Batch>[] {
  return [
    {
      id: "at",
      title: "Came",
      value: ({ timestampMs }) => new Date(timestampMs).toISOString(),
      show: ({ timestampMs }) => (
        <span title={formatTime(timestampMs)}>{formatAgo(timestampMs, nowMs)}</span>
      ),
      width: 138,
    },
    { id: "source", title: "File", value: ({ source }) => source, width: 130, grow: 2 },
    {
      id: "state",
      title: "State",
      value: ({ undone }) => (undone ? "undone" : "in"),
      show: (batch) => <State batch={batch} onUndo={onUndo} />,
      width: 108,
    },
    {
      id: "batch",
      title: "Batch",
      value: ({ batchId }) => batchId,
      show: ({ batchId }) => (
        <code className={styles["code"]} title={batchId}>
          {shortBatch(batchId)}
        </code>
      ),
      width: 130,
    },
    { id: "rows", title: "Rows", value: ({ rows }) => rows, width: 80 },
    { id: "refused", title: "Refused", value: ({ quarantined }) => quarantined, width: 85 },
    { id: "replaced", title: "Replaced", value: ({ replaced }) => replaced, width: 90 },
    { id: "mode", title: "Mode", value: ({ mode }) => mode, width: 90 },
    {
      id: "bytes",
      title: "Size",
      value: ({ bytes }) => bytes,
      show: ({ bytes }) => formatBytes(bytes),
      width: 85,
    },
  ];
}

function State({
  batch,
  onUndo,
}: {
  batch: Batch;
  onUndo: ((batch: Batch) => void) | undefined;
}): ReactElement {
  if (batch.undone)
    return (
      <Badge variant="light" color="gray" className={styles["role"]}>
        undone
      </Badge>
    );
  if (!onUndo) return <>in</>;
  return (
    <Button
      size="compact-xs"
      variant="default"
      leftSection={<Icon name="undo" size={13} />}
      aria-label={`Undo batch ${shortBatch(batch.batchId)} of ${batch.source}`}
      onClick={(event) => {
        event.stopPropagation();
        onUndo(batch);
      }}
    >
      Undo
    </Button>
  );
}
