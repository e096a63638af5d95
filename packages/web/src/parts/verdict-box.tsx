import type { ReactElement, ReactNode } from "react";
import { Icon } from "./icon.tsx";
import styles from "./verdict-box.module.css";

/** What came of something, in a sentence that stands out and is read aloud. */
export function VerdictBox({
  tone,
  children,
}: {
  tone: "good" | "warn" | "bad";
  children: ReactNode;
}): ReactElement {
  return (
    <p className={styles["verdict"]} data-tone={tone} role="status">
      <Icon name={tone === "good" ? "check" : "warning"} size={18} />
      <span>{children}</span>
    </p>
  );
}
