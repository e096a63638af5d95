import type { ReactElement, ReactNode } from "react";
import styles from "./fact-list.module.css";

/** One thing known of something: its name and its value. */
export interface Fact {
  readonly name: string;
  readonly value: ReactNode;
}

/** Facts below each other, names in a column of their own. */
export function FactList({ facts }: { facts: readonly Fact[] }): ReactElement {
  return (
    <dl className={styles["facts"]}>
      {facts.map(({ name, value }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
