import { useNavigate } from "@tanstack/react-router";
import { type ReactElement, useCallback, useEffect, useRef } from "react";
import type { ChartSpec } from "../../parts/chart-spec.ts";
import { Card } from "../../parts/card.tsx";
import { copyTextsOf } from "../../parts/copy-as.tsx";
import { sentenceOf } from "../../parts/drawing-words.ts";
import { formatDuration, formatNumber } from "../../parts/format.ts";
import { exportableOf, PageHeader } from "../../parts/page-header.tsx";
import { columnsOfResult } from "../../parts/result-rows.tsx";
import { StateOf } from "../../parts/state-of.tsx";
import { useUrlState } from "../../parts/url-state.ts";
import { AnswerPane } from "./answer-pane.tsx";
import styles from "./explore.module.css";
import { SaveQuestion } from "./save-question.tsx";
import { SchemaTree } from "./schema-tree.tsx";
import { commandOf } from "./sql-words.ts";
import { StatementEditor } from "./statement-editor.tsx";
import { useChartChoice } from "./use-chart-choice.ts";
import { useDraft } from "./use-draft.ts";
import { useSchema } from "./use-schema.ts";
import { type Statement, useStatement } from "./use-statement.ts";

/** Statements longer than this do not fit an address. */
const LONGEST_IN_ADDRESS = 4000;

/** Ask the datasets in SQL: the tree of what there is, the statement, its chart and its rows. */
export function Page(): ReactElement {
  const schema = useSchema();
  const { statement, run, cancel, text, setText, most, setMost } = useAsking();
  const inserter = useRef<(inserted: string) => void>(undefined);
  const answer = statement.state === "done" ? statement.answer : undefined;
  const { spec, suggested, choose } = useChartChoice(answer);
  const asked = { sql: text || "select 1", maxRows: Number(most) };
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
  const { text: verdict, tone } = verdictOf(statement, spec, schema.datasets?.length);
  return (
    <>
      <PageHeader
        title="Explore"
        verdict={verdict}
        tone={tone}
        copy={copyTextsOf("runSql", { body: asked }, commandOf(asked.sql))}
        {...(answer && { exports: exportableOf("answer", columnsOfResult(answer), answer.rows) })}
      >
        {statement.state === "done" && <SaveQuestion sql={statement.sql} chart={spec} />}
      </PageHeader>
      <div className={styles["layout"]}>
        <aside className={styles["side"]}>
          <Card title="Datasets">
            <SchemaTree
              datasets={schema.datasets}
              onInsert={(inserted) => inserter.current?.(inserted)}
            />
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
            names={schema.names}
            inserter={inserter}
          />
          <AnswerPane
            statement={statement}
            names={schema.datasets && schema.names}
            onExample={run}
            choice={{ spec, suggested, choose }}
          />
        </div>
      </div>
    </>
  );
}

/** The statement in the editor and in the address, and its run: an address with a statement is asked at once. */
function useAsking() {
  const navigate = useNavigate();
  const [inAddress] = useUrlState("sql");
  const [most, setMost] = useUrlState("rows", "10000");
  const [text, setText] = useDraft(inAddress);
  const { statement, run: start, cancel } = useStatement();
  const asked = useRef("");
  const run = useCallback(
    (sql: string) => {
      if (sql.trim() === "") return;
      setText(sql);
      const isOther = sql !== asked.current;
      asked.current = sql;
      void start(sql, Number(most));
      const kept = { ...(most !== "10000" && { rows: most }) };
      const isShort = sql.length <= LONGEST_IN_ADDRESS;
      // Another statement begins with the chart that fits it.
      if (isOther) void navigate({ to: ".", search: { ...kept, ...(isShort && { sql }) } });
    },
    [start, navigate, most],
  );
  useEffect(
    () => () => {
      // What was asked ends with the page: shown again, it is asked again.
      asked.current = "";
    },
    [],
  );
  useEffect(() => {
    if (inAddress === "" || inAddress === asked.current) return;
    asked.current = inAddress;
    setText(inAddress);
    void start(inAddress, Number(most));
  }, [inAddress, most, start]);
  useEffect(() => {
    if (statement.state !== "running") return undefined;
    function stop(event: KeyboardEvent): void {
      if (event.key === "Escape" && !event.defaultPrevented) cancel();
    }
    document.addEventListener("keydown", stop);
    return () => document.removeEventListener("keydown", stop);
  }, [statement.state, cancel]);
  return { statement, run, cancel, text, setText, most, setMost };
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
