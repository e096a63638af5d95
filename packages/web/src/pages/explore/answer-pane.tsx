import { Alert, Skeleton, UnstyledButton } from "@mantine/core";
import type { ReactElement } from "react";
import { Card } from "../../parts/card.tsx";
import { Icon } from "../../parts/icon.tsx";
import { PageLink } from "../../parts/page-link.tsx";
import { ResultChart } from "../../parts/result-chart.tsx";
import { ResultRows } from "../../parts/result-rows.tsx";
import { StateOf } from "../../parts/state-of.tsx";
import { ChartPicker } from "./chart-picker.tsx";
import styles from "./explore.module.css";
import { examplesFor } from "./sql-words.ts";
import type { useChartChoice } from "./use-chart-choice.ts";
import type { Statement } from "./use-statement.ts";

/** What the statement came to: examples before the first, the chart and the rows after. */
export function AnswerPane({
  statement,
  names,
  onExample,
  choice,
}: {
  statement: Statement;
  /** Undefined until they are known. */
  names: Readonly<Record<string, readonly string[]>> | undefined;
  onExample: (sql: string) => void;
  choice: ReturnType<typeof useChartChoice>;
}): ReactElement {
  if (statement.state === "running")
    return (
      <Card title="Answer">
        <div role="status" aria-label="Asking">
          <Skeleton height={220} />
        </div>
      </Card>
    );
  if (statement.state === "failed")
    return (
      <Alert
        color="red"
        icon={<Icon name="warning" />}
        role="alert"
        title={`The statement failed (${statement.error.code})`}
      >
        <span className={styles["reason"]}>{statement.error.message}</span>
      </Alert>
    );
  if (statement.state !== "done")
    return names ? <Examples names={names} onExample={onExample} /> : <Skeleton height={180} />;
  const { answer } = statement;
  if (answer.rows.length === 0)
    return (
      <StateOf
        kind="empty"
        icon="table"
        title="The answer has no rows"
        text="The statement ran; nothing in the datasets fits it."
      />
    );
  const { spec } = choice;
  return (
    <>
      <Card title="Chart">
        <ChartPicker {...choice} result={answer} />
        {spec.kind !== "table" && <ResultChart spec={spec} result={answer} label="The answer" />}
      </Card>
      <Card title="Rows">
        <ResultRows result={answer} label="rows of the answer" name="answer" />
      </Card>
    </>
  );
}

function Examples({
  names,
  onExample,
}: {
  names: Readonly<Record<string, readonly string[]>>;
  onExample: (sql: string) => void;
}): ReactElement {
  const examples = examplesFor(names);
  return (
    <Card title="To begin with">
      {examples.length === 0 ? (
        <p className={styles["dim"]}>
          <PageLink to="/ingest">Bring in a file</PageLink>, then ask it here.
        </p>
      ) : (
        <ul className={styles["examples"]}>
          {examples.map(({ title, sql }) => (
            <li key={sql}>
              <UnstyledButton className={styles["example"]} onClick={() => onExample(sql)}>
                <Icon name="play" size={14} />
                <span>{title}</span>
              </UnstyledButton>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
