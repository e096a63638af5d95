import type { ReactElement } from "react";
import { Icon } from "../../parts/icon.tsx";
import styles from "./deciding.module.css";
import layout from "../../parts/layout.module.css";
import type { GateResult } from "./standing.ts";

/** What the gate asked for and what it got, rule by rule. */
export function GateRules({ gate }: { gate: GateResult }): ReactElement {
  if (gate.rules.length === 0)
    return <p className={layout["note"]}>Nothing was asked: only the champion is gated.</p>;
  return (
    <ul className={styles["rules"]}>
      {gate.rules.map(({ name, passed, expected, got }) => (
        <li key={name} data-passed={passed}>
          <Icon name={passed ? "check" : "cross"} size={16} label={passed ? "passed" : "failed"} />
          <span>
            {name}
            <small>
              expected {expected}, got {got}
            </small>
          </span>
        </li>
      ))}
    </ul>
  );
}
