import type { ReactElement, ReactNode } from "react";
import styles from "./tag.module.css";

/** A word or two that say how something stands: a stage, a state, an alias. */
export function Tag({
  tone = "plain",
  children,
}: {
  tone?: "plain" | "accent" | "good" | "warn" | "bad";
  children: ReactNode;
}): ReactElement {
  return (
    <span className={styles["tag"]} data-tone={tone}>
      {children}
    </span>
  );
}
