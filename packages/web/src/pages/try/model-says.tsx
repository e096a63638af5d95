import { Skeleton } from "@mantine/core";
import type { ReactElement } from "react";
import styles from "../../parts/answering/answering.module.css";
import { Comparables } from "../../parts/answering/comparables.tsx";
import { CorrectAnswer } from "../../parts/answering/correct-answer.tsx";
import { Estimate } from "../../parts/answering/estimate.tsx";
import { Explanation } from "../../parts/answering/explanation.tsx";
import { Likelihoods } from "../../parts/answering/likelihoods.tsx";
import {
  formatAnswer,
  inWords,
  type ModelAnswer,
  type ServedModel,
} from "../../parts/answering/served-model.ts";
import { Card } from "../../parts/card.tsx";
import { CopyAs } from "../../parts/copy-as.tsx";
import { useObjectUrl } from "../../parts/photo.tsx";
import { Denied, StateOf } from "../../parts/state-of.tsx";
import { askedTexts } from "./copy-texts.ts";
import { currencyOf, formOf, type Given, needsOf, rowOf } from "./inputs.ts";
import type { Asked } from "./use-answers.ts";

/** What one model says: its answer, why, what is like it, and a place to correct it. */
export function ModelSays({
  model,
  turn,
  asked,
}: {
  model: ServedModel;
  /** Number of the question, so that equal questions are asked apart. */
  turn: number;
  asked: Asked;
}): ReactElement {
  const title = inWords(model.model);
  if (asked.state === "not asked")
    return (
      <Card title={title}>
        <p className={styles["hint"]}>{needsOf(model)}.</p>
      </Card>
    );
  if (asked.state === "asking")
    return (
      <Card title={title}>
        <Skeleton height={96} aria-label={`${title} is being asked`} />
      </Card>
    );
  if (asked.state === "refused")
    return (
      <Card title={title}>
        {asked.error.status === 403 ? (
          <Denied permission="predict:run" />
        ) : (
          <StateOf
            kind="error"
            title="This model gave no answer"
            text={`${asked.error.message} (${asked.error.code})`}
          />
        )}
      </Card>
    );
  return <Answered model={model} turn={turn} answer={asked.answer} given={asked.given} />;
}

function Answered({
  model,
  turn,
  answer,
  given,
}: {
  model: ServedModel;
  turn: number;
  answer: ModelAnswer;
  given: Given;
}): ReactElement {
  const row = rowOf(model, given);
  const currency = currencyOf(given);
  const texts = askedTexts(model, given, { origin: location.origin, row });
  return (
    <Card title={inWords(model.model)} actions={<CopyAs texts={texts} />}>
      <div className={styles["parts"]}>
        {model.output.kind === "number" ? (
          <Estimate model={model} answer={answer} currency={currency} />
        ) : (
          <>
            <p className={styles["big"]}>{formatAnswer(model, answer.label, currency)}</p>
            <Likelihoods model={model} answer={answer} />
          </>
        )}
        <section aria-label={`Why ${model.model} says so`}>
          <h3 className={styles["sub"]}>Why</h3>
          <Explanation
            model={model.model}
            version={answer.version}
            row={row}
            labelWords={(label) => formatAnswer(model, label, currency)}
            {...(given.photo && {
              form: { id: `${turn} ${answer.id}`, data: () => formOf(given) },
              photo: <GivenPhoto file={given.photo.file} />,
            })}
          />
        </section>
        {model.comparables && (
          <section>
            <h3 className={styles["sub"]}>Comparable listings</h3>
            <Comparables model={model} row={row} currency={currency} />
          </section>
        )}
        <section aria-label={`Correct ${model.model}`}>
          <h3 className={styles["sub"]}>Not right?</h3>
          <CorrectAnswer model={model} answer={answer} currency={currency} />
        </section>
        <p className={styles["hint"]}>
          {model.family}, version {answer.version} · stored as {answer.id}
        </p>
      </div>
    </Card>
  );
}

function GivenPhoto({ file }: { file: File }): ReactElement | null {
  const address = useObjectUrl(file);
  return address ? <img src={address} alt="What the model looked at" /> : null;
}
