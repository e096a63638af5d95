import { Button, Group, Kbd, NativeSelect } from "@mantine/core";
import type { ReactElement, RefObject } from "react";
import { Icon } from "../../parts/icon.tsx";
import { SqlEditor } from "../../parts/sql-editor.tsx";
import styles from "./explore.module.css";

const limits = [
  { value: "1000", label: "at most 1,000 rows" },
  { value: "10000", label: "at most 10,000 rows" },
  { value: "100000", label: "at most 100,000 rows" },
];

/** The statement, and what runs and stops it. */
export function StatementEditor({
  text,
  onChange,
  onRun,
  onCancel,
  isRunning,
  most,
  onMost,
  names,
  inserter,
}: {
  text: string;
  onChange: (sql: string) => void;
  onRun: (sql: string) => void;
  onCancel: () => void;
  isRunning: boolean;
  /** Most rows of the answer, as one of `limits`. */
  most: string;
  onMost: (most: string) => void;
  names: Readonly<Record<string, readonly string[]>>;
  inserter: RefObject<((text: string) => void) | undefined>;
}): ReactElement {
  return (
    <section aria-label="Statement" className={styles["statement"]}>
      <SqlEditor
        value={text}
        onChange={onChange}
        onRun={onRun}
        schema={names}
        inserter={inserter}
        label="SQL statement"
        minHeight={150}
      />
      <Group gap="xs">
        <RunButton
          isRunning={isRunning}
          isEmpty={text.trim() === ""}
          onRun={() => onRun(text)}
          onCancel={onCancel}
        />
        <NativeSelect
          size="xs"
          aria-label="Most rows"
          value={most}
          data={limits}
          onChange={(event) => onMost(event.currentTarget.value)}
        />
        <span className={styles["keys"]}>
          <Kbd size="xs">Ctrl</Kbd> <Kbd size="xs">Enter</Kbd> runs, <Kbd size="xs">Esc</Kbd> stops
        </span>
      </Group>
    </section>
  );
}

function RunButton({
  isRunning,
  isEmpty,
  onRun,
  onCancel,
}: {
  isRunning: boolean;
  isEmpty: boolean;
  onRun: () => void;
  onCancel: () => void;
}): ReactElement {
  if (isRunning)
    return (
      <Button size="xs" color="red" onClick={onCancel} leftSection={<Icon name="stop" size={14} />}>
        Stop
      </Button>
    );
  return (
    <Button
      size="xs"
      onClick={onRun}
      disabled={isEmpty}
      leftSection={<Icon name="play" size={14} />}
    >
      Run
    </Button>
  );
}
