import type { ReactElement } from "react";
import { formatShare } from "../format.ts";
import styles from "./answering.module.css";
import {
  formatAnswer,
  type Likelihood,
  type ModelAnswer,
  type ServedModel,
} from "./served-model.ts";

const SHOWN = 5;

/** The likeliest labels as bars: of everything given, and of the text and the photo alone where the model has such parts. */
export function Likelihoods({
  model,
  answer: { top, parts },
}: {
  model: ServedModel;
  answer: ModelAnswer;
}): ReactElement {
  const groups = [
    { title: parts ? "Text and photo together" : "How likely", top },
    { title: "The text alone", top: parts?.text ?? [] },
    { title: "The photo alone", top: parts?.image ?? [] },
  ].filter((group) => group.top.length > 0);
  return (
    <div className={styles["groups"]}>
      {groups.map((group) => (
        <section key={group.title}>
          <h3>{group.title}</h3>
          <Bars model={model} top={group.top.slice(0, SHOWN)} label={group.title} />
        </section>
      ))}
    </div>
  );
}

function Bars({
  model,
  top,
  label,
}: {
  model: ServedModel;
  top: readonly Likelihood[];
  label: string;
}): ReactElement {
  return (
    <ol className={styles["bars"]} aria-label={label}>
      {top.map((one) => (
        <li key={String(one.label)}>
          <span>{formatAnswer(model, one.label)}</span>
          <span>{formatShare(one.probability)}</span>
          <div className={styles["track"]} aria-hidden>
            <div className={styles["fill"]} style={{ width: `${one.probability * 100}%` }} />
          </div>
        </li>
      ))}
    </ol>
  );
}
