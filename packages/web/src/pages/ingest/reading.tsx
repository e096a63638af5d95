import { Select } from "@mantine/core";
import type { ReactElement } from "react";
import styles from "./ingest.module.css";
import { delimiters, type Delimiter, encodings, type ReadAs } from "./read-as.ts";

const delimiterWords: Record<Delimiter, string> = {
  comma: "Comma  ,",
  semicolon: "Semicolon  ;",
  tab: "Tab",
  pipe: "Pipe  |",
};
const encodingWords = {
  "utf-8": "UTF-8",
  "windows-1252": "Windows-1252 (Western European Excel)",
  "utf-16": "UTF-16",
} as const;

/** How the file was read, which one may correct: the columns below follow at once. */
export function Reading({
  readAs,
  onChange,
}: {
  readAs: ReadAs;
  onChange: (readAs: ReadAs) => void;
}): ReactElement {
  const { delimiter, encoding } = readAs;
  return (
    <div className={styles["fields"]}>
      <Select
        label="Letters"
        description="Wrong when ü or é look odd below"
        data={encodings.map((value) => ({ value, label: encodingWords[value] }))}
        value={encoding}
        allowDeselect={false}
        onChange={(value) => {
          const found = encodings.find((one) => one === value);
          if (found) onChange({ ...readAs, encoding: found });
        }}
      />
      {delimiter && (
        <Select
          label="Between the fields"
          description="Wrong when all columns look like one"
          data={names.map((value) => ({ value, label: delimiterWords[value] }))}
          value={delimiter}
          allowDeselect={false}
          onChange={(value) => {
            const found = names.find((one) => one === value);
            if (found) onChange({ ...readAs, delimiter: found });
          }}
        />
      )}
    </div>
  );
}

const names = ["comma", "semicolon", "tab", "pipe"] as const satisfies (keyof typeof delimiters)[];
