import { Button, Group, TextInput } from "@mantine/core";
import { type FormEvent, type ReactElement, useState } from "react";
import { Icon } from "../../parts/icon.tsx";
import styles from "./dataset.module.css";
import { faultyColumns, type Refused } from "./words.ts";

/** One refused row: where it came from, why it was refused, and its values to mend. Enter in a field tries it again. */
export function RefusedRow({
  row,
  fix,
  mayFix,
  isBusy,
  onFix,
  onReplay,
}: {
  row: Refused;
  fix: Readonly<Record<string, string>>;
  mayFix: boolean;
  isBusy: boolean;
  onFix: (fix: Record<string, string>) => void;
  onReplay: () => void;
}): ReactElement {
  const place = `line ${row.line} of ${row.file}`;

  function submit(event: FormEvent): void {
    event.preventDefault();
    onReplay();
  }

  return (
    <li>
      <form onSubmit={submit} aria-label={`Row at ${place}`}>
        <header className={styles["rowHead"]}>
          <span className={styles["place"]}>{place}</span>
          <ul className={styles["reasons"]}>
            {row.reasons.map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        </header>
        {row.raw !== "" && (
          <pre className={styles["raw"]} tabIndex={0} aria-label={`The row as it came, ${place}`}>
            {row.raw}
          </pre>
        )}
        {mayFix && <Fields row={row} fix={fix} isBusy={isBusy} onFix={onFix} />}
      </form>
    </li>
  );
}

function Fields({
  row,
  fix,
  isBusy,
  onFix,
}: {
  row: Refused;
  fix: Readonly<Record<string, string>>;
  isBusy: boolean;
  onFix: (fix: Record<string, string>) => void;
}): ReactElement {
  const faulty = faultyColumns(row);
  const [isWhole, setWhole] = useState(faulty.length === 0);
  const all = Object.keys(row.values);
  const columns = isWhole ? [...faulty, ...all.filter((one) => !faulty.includes(one))] : faulty;
  return (
    <div className={styles["fields"]}>
      {columns.map((column) => (
        <TextInput
          key={column}
          size="xs"
          label={column}
          value={fix[column] ?? row.values[column] ?? ""}
          onChange={(event) => onFix({ ...fix, [column]: event.currentTarget.value })}
          data-faulty={faulty.includes(column) || undefined}
          className={styles["field"]}
        />
      ))}
      <Group gap="xs" className={styles["rowTools"]}>
        <Button
          type="submit"
          size="xs"
          variant="light"
          disabled={isBusy}
          leftSection={<Icon name="refresh" size={14} />}
        >
          Try again
        </Button>
        {faulty.length > 0 && all.length > faulty.length && (
          <Button
            size="xs"
            variant="subtle"
            color="gray"
            aria-expanded={isWhole}
            onClick={() => setWhole(!isWhole)}
          >
            {isWhole ? "Only what is wrong" : "All columns"}
          </Button>
        )}
      </Group>
    </div>
  );
}
