import type { ReactElement } from "react";
import styles from "./answering.module.css";
import { formatAnswer, type ModelAnswer, type ServedModel } from "./served-model.ts";

/** A predicted number with its bounds on a line, and beside them what is known to be true, when something is. */
export function Estimate({
  model,
  answer: { value, label, low, high },
  currency,
  known,
}: {
  model: ServedModel;
  answer: ModelAnswer;
  currency?: string | undefined;
  known?: number | undefined;
}): ReactElement {
  const middle = value ?? Number(label);
  const format = (number: number): string => formatAnswer(model, number, currency);
  if (low === undefined || high === undefined)
    return <p className={styles["big"]}>about {format(middle)}</p>;
  const most = Math.max(high, middle, known ?? 0) * 1.08 || 1;
  const least = Math.min(0, low, known ?? 0);
  const at = (number: number): string => `${(100 * (number - least)) / (most - least)}%`;
  const cases = model.level === undefined ? "most" : `${Math.round(model.level * 100)} of 100`;
  return (
    <div>
      <p className={styles["big"]}>about {format(middle)}</p>
      <p className={styles["hint"]}>
        In {cases} cases like this one the truth lies between <b>{format(low)}</b> and{" "}
        <b>{format(high)}</b>.
      </p>
      <div className={styles["range"]} aria-hidden>
        <div
          className={styles["span"]}
          style={{ left: at(low), width: `${(100 * (high - low)) / (most - least)}%` }}
        />
        <div className={styles["point"]} style={{ left: at(middle) }} />
        {known !== undefined && (
          <div className={styles["point"]} data-kind="known" style={{ left: at(known) }} />
        )}
      </div>
      <div className={styles["ends"]}>
        <span>{format(least)}</span>
        {known !== undefined && (
          <span>
            <span className={styles["knownKey"]} aria-hidden /> Today: {format(known)}
          </span>
        )}
        <span>{format(most)}</span>
      </div>
    </div>
  );
}
