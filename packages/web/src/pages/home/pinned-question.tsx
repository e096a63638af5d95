import type { RouteAnswer } from "@souk/api";
import { Skeleton } from "@mantine/core";
import { type ReactElement, useMemo } from "react";
import { Card } from "../../parts/card.tsx";
import { chartSpecOf } from "../../parts/chart-spec.ts";
import { sentenceOf } from "../../parts/drawing-words.ts";
import { PageLink } from "../../parts/page-link.tsx";
import { ResultChart } from "../../parts/result-chart.tsx";
import { Answer } from "../../parts/state-of.tsx";
import { useApi } from "../../wire/hooks.ts";
import styles from "./pinned.module.css";

/** One pinned question, answered now. A chunk of its own: Home does not wait for charts that nobody pinned. */
export function PinnedQuestion({ id, title }: { id: string; title: string }): ReactElement {
  const query = useApi("answerSavedQuestion", { params: { id } });
  const link = (
    <PageLink to="/saved/$saved" params={{ saved: id }}>
      Open
    </PageLink>
  );
  return (
    <Card title={title} actions={link}>
      <Answer query={query} loading={<Skeleton height={240} />}>
        {(answered) => <Drawn answered={answered} />}
      </Answer>
    </Card>
  );
}

function Drawn({
  answered: { question, result },
}: {
  answered: RouteAnswer<"answerSavedQuestion">;
}): ReactElement {
  const { id, title, chart } = question;
  const spec = useMemo(() => chartSpecOf(chart), [chart]);
  const sentence = sentenceOf(spec, result);
  return (
    <>
      {sentence !== "" && <p className={styles["sentence"]}>{sentence}</p>}
      <ResultChart spec={spec} result={result} label={title} name={`pinned-${id}`} />
    </>
  );
}
