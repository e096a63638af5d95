import { Text } from "@mantine/core";
import { type DragEvent, type ReactElement, useId, useState } from "react";
import styles from "./file-drop.module.css";
import { formatBytes } from "./format.ts";
import { Icon, type IconName } from "./icon.tsx";

interface FileDropProps {
  readonly label: string;
  /** What may come: "CSV, TSV, JSON Lines or Parquet". */
  readonly hint?: string;
  /** As of `<input accept>`: ".csv,image/png". */
  readonly accept?: string;
  readonly maxBytes?: number;
  readonly icon?: IconName;
  readonly onFile: (file: File) => void;
}

/** A place to drop a file on, or to choose one with mouse or keyboard. */
export function FileDrop({
  label,
  hint,
  accept,
  maxBytes,
  icon = "upload",
  onFile,
}: FileDropProps): ReactElement {
  const id = useId();
  const { trouble, take } = useFitting(maxBytes, onFile);
  const { isOver, dropping } = useDropping(take);
  return (
    <div>
      <label className={styles["drop"]} data-over={isOver || undefined} htmlFor={id} {...dropping}>
        <input
          id={id}
          type="file"
          className={styles["input"]}
          accept={accept}
          onChange={(event) => {
            take(event.currentTarget.files?.[0]);
            event.currentTarget.value = "";
          }}
        />
        <Invitation label={label} hint={hint} icon={icon} />
      </label>
      {trouble && (
        <Text fz="sm" mt={6} c="var(--souk-bad)" role="alert">
          {trouble}
        </Text>
      )}
    </div>
  );
}

/** Passes a file on, or says that it is too large. */
function useFitting(maxBytes: number | undefined, onFile: (file: File) => void) {
  const [trouble, setTrouble] = useState<string>();

  function take(file: File | undefined): void {
    if (!file) return;
    if (maxBytes !== undefined && file.size > maxBytes) {
      setTrouble(
        `${file.name} has ${formatBytes(file.size)}; at most ${formatBytes(maxBytes)} fit.`,
      );
      return;
    }
    setTrouble(undefined);
    onFile(file);
  }

  return { trouble, take };
}

/** Whether something is dragged over a place, and what the place needs to hear of it. */
function useDropping(take: (file: File | undefined) => void) {
  const [isOver, setOver] = useState(false);
  const dropping = {
    onDragOver(event: DragEvent): void {
      event.preventDefault();
      setOver(true);
    },
    onDragLeave(): void {
      setOver(false);
    },
    onDrop(event: DragEvent): void {
      event.preventDefault();
      setOver(false);
      take(event.dataTransfer.files[0]);
    },
  };
  return { isOver, dropping };
}

function Invitation({
  label,
  hint,
  icon,
}: Pick<FileDropProps, "label" | "hint" | "icon"> & { icon: IconName }): ReactElement {
  return (
    <>
      <Icon name={icon} size={26} />
      <Text span fw={600}>
        {label}
      </Text>
      {hint && (
        <Text span fz="sm" c="dimmed">
          {hint}
        </Text>
      )}
    </>
  );
}
