import type { ReactElement } from "react";
import { Card } from "../../parts/card.tsx";
import { StateOf } from "../../parts/state-of.tsx";
import { useApi } from "../../wire/hooks.ts";
import type { Job } from "../learning/run-words.ts";
import styles from "./run.module.css";
import { lineOf, type LogLine } from "./use-live-run.ts";

const clock = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
});

/** What happened, line by line: what was recorded, then what comes. */
export function Log({
  job,
  lines,
}: {
  job: Job | undefined;
  lines: readonly LogLine[];
}): ReactElement {
  const { data } = useApi(
    "jobLog",
    { params: { id: job?.id ?? "" }, query: { limit: 1000 } },
    { enabled: job !== undefined },
  );
  const recorded = (data?.items ?? []).flatMap((step) => lineOf(step) ?? []);
  const last = recorded.at(-1)?.sequence ?? 0;
  const all = [...recorded, ...lines.filter(({ sequence }) => sequence > last)].filter(
    ({ kind }) => kind !== "progress",
  );
  if (all.length === 0)
    return (
      <StateOf
        kind="empty"
        icon="terminal"
        title="No log"
        text="Runs logged by other programs keep their own logs; trainings started here tell each phase."
      />
    );
  return (
    <Card title="What happened">
      <ol className={styles["log"]} tabIndex={0} aria-label="Log">
        {all.map(({ sequence, at, kind, text }) => (
          <li key={sequence}>
            <time dateTime={new Date(at).toISOString()}>{clock.format(at)}</time>
            <span>{kind}</span>
            <span>{text}</span>
          </li>
        ))}
      </ol>
    </Card>
  );
}
