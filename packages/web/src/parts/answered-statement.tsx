import { Anchor, Button } from "@mantine/core";
import { useRouter } from "@tanstack/react-router";
import { type MouseEvent, type ReactElement, useState } from "react";
import { useMay } from "../wire/hooks.ts";
import styles from "./answered-statement.module.css";
import { Card } from "./card.tsx";
import type { ChartSpec, ResultTable } from "./chart-spec.ts";
import { sentenceOf } from "./drawing-words.ts";
import { Icon } from "./icon.tsx";
import { usePageExists } from "./page-link.tsx";
import { ResultChart } from "./result-chart.tsx";

/** One answered statement: what it says, its chart, its rows and its SQL. */
export function AnsweredStatement({
  title,
  name,
  sql,
  chart,
  result,
  said = "",
}: {
  title: string;
  /** Names its tables' part of the address; unique in its page. */
  name: string;
  sql: string;
  chart: ChartSpec;
  result: ResultTable;
  /** What the page says already: it is not said again. */
  said?: string;
}): ReactElement {
  const sentence = sentenceOf(chart, result);
  return (
    <Card title={title} actions={<ExploreLink sql={sql} chart={chart} />}>
      {sentence !== said && <p className={styles["sentence"]}>{sentence}</p>}
      <ResultChart spec={chart} result={result} label={title} name={name} />
      <Statement title={title} sql={sql} />
    </Card>
  );
}

function Statement({ title, sql }: { title: string; sql: string }): ReactElement {
  const [isShown, setShown] = useState(false);
  return (
    <div className={styles["details"]}>
      <Button
        size="compact-xs"
        variant="subtle"
        color="gray"
        aria-expanded={isShown}
        leftSection={<Icon name="query" size={13} />}
        onClick={() => setShown(!isShown)}
      >
        {isShown ? "Hide the SQL" : "Show the SQL"}
      </Button>
      {isShown && (
        <pre className={styles["sql"]} tabIndex={0} aria-label={`SQL of ${title}`}>
          {sql}
        </pre>
      )}
    </div>
  );
}

/** To the same statement and chart in Explore, for those who may write SQL. */
function ExploreLink({ sql, chart }: { sql: string; chart: ChartSpec }): ReactElement | null {
  const exists = usePageExists("/explore");
  const router = useRouter();
  if (!useMay("sql:run") || !exists) return null;
  const { kind, x, y, series } = chart;
  const search = { sql, chart: kind, ...(x && { x }), ...(y && { y }), ...(series && { series }) };
  const target = { to: "/explore", search } as const;

  function follow(event: MouseEvent): void {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    void router.navigate(target);
  }

  return (
    <Anchor href={router.buildLocation(target).href} onClick={follow} className={styles["explore"]}>
      Open in Explore
    </Anchor>
  );
}
