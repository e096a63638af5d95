import { type ReactElement, useRef } from "react";
import type { ChartSpec } from "../../parts/chart-spec.ts";
import { Card } from "../../parts/card.tsx";
import { copyTextsOf } from "../../parts/copy-as.tsx";
import { sentenceOf } from "../../parts/drawing-words.ts";
import { formatDuration, formatNumber } from "../../parts/format.ts";
import { exportableOf, PageHeader } from "../../parts/page-header.tsx";
import { columnsOfResult } from "../../parts/result-rows.tsx";
import { StateOf } from "../../parts/state-of.tsx";
import { AnswerPane } from "./answer-pane.tsx";
import styles from "./explore.module.css";
import { SaveQuestion } from "./save-question.tsx";
import { SchemaTree } from "./schema-tree.tsx";
import { commandOf } from "./sql-words.ts";
import { StatementEditor } from "./statement-editor.tsx";
import { useAsking } from "./use-asking.ts";
import { useChartChoice } from "./use-chart-choice.ts";
import { useSchema } from "./use-schema.ts";
import type { Statement } from "./use-statement.ts";

/** Ask the datasets in SQL: the tree of what there is, the statement, its chart and its rows. */
export function Page(): ReactElement {
  const schema = useSchema();
  const asking = useAsking();
  if (schema.failure)
    return (
      <>
        <PageHeader title="Explore" />
        <StateOf
          kind="error"
          title="The datasets could not be read"
          text={`${schema.failure.message} (${schema.failure.code})`}
          onRetry={schema.retry}
        />
      </>
    );
  return <Exploring schema={schema} asking={asking} />;
}

function Exploring({
  schema: { datasets, names },
  asking: { statement, run, cancel, text, setText, most, setMost },
}: {
  schema: ReturnType<typeof useSchema>;
  asking: ReturnType<typeof useAsking>;
}): ReactElement {
  const inserter = useRef<(inserted: string) => void>(undefined);
  const answer = statement.state === "done" ? statement.answer : undefined;
  const choice = useChartChoice(answer);
  return (
    <>
      <Header asking={{ statement, text, most }} spec={choice.spec} datasets={datasets?.length} />
      <div className={styles["layout"]}>
        <aside className={styles["side"]}>
          <Card title="Datasets">
            <SchemaTree datasets={datasets} onInsert={(name) => inserter.current?.(name)} />
          </Card>
        </aside>
        <div className={styles["main"]}>
          <StatementEditor
            text={text}
            onChange={setText}
            onRun={run}
            onCancel={cancel}
            isRunning={statement.state === "running"}
            most={most}
            onMost={setMost}
            names={names}
            inserter={inserter}
          />
          <AnswerPane
            statement={statement}
            names={datasets && names}
            onExample={run}
            choice={choice}
          />
        </div>
      </div>
    </>
  );
}

/** What came of the statement, and what may be taken away of it. */
function Header({
  asking: { statement, text, most },
  spec,
  datasets,
}: {
  asking: Pick<ReturnType<typeof useAsking>, "statement" | "text" | "most">;
  spec: ChartSpec;
  datasets: number | undefined;
}): ReactElement {
  const asked = { sql: text || "select 1", maxRows: Number(most) };
  const answer = statement.state === "done" ? statement.answer : undefined;
  const { text: verdict, tone } = verdictOf(statement, spec, datasets);
  return (
    <PageHeader
      title="Explore"
      verdict={verdict}
      tone={tone}
      copy={copyTextsOf("runSql", { body: asked }, commandOf(asked.sql))}
      {...(answer && { exports: exportableOf("answer", columnsOfResult(answer), answer.rows) })}
    >
      {statement.state === "done" && <SaveQuestion sql={statement.sql} chart={spec} />}
    </PageHeader>
  );
}

function verdictOf(
  statement: Statement,
  spec: ChartSpec,
  datasets: number | undefined,
): { text: string; tone: "plain" | "good" | "warn" | "bad" } {
  switch (statement.state) {
    case "running":
      return { text: "Asking… Escape stops it, here and on the server.", tone: "plain" };
    case "cancelled":
      return { text: "Stopped: nothing runs any more.", tone: "warn" };
    case "failed":
      return { text: "The statement could not be answered.", tone: "bad" };
    case "done": {
      const { answer } = statement;
      const rows = answer.rowCount === 1 ? "1 row" : `${formatNumber(answer.rowCount)} rows`;
      const cut = answer.truncated ? ", cut at the limit" : "";
      return {
        text: `${sentenceOf(spec, answer)} ${rows}${cut}, in ${formatDuration(answer.elapsedMs)}.`.trim(),
        tone: answer.truncated ? "warn" : "good",
      };
    }
    default: {
      if (datasets === 0)
        return { text: "There is no dataset to ask yet: bring one in first.", tone: "warn" };
      const known =
        datasets === undefined
          ? "the datasets"
          : datasets === 1
            ? "the one dataset"
            : `the ${datasets} datasets`;
      return { text: `Ask ${known} in SQL. Nothing you run here can change them.`, tone: "plain" };
    }
  }
}
