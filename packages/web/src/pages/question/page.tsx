import type { RouteAnswer } from "@souk/api";
import { Stack } from "@mantine/core";
import { type ReactElement, useMemo } from "react";
import { AnsweredStatement } from "../../parts/answered-statement.tsx";
import { chartSpecOf } from "../../parts/chart-spec.ts";
import { copyTextsOf } from "../../parts/copy-as.tsx";
import { sentenceOf } from "../../parts/drawing-words.ts";
import { exportableOf, PageHeader } from "../../parts/page-header.tsx";
import { usePathParameter } from "../../parts/path-parameter.ts";
import { columnsOfResult } from "../../parts/result-rows.tsx";
import { PageLink } from "../../parts/page-link.tsx";
import { Answer, Loading, StateOf } from "../../parts/state-of.tsx";
import { useApi } from "../../wire/hooks.ts";
import styles from "./question.module.css";

type Answered = RouteAnswer<"runQuestion">;

/** One of the eleven questions, answered now: what it says, its charts, what it is good for. */
export function Page(): ReactElement {
  const question = usePathParameter("question");
  const query = useApi("runQuestion", { params: { question } });
  if (query.error?.code === "SQL_UNKNOWN_DATASET") return <NoReviews />;
  return (
    <Answer
      query={query}
      permission="datasets:read"
      title="Question"
      loading={<Loading label="Asking the data" />}
    >
      {(answered) => <Question answered={answered} />}
    </Answer>
  );
}

function NoReviews(): ReactElement {
  return (
    <>
      <PageHeader title="Question" verdict="There are no reviews to ask yet." tone="warn" />
      <StateOf
        kind="empty"
        icon="chart"
        title="The questions are about reviews"
        text="Bring in a file of reviews: this question answers itself as soon as they are there."
      >
        <PageLink to="/ingest">Bring in a file</PageLink>
      </StateOf>
    </>
  );
}

function Question({ answered: { question, results } }: { answered: Answered }): ReactElement {
  const parts = useMemo(
    () =>
      question.statements.flatMap(({ name, sql, chart }, place) => {
        const result = results[place]?.result;
        const spec = chartSpecOf(chart);
        return result ? [{ name, sql, chart: spec, result, title: spec.title ?? name }] : [];
      }),
    [question, results],
  );
  const first = parts[0];
  const verdict = parts
    .map(({ chart, result }) => sentenceOf(chart, result))
    .find((one) => one !== "");
  const { id, slug, title, why } = question;
  return (
    <>
      <PageHeader
        title={`${id}. ${title}`}
        verdict={verdict ?? why}
        copy={copyTextsOf("runQuestion", { params: { question: slug } }, `npx souk question ${id}`)}
        {...(first && {
          exports: exportableOf(slug, columnsOfResult(first.result), first.result.rows),
        })}
      />
      {verdict && <p className={styles["why"]}>{why}</p>}
      <Stack gap="md">
        {parts.map((part) => (
          <AnsweredStatement key={part.name} {...part} said={verdict ?? ""} />
        ))}
      </Stack>
    </>
  );
}
