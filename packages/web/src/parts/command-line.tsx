import { ActionIcon, Tooltip } from "@mantine/core";
import type { ReactElement } from "react";
import styles from "./command-line.module.css";
import { copyText } from "./copy-as.tsx";
import { Icon } from "./icon.tsx";

/** A line for the terminal, with a button that copies it. */
export function CommandLine({ text }: { text: string }): ReactElement {
  return (
    <div className={styles["line"]}>
      <code tabIndex={0}>{text}</code>
      <Tooltip label="Copy">
        <ActionIcon
          variant="subtle"
          color="gray"
          size="sm"
          aria-label={`Copy: ${text}`}
          onClick={() => void copyText(text)}
        >
          <Icon name="copy" size={14} />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}
