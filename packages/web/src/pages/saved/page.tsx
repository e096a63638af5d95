import type { RouteAnswer } from "@souk/api";
import { type ReactElement, useMemo } from "react";
import { AnsweredStatement } from "../../parts/answered-statement.tsx";
import { chartSpecOf } from "../../parts/chart-spec.ts";
import { copyTextsOf } from "../../parts/copy-as.tsx";
import { sentenceOf } from "../../parts/drawing-words.ts";
import { formatTime } from "../../parts/format.ts";
import { exportableOf, PageHeader } from "../../parts/page-header.tsx";
import { usePathParameter } from "../../parts/path-parameter.ts";
import { columnsOfResult } from "../../parts/result-rows.tsx";
import { Answer, Loading } from "../../parts/state-of.tsx";
import { useApi } from "../../wire/hooks.ts";

/** A question somebody saved, answered now. */
export function Page(): ReactElement {
  const id = usePathParameter("saved");
  const query = useApi("answerSavedQuestion", { params: { id } });
  return (
    <Answer
      query={query}
      permission="datasets:read"
      title="Saved question"
      loading={<Loading label="Asking the data" />}
    >
      {(answered) => <Saved answered={answered} />}
    </Answer>
  );
}

function Saved({
  answered: { question, result },
}: {
  answered: RouteAnswer<"answerSavedQuestion">;
}): ReactElement {
  const { id, title, why, sql, chart, by, createdAt } = question;
  const spec = useMemo(() => chartSpecOf(chart), [chart]);
  const sentence = sentenceOf(spec, result);
  return (
    <>
      <PageHeader
        title={title}
        verdict={sentence || why || "Answered just now."}
        copy={copyTextsOf("answerSavedQuestion", { params: { id } })}
        exports={exportableOf("answer", columnsOfResult(result), result.rows)}
      />
      <AnsweredStatement
        title={`Saved by ${by}, ${formatTime(createdAt)}`}
        name="saved"
        sql={sql}
        chart={spec}
        result={result}
        said={sentence}
      />
    </>
  );
}
