import { ActionIcon, Tooltip } from "@mantine/core";
import type { ReactElement } from "react";
import styles from "./code-block.module.css";
import { copyText } from "./copy-as.tsx";
import { Icon } from "./icon.tsx";

/** A longer line of a text is cut where it is shown; the copy has all of it. */
const LONGEST_LINE = 600;

/** Lines of code or data, with a button that copies them. */
export function CodeBlock({ text, label }: { text: string; label: string }): ReactElement {
  return (
    <div className={styles["block"]}>
      <pre tabIndex={0} aria-label={label}>
        {text.split("\n").map(cut).join("\n")}
      </pre>
      <Tooltip label="Copy">
        <ActionIcon
          className={styles["copy"] ?? ""}
          variant="default"
          size="sm"
          aria-label={`Copy: ${label}`}
          onClick={() => void copyText(text)}
        >
          <Icon name="copy" size={14} />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}

function cut(line: string): string {
  return line.length <= LONGEST_LINE ? line : `${line.slice(0, LONGEST_LINE)}…`;
}
